"""Compile a pattern to one SQL statement over the inverted file.

Each part of a pattern becomes a relation of spans (`klumme.query.cql.spans`): sequences are joins, choices unions,
repetitions recursive unions. All spans are found, not only the longest or first.
"""

from dataclasses import replace
from itertools import product
from typing import Any

from klumme.errors import QueryError
from klumme.query.binding import Binding
from klumme.query.cql.conditions import Constraint, attributes, label_column, labels_used, lexical, of_fields, token_sql
from klumme.query.cql.spans import Gap, Relations, Spans
from klumme.query.cql.tree import Choice, Condition, Element, Node, Pattern, Repeat, Scope, Sequence, Token
from klumme.query.store import Store

# With more lemmas than this in a condition, a scan of all tokens is quicker than looking each up.
LEMMAS = 20_000

# So many tokens may be named; DuckDB takes no more than a thousand relations in a union.
TOKENS = 200

# So many parts of a sequence may be optional: each doubles the number of joins.
OPTIONAL = 6

_WIDE = 'Name at least one word or attribute, as in [lemma="ansvar"].'


class Compiler:
    """Builds the common table expressions of one pattern; `sql` yields (passage, b, e) of each match once."""

    def __init__(self, store: Store, pattern: Pattern, bind: Binding | None = None) -> None:
        self._store, self._pattern, self._text = store, pattern, pattern.text
        self.bind = bind or Binding()
        self._relations = Relations()
        self._constraint = Constraint(store, pattern.text)
        self._used = labels_used(pattern.constraint)
        self._in_sentence = any(_is_sentence(scope) for scope in pattern.scopes)
        self._near, self._tokens = "", 0
        self._looked_up: dict[Condition, list[str] | None] = {}

    @property
    def sql(self) -> str:
        """The statement; ask for it once. Raises QueryError for what cannot be answered."""
        body = self._pattern.body
        if not isinstance(body, Element):
            self._near = self._near_words(body)
        spans = self._element(body) if isinstance(body, Element) else self._spans(body)
        self._must_know_labels(spans)
        self._in_sentence = False  # it holds for the match, not for what lies around it
        self._near = ""
        for scope in self._pattern.scopes:
            spans = self._scope(spans, scope)
        where = self._where()
        found = f"SELECT DISTINCT x.passage, x.b, x.e FROM {spans.name} AS x JOIN meta AS m USING (passage)"  # noqa: S608
        return f"{self._relations.sql} {found}{where}"

    @property
    def part(self) -> tuple[str, dict[str, Any]]:
        """The condition on `meta` as m that the fields of the pattern make alone, empty for none, and its values."""
        constraint, bind = self._pattern.constraint, Binding()
        conditions = self._of_passages(constraint and of_fields(constraint), bind)
        return " AND ".join(conditions), bind.values

    def _where(self) -> str:
        conditions = self._of_passages(self._pattern.constraint, self.bind)
        return f" WHERE {' AND '.join(conditions)}" if conditions else ""

    def _of_passages(self, constraint: Condition | None, bind: Binding) -> list[str]:
        """Return the conditions on passages and labels: those of themes, and the constraint."""
        conditions = [
            ("NOT " if scope.negated else "") + self._constraint.element(scope.what, bind)
            for scope in self._pattern.scopes
            if isinstance(scope.what, Element) and scope.what.name == "tema"
        ]
        return conditions if constraint is None else [*conditions, self._constraint.sql(constraint, bind)]

    def _must_know_labels(self, spans: Spans) -> None:
        for side in self._used:
            if label_column(side) not in spans.labels:
                raise self._fail(f"The label '{side.label}' names no token that must occur.", "Write it before one.", 0)

    def _spans(self, node: Node) -> Spans:
        match node:
            case Token():
                return self._token(node)
            case Sequence():
                return self._sequence(node.items)
            case Choice():
                return self._relations.union([self._spans(option) for option in node.options])
            case Repeat():
                return self._repeat(node)

    def _token(self, token: Token) -> Spans:
        if token.condition is None and not token.label:
            raise self._fail("The pattern would match every token.", _WIDE, token.at)
        self._tokens += 1
        if self._tokens > TOKENS:
            raise self._fail(f"The pattern names more than {TOKENS} tokens.", "Ask for less at a time.", token.at)
        used = sorted((side for side in self._used if side.label == token.label), key=label_column)
        columns = "".join(f", {side.value} AS {label_column(side)}" for side in used if token.label)
        where = self._token_where(token)
        name = self._relations.add(
            f"SELECT passage, i AS b, i + 1 AS e, sentence AS s{columns} FROM lemma_index{where}"  # noqa: S608
        )
        return Spans(name, frozenset(label_column(side) for side in used if token.label))

    def _token_where(self, token: Token) -> str:
        """Return the conditions on a token; one that names no word is only looked for near those that do."""
        lemmas = self._lemmas(token)
        decided = lemmas is not None and self._decide(token, lemmas)
        conditions = [] if token.condition is None or decided else [token_sql(token.condition, self.bind, self._text)]
        if lemmas is not None:
            conditions.insert(0, self.bind.among("lemma", lemmas))
        elif self._near:
            conditions.append(f"passage IN (SELECT passage FROM {self._near})")  # noqa: S608
        return f" WHERE {' AND '.join(conditions)}" if conditions else ""

    def _lemmas(self, token: Token) -> list[str] | None:
        """Return the lemmas to which a condition limits a token, None when it does not or there are too many."""
        if token.condition is None:
            return None
        if token.condition not in self._looked_up:
            self._looked_up[token.condition] = self._look_up(token.condition)
        return self._looked_up[token.condition]

    def _look_up(self, condition: Condition) -> list[str] | None:
        weaker = lexical(condition)
        if weaker is None or not attributes(weaker) - {"pos"}:
            return None
        look_up, table = Binding(), "words" if "form" in attributes(weaker) else "lemmas"
        where = token_sql(weaker, look_up, self._text, keyed=True)
        sql = f"SELECT DISTINCT lemma FROM {table} WHERE {where} LIMIT {LEMMAS + 1}"  # noqa: S608
        lemmas = [str(row["lemma"]) for row in self._store.read(sql, look_up.values)]
        return lemmas if len(lemmas) <= LEMMAS else None

    def _decide(self, token: Token, lemmas: list[str]) -> bool:
        """Whether a condition holds for all tokens of these lemmas, so that no token need be looked at."""
        if token.condition is not None and attributes(token.condition) == {"lemma"}:
            return True
        if token.condition is None or not {"parts"} <= attributes(token.condition) <= {"lemma", "parts"}:
            return False
        look_up = Binding()
        holds = token_sql(token.condition, look_up, self._text, keyed=True)
        sql = f"SELECT 1 FROM lemmas WHERE {look_up.among('lemma', lemmas)} AND NOT ({holds}) LIMIT 1"  # noqa: S608
        return not self._store.read(sql, look_up.values)

    def _near_words(self, body: Node) -> str:
        """Return a relation of the passages that have all words a match must have, empty when it names none."""
        chosen = [lemmas for token in _obligatory(body) if (lemmas := self._lemmas(token)) is not None]
        if not chosen:
            return ""
        selects = (f"SELECT passage FROM lemma_index WHERE {self.bind.among('lemma', lemmas)}" for lemmas in chosen)  # noqa: S608
        return self._relations.add(" INTERSECT ".join(selects))

    def _sequence(self, items: tuple[Node, ...]) -> Spans:
        """Join the parts; where some may be empty, unite the joins with and without them."""
        parts = [_gap(item) or self._spans(item) for item in items]
        choices = [(True, False) if isinstance(part, Spans) and part.nullable else (True,) for part in parts]
        if sum(len(choice) - 1 for choice in choices) > OPTIONAL:
            what = f"More than {OPTIONAL} parts in a row may be left out."
            raise self._fail(what, "Make some obligatory.", _at(items[0]))
        ways = [[part for part, taken in zip(parts, way, strict=True) if taken] for way in product(*choices)]
        united = self._relations.union([self._join(way, _at(items[0])) for way in ways if way])
        return replace(united, nullable=any(not way for way in ways))

    def _join(self, parts: list[Spans | Gap], at: int) -> Spans:
        joined, gap = None, Gap()
        for part in parts:
            if isinstance(part, Gap):
                gap += part
            elif joined is None:
                joined, gap = self._relations.widen(part, gap, left=True), Gap()
            else:
                joined, gap = self._pair(joined, gap, part), Gap()
        if joined is None:
            raise self._fail("The pattern would match any tokens.", _WIDE, at)
        return self._relations.widen(joined, gap, left=False)

    def _pair(self, left: Spans, gap: Gap, right: Spans) -> Spans:
        if left.labels & right.labels:
            raise self._fail("A label stands before two tokens.", "Give each its own.", 0)
        return self._relations.pair(left, gap, right, self._in_sentence)

    def _repeat(self, repeat: Repeat) -> Spans:
        item = repeat.item
        if isinstance(item, Token) and item.condition is None:
            raise self._fail("The pattern would match any tokens.", _WIDE, item.at)
        spans = self._spans(item)
        if spans.labels:
            raise self._fail("A label stands inside a repetition.", "Take it out of there.", repeat.at)
        nullable = repeat.least == 0 or spans.nullable
        if repeat.most == 1:
            return replace(spans, nullable=nullable)
        least = 1 if spans.nullable else max(repeat.least, 1)
        return replace(spans, name=self._relations.chain(spans.name, least, repeat.most), nullable=nullable)

    def _scope(self, spans: Spans, scope: Scope) -> Spans:
        if isinstance(scope.what, Element):
            return self._region(spans, scope.what, scope.negated)
        inside, outside = ("y", "x") if scope.how == "containing" else ("x", "y")
        holds = (
            f"EXISTS (SELECT 1 FROM {self._spans(scope.what).name} AS y WHERE y.passage = x.passage "  # noqa: S608
            f"AND {inside}.b >= {outside}.b AND {inside}.e <= {outside}.e)"
        )
        return self._relations.keep(spans, holds, scope.negated)

    def _region(self, spans: Spans, region: Element, negated: bool) -> Spans:
        if region.name == "s":
            return self._relations.keep(spans, self._relations.within_sentence(spans), negated)
        if negated and region.name == "passage":
            raise self._fail("Every match lies within a passage.", "Leave `!within passage` out.", region.at)
        return spans  # a theme is a condition on the passage, see _where

    def _element(self, element: Element) -> Spans:
        """Return whole sentences or passages, of those passages that have what they must contain."""
        wanted = [s for s in self._pattern.scopes if s.how == "containing" and not s.negated]
        if element.name == "tema" or not wanted or isinstance(wanted[0].what, Element):
            raise self._fail("A region needs what it contains.", 'Write <s/> containing [lemma="x"].', element.at)
        among = self._spans(wanted[0].what)
        if element.name == "s":
            return Spans(self._relations.sentences(among))
        return Spans(self._relations.passages(among), open_edge=True)

    def _fail(self, what: str, way_out: str, at: int) -> QueryError:
        return QueryError(what, way_out, self._text, at)


def _is_sentence(scope: Scope) -> bool:
    return isinstance(scope.what, Element) and scope.what.name == "s" and not scope.negated


def _obligatory(node: Node) -> list[Token]:
    """Return the tokens that every match has."""
    match node:
        case Token():
            return [node]
        case Sequence():
            return [token for item in node.items for token in _obligatory(item)]
        case Repeat() if node.least:
            return _obligatory(node.item)
    return []


def _gap(item: Node) -> Gap | None:
    match item:
        case Token(condition=None, label=""):
            return Gap(1, 1)
        case Repeat(item=Token(condition=None, label="")):
            return Gap(item.least, item.most)
    return None


def _at(node: Node) -> int:
    match node:
        case Token() | Repeat():
            return node.at
        case Sequence():
            return _at(node.items[0])
        case Choice():
            return _at(node.options[0])
