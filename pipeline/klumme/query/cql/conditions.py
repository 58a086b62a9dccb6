"""From conditions on tokens, labels and metadata to SQL."""

import re
import unicodedata
from collections.abc import Callable

import duckdb

from klumme.errors import QueryError, did_you_mean
from klumme.query.binding import Binding
from klumme.query.cql.tree import All, Any, Comparison, Condition, Element, Not, Side, Test
from klumme.query.language import Kind, Term, parse_day
from klumme.query.scope import Scope
from klumme.query.store import Store

# The attributes by which the lexicon knows a word.
LEXICAL = {"form", "lemma", "pos", "parts"}

FIELDS = ("parti", "kommune", "forfatter", "kilde", "tema", "år", "dato", "sandsynlighed")

_FOLDED = {"form", "lemma", "parts"}
# Å is put aside while the accents go; æ and ø have none that DuckDB would take off.
_NO_ACCENTS = (
    "replace(replace(strip_accents(replace(replace({column}, 'å', chr(1)), 'Å', chr(2))), chr(1), 'å'), chr(2), 'Å')"
)
# No year has more digits.
_YEAR = 4
_SPECIAL = re.compile(r"[.\\^$*+?{}\[\]|()]")
_LISTS = {"parts": "{name}", "morph": "string_split({name}, '|')"}
_KINDS: dict[str, Kind] = {
    "parti": "parti",
    "kommune": "kommune",
    "forfatter": "forfatter",
    "kilde": "kilde",
    "tema": "tema",
}


def token_sql(condition: Condition, bind: Binding, text: str, keyed: bool = False) -> str:
    """Return the SQL for a condition on one token, over `lemma_index` or (`keyed`) over `words` or `lemmas`."""

    def leaf(test: Test | Comparison) -> str:
        assert isinstance(test, Test)  # noqa: S101
        return _test(test, bind, text, keyed)

    return _boolean(condition, leaf)


def lexical(condition: Condition) -> Condition | None:
    """Weaken a condition to what the lexicon can say of a word; None when that is nothing."""
    return _weakened(condition, lambda leaf: isinstance(leaf, Test) and leaf.attribute in LEXICAL)


def of_fields(condition: Condition) -> Condition | None:
    """Weaken a constraint to what it says of the metadata, whatever the labels stand for; None when that is nothing."""
    return _weakened(condition, lambda leaf: isinstance(leaf, Comparison) and leaf.left.kind == "field")


def _weakened(
    condition: Condition, kept: Callable[[Test | Comparison], bool], positive: bool = True
) -> Condition | None:
    """Weaken a condition to the leaves that are kept: what holds for it holds for the weaker one too."""
    match condition:
        case Test() | Comparison():
            return (condition if positive else Not(condition)) if kept(condition) else None
        case Not():
            return _weakened(condition.part, kept, not positive)
        case All() | Any():
            parts = [_weakened(part, kept, positive) for part in condition.parts]
            left = tuple(part for part in parts if part is not None)
            if isinstance(condition, All) == positive:
                return All(left) if left else None
            return Any(left) if len(left) == len(parts) else None


def attributes(condition: Condition) -> set[str]:
    """Return the attributes of tokens that a condition speaks of."""
    match condition:
        case Test():
            return {condition.attribute}
        case All() | Any():
            return set().union(*(attributes(part) for part in condition.parts))
        case Not():
            return attributes(condition.part)
    return set()


def fold_accents(text: str) -> str:
    """Take accents off letters but for æ, ø and å, which are letters of their own."""
    return "".join(c if c in "åÅ" else _bare(c) for c in unicodedata.normalize("NFC", text))


def _bare(letter: str) -> str:
    return "".join(part for part in unicodedata.normalize("NFD", letter) if not unicodedata.combining(part))


def _boolean(condition: Condition, leaf: Callable[[Test | Comparison], str]) -> str:
    match condition:
        case All():
            return "(" + " AND ".join(_boolean(part, leaf) for part in condition.parts) + ")"
        case Any():
            return "(" + " OR ".join(_boolean(part, leaf) for part in condition.parts) + ")"
        case Not():
            return f"NOT {_boolean(condition.part, leaf)}"
    return leaf(condition)


def _test(test: Test, bind: Binding, text: str, keyed: bool) -> str:
    name = _LISTS.get(test.attribute, "[{name}]").format(name=test.attribute)
    if test.attribute in _LISTS:
        holds = f"len(list_filter({name}, lambda x: {_matches('x', test, bind, text, False)})) > 0"
    else:
        holds = _matches(test.attribute, test, bind, text, keyed)
    return f"({holds})" if test.equal else f"NOT ({holds})"


def _matches(column: str, test: Test, bind: Binding, text: str, keyed: bool) -> str:
    fold = "s" not in test.flags and (test.attribute in _FOLDED or "c" in test.flags)
    value = fold_accents(test.value) if "d" in test.flags else test.value
    if "d" in test.flags:
        column = _NO_ACCENTS.format(column=column)
    if "l" in test.flags or not _SPECIAL.search(value):
        folded = f"{column}_key" if keyed and column in ("form", "lemma") else f"lower({column})"
        return f"{folded} = {bind(value.lower())}" if fold else f"{column} = {bind(value)}"
    _must_compile(value, text, test.at)
    return f"regexp_full_match({column}, {bind(value)}, '{'i' if fold else 'c'}')"


def _must_compile(value: str, text: str, at: int) -> None:
    try:
        duckdb.execute("SELECT regexp_full_match('', ?)", [value])
    except duckdb.Error as error:
        reason = str(error).partition(": ")[2]
        raise QueryError(f"The regular expression cannot be used: {reason}.", "Correct it.", text, at) from error


class Constraint:
    """From what stands after :: to SQL over `m`, the metadata, and the columns that labels carry."""

    def __init__(self, store: Store, text: str) -> None:
        self._text, self._scope = text, Scope(store, text)

    def sql(self, condition: Condition, bind: Binding) -> str:
        """Return the SQL; raises QueryError for a field or value that nobody knows."""
        return _boolean(condition, lambda leaf: f"coalesce({self._comparison(leaf, bind)}, false)")

    def element(self, element: Element, bind: Binding) -> str:
        """Return the SQL for passages in which a theme reaches the bound (or the model's threshold)."""
        term = Term("tema", (element.theme,), at=element.at)
        themes = self._scope.theme_ids(term) if element.theme else []
        if element.p is None:
            return self._scope.theme(themes, bind)
        return self._scope.theme(themes, bind, element.p, element.order)

    def _comparison(self, leaf: Test | Comparison, bind: Binding) -> str:
        assert isinstance(leaf, Comparison)  # noqa: S101
        if leaf.left.kind == "label":
            return self._label(leaf, bind)
        if leaf.left.kind != "field" or leaf.right.kind in ("field", "label"):
            raise self._fail("A constraint compares a field or a label with a value.", 'Write parti="A".', leaf)
        return self._field(leaf.left.value.lower().replace("aa", "å"), leaf, bind)

    def _label(self, leaf: Comparison, bind: Binding) -> str:
        """Compare two values; of the parts of compounds, = says that both sides share one, != that they share none."""
        if leaf.order not in ("=", "!=") or leaf.right.kind in ("field", "number"):
            raise self._fail("Labels are compared with = or !=, to labels or texts.", "Write a.lemma = b.lemma.", leaf)
        left, right = (
            label_column(side) if side.kind == "label" else bind(side.value) for side in (leaf.left, leaf.right)
        )
        if _is_list(leaf.left) or _is_list(leaf.right):
            shared = f"list_has_any({_folded_list(left, leaf.left)}, {_folded_list(right, leaf.right)})"
            return shared if leaf.order == "=" else f"NOT {shared}"
        sign = "=" if leaf.order == "=" else "<>"
        if leaf.left.value in _FOLDED:
            return f"lower({left}) {sign} lower({right})"
        return f"{left} {sign} {right}"

    def _field(self, name: str, leaf: Comparison, bind: Binding) -> str:
        value = leaf.right.value
        if name in ("år", "dato") and not value and leaf.order in ("=", "!="):
            return f"m.published IS {'NOT ' if leaf.order == '!=' else ''}NULL"
        if name == "år":
            return f"m.year {leaf.order} {bind(self._year(value, leaf))}"
        if name == "dato":
            day = parse_day(value, "fra" if leaf.order in ("<", ">=") else "til", self._text, leaf.at)
            return f"CAST(m.published AS DATE) {leaf.order} CAST({bind(day)} AS DATE)"
        if name not in _KINDS:
            raise self._fail(f"There is no field '{leaf.left.value}'.", did_you_mean(name, FIELDS[:-1]), leaf)
        if leaf.order not in ("=", "!="):
            raise self._fail(f"The field '{name}' cannot be ordered.", "Compare it with = or !=.", leaf)
        found = self._scope.condition(Term(_KINDS[name], (value,), at=leaf.at), bind)
        return found if leaf.order == "=" else f"NOT coalesce({found}, false)"

    def _year(self, value: str, leaf: Comparison) -> int:
        if not value.isdecimal() or len(value) > _YEAR:
            raise self._fail(f"'{value}' is no year.", "Write år>=2019.", leaf)
        return int(value)

    def _fail(self, what: str, way_out: str, leaf: Comparison) -> QueryError:
        return QueryError(what, way_out, self._text, leaf.at)


def _is_list(side: Side) -> bool:
    return side.kind == "label" and side.value == "parts"


def _folded_list(sql: str, side: Side) -> str:
    """Return one side of a comparison in lower case, as a list also where it is one value."""
    return f"list_transform({sql}, lambda x: lower(x))" if _is_list(side) else f"[lower({sql})]"


def label_column(side: Side) -> str:
    """Name the column in which a match carries an attribute of a labelled token."""
    return f'"{side.label}.{side.value}"'


def labels_used(condition: Condition | None) -> set[Side]:
    """Return all sides of a constraint that speak of labels."""
    match condition:
        case All() | Any():
            return set().union(*(labels_used(part) for part in condition.parts))
        case Not():
            return labels_used(condition.part)
        case Comparison():
            return {side for side in (condition.left, condition.right) if side.kind == "label"}
    return set()
