"""Parse corpus query language into a tree, with errors that point at the character."""

from functools import cache
from importlib.resources import files
from typing import Any as Whatever

from lark import Lark, Transformer, UnexpectedInput, v_args
from lark import Token as Leaf
from lark.exceptions import UnexpectedCharacters, VisitError

from klumme.errors import QueryError, did_you_mean
from klumme.query.cql import tree
from klumme.query.language import must_be_text

ATTRIBUTES = {
    "form": "form",
    "word": "form",
    "lemma": "lemma",
    "pos": "pos",
    "morph": "morph",
    "dep": "dep",
    "ent": "ent",
    "part": "parts",
}
FLAGS = "cdls"
ELEMENTS = ("s", "passage", "tema")

# A repetition beyond this is refused: no passage is so long.
MOST = 1000

_EXAMPLE = 'For example: [lemma="have" & pos="VERB"] []{0,3} [lemma="ansvar"] within s'


def parse_pattern(text: str) -> tree.Pattern:
    """Parse a pattern; raises QueryError, with the character, for what does not parse."""
    must_be_text(text)
    try:
        made = _Builder(text).transform(_grammar().parse(text))
    except UnexpectedInput as error:
        raise _unexpected(text, error) from None
    except VisitError as error:
        if isinstance(error.orig_exc, QueryError):
            raise error.orig_exc from None
        raise
    except RecursionError:
        raise QueryError("The brackets of the pattern lie too deep.", "Leave out those that change nothing.") from None
    assert isinstance(made, tree.Pattern)  # noqa: S101
    return made


@cache
def _grammar() -> Lark:
    text = (files(__package__) / "grammar.lark").read_text(encoding="utf-8")
    return Lark(text, parser="lalr", maybe_placeholders=True, propagate_positions=True)


def _unexpected(text: str, error: UnexpectedInput) -> QueryError:
    position = error.pos_in_stream if error.pos_in_stream is not None else len(text)
    found = getattr(error, "token", None)
    if found is not None and found.type == "$END":
        return QueryError("The pattern ends too early.", _EXAMPLE, text, len(text.rstrip()))
    if isinstance(error, UnexpectedCharacters) and text[position] in "\"'":
        return QueryError("A quotation mark is never closed.", "Close it.", text, position)
    return QueryError("The pattern cannot go on like this.", _EXAMPLE, text, position)


@v_args(inline=True)
class _Builder(Transformer[Leaf, tree.Pattern]):
    """Turns lark's tree into ours, from the leaves up."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    def _fail(self, what: str, way_out: str, leaf: Leaf) -> QueryError:
        return QueryError(what, way_out, self._text, leaf.start_pos)

    def start(self, *given: Whatever) -> tree.Pattern:
        body, *scopes, constraint = given
        return tree.Pattern(self._text, body, tuple(scopes), constraint)

    def pattern(self, *options: tree.Node) -> tree.Node:
        return options[0] if len(options) == 1 else tree.Choice(options)

    def sequence(self, *items: tree.Node) -> tree.Node:
        return items[0] if len(items) == 1 else tree.Sequence(items)

    def item(self, label: Leaf | None, atom: tree.Node, quantifier: tuple[int, int | None, int] | None) -> tree.Node:
        if label is not None:
            if not isinstance(atom, tree.Token) or quantifier:
                raise self._fail("A label can only stand before one token.", 'Write it as a:[lemma="skole"].', label)
            return tree.Token(atom.condition, label.rstrip(": \t\n"), label.start_pos or 0)
        return tree.Repeat(atom, *quantifier) if quantifier else atom

    def operand(self, item: tree.Node) -> tree.Node:
        return item

    @v_args(meta=True, inline=True)
    def token(self, meta: Whatever, condition: tree.Condition | None) -> tree.Token:
        return tree.Token(condition, at=meta.start_pos)

    def word(self, string: Leaf, flags: Leaf | None) -> tree.Token:
        return tree.Token(self._test("form", "=", string, flags), at=string.start_pos or 0)

    def test(self, name: Leaf, equals: Leaf, string: Leaf, flags: Leaf | None) -> tree.Test:
        if name.lower() not in ATTRIBUTES:
            raise self._fail(f"Tokens have no attribute '{name}'.", did_you_mean(name.lower(), ATTRIBUTES), name)
        return self._test(ATTRIBUTES[name.lower()], equals, string, flags)

    def _test(self, attribute: str, equals: str, string: Leaf, flags: Leaf | None) -> tree.Test:
        if flags is not None and set(flags[1:]) - set(FLAGS):
            way_out = "%c folds case, %s does not, %d folds accents (never æøå), %l takes the text as it is."
            raise self._fail(f"There is no switch '{flags}'.", way_out, flags)
        return tree.Test(attribute, _unquoted(string), equals == "=", (flags or "")[1:], string.start_pos or 0)

    def any_of(self, *parts: tree.Condition) -> tree.Condition:
        return parts[0] if len(parts) == 1 else tree.Any(parts)

    def all_of(self, *parts: tree.Condition) -> tree.Condition:
        return parts[0] if len(parts) == 1 else tree.All(parts)

    def none_of(self, part: tree.Condition) -> tree.Not:
        return tree.Not(part)

    @v_args(meta=True, inline=True)
    def optional(self, meta: Whatever) -> tuple[int, int | None, int]:
        return 0, 1, 0

    def any_number(self) -> tuple[int, int | None, int]:
        return 0, None, 0

    def some(self) -> tuple[int, int | None, int]:
        return 1, None, 0

    def exactly(self, number: Leaf) -> tuple[int, int | None, int]:
        return self._bounds(number, number)

    def between(self, least: Leaf, most: Leaf | None) -> tuple[int, int | None, int]:
        return self._bounds(least, most)

    def at_most(self, most: Leaf) -> tuple[int, int | None, int]:
        return 0, self._bounds(most, most)[1], most.start_pos or 0

    def _bounds(self, least: Leaf, most: Leaf | None) -> tuple[int, int | None, int]:
        low, high = _count(least), None if most is None else _count(most)
        if max(low, high or 0) > MOST:
            raise self._fail(f"More than {MOST} repetitions are too many.", "Ask for fewer.", least)
        if high is not None and (low > high or high == 0):
            raise self._fail("The repetition can never hold.", "Write {least,most} with most above 0.", least)
        return low, high, least.start_pos or 0

    def region(self, what: Leaf | tree.Element | tree.Node) -> tree.Element | tree.Node:
        return tree.Element(str(what), at=what.start_pos or 0) if isinstance(what, Leaf) else what

    def within(self, negation: Leaf | None, what: tree.Element | tree.Node) -> tree.Scope:
        return tree.Scope("within", what, negation is not None)

    def containing(self, negation: Leaf | None, what: tree.Node) -> tree.Scope:
        return tree.Scope("containing", what, negation is not None)

    def element(self, name: Leaf, *attributes: tuple[Leaf, str, str]) -> tree.Element:
        if name not in ELEMENTS:
            raise self._fail(f"There is no region '{name}'.", did_you_mean(name, ELEMENTS), name)
        theme, order, p = "", ">=", None
        for key, sign, value in filter(None, (a for a in attributes if not isinstance(a, Leaf))):
            match (str(name), str(key), sign):
                case ("tema", "id", "="):
                    theme = value
                case ("tema", "p", _):
                    order, p = sign, self._probability(value, key)
                case _:
                    raise self._fail(f"<{name}> has no '{key}{sign}'.", 'Write <tema id="…" p>=0.8>.', key)
        return tree.Element(str(name), theme, order, p, name.start_pos or 0)  # type: ignore[arg-type]

    def _probability(self, value: str, key: Leaf) -> float:
        try:
            p = float(value)
        except ValueError:
            p = -1.0
        if not 0 <= p <= 1:
            raise self._fail(f"'{value}' is no probability.", "Write a number from 0 to 1.", key)
        return p

    def attribute(self, name: Leaf, order: Leaf, value: Leaf) -> tuple[Leaf, str, str]:
        return name, str(order), _unquoted(value)

    @v_args(meta=True, inline=True)
    def comparison(self, meta: Whatever, left: tree.Side, order: Leaf, right: tree.Side) -> tree.Comparison:
        return tree.Comparison(left, str(order), right, meta.start_pos)  # type: ignore[arg-type]

    def label_value(self, label: Leaf, attribute: Leaf) -> tree.Side:
        if attribute.lower() not in ATTRIBUTES:
            raise self._fail(f"Tokens have no attribute '{attribute}'.", did_you_mean(attribute, ATTRIBUTES), attribute)
        return tree.Side("label", ATTRIBUTES[attribute.lower()], str(label))

    def field(self, name: Leaf) -> tree.Side:
        return tree.Side("field", str(name))

    def text(self, string: Leaf) -> tree.Side:
        return tree.Side("text", _unquoted(string))

    def number(self, number: Leaf) -> tree.Side:
        return tree.Side("number", str(number))


def _count(number: Leaf) -> int:
    """Read a number; one with more digits than MOST has is more than MOST, and Python does not read just any."""
    digits = number.lstrip("0") or "0"
    return int(digits) if len(digits) <= len(str(MOST)) else MOST + 1


def _unquoted(string: Leaf) -> str:
    """Take the quotation marks off; a backslash stays, since it belongs to the regular expression, save before them."""
    if string[0] not in "\"'":
        return str(string)
    return string[1:-1].replace(f"\\{string[0]}", string[0])
