"""What a parsed pattern is made of; `at` is the character of the query where a part stands."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

Order = Literal["=", "!=", "<", "<=", ">", ">="]


@dataclass(frozen=True, slots=True)
class Test:
    """One attribute of a token against a regular expression."""

    __test__ = False  # for pytest, which would otherwise take the class for a test

    attribute: str
    value: str
    equal: bool = True
    flags: str = ""
    at: int = 0


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two sides of a constraint: a label's attribute ("a.lemma"), a field of the metadata, a text or a number."""

    left: "Side"
    order: Order
    right: "Side"
    at: int = 0


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison; for a label `value` is the attribute."""

    kind: Literal["label", "field", "text", "number"]
    value: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class All:
    """Conditions that must all hold."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Any:
    """Conditions one of which must hold."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """A condition that must not hold."""

    part: "Condition"


Condition: TypeAlias = Test | Comparison | All | Any | Not


@dataclass(frozen=True, slots=True)
class Token:
    """One token; no condition means any."""

    condition: Condition | None
    label: str = ""
    at: int = 0


@dataclass(frozen=True, slots=True)
class Sequence:
    """Parts that follow each other."""

    items: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """Parts one of which must match."""

    options: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """A part that occurs from `least` to `most` times in a row; `most` is None for no bound."""

    item: "Node"
    least: int
    most: int | None
    at: int = 0


Node: TypeAlias = Token | Sequence | Choice | Repeat


@dataclass(frozen=True, slots=True)
class Element:
    """A region with a name: `s`, `passage`, or `tema` with an id and a bound on its probability."""

    name: str
    theme: str = ""
    order: Order = ">="
    p: float | None = None
    at: int = 0


@dataclass(frozen=True, slots=True)
class Scope:
    """What a match must, or must not, lie within or contain."""

    how: Literal["within", "containing"]
    what: Element | Node
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Pattern:
    """A whole query."""

    text: str
    body: Node | Element
    scopes: tuple[Scope, ...] = ()
    constraint: Condition | None = None
