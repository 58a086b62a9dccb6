"""The query language for people: words, "exact phrases", word*, -not, OR, and fields such as `tema:` and `kommune:`.

query  := clause+            all clauses must hold
clause := term ("OR" term)*  one of the terms must hold
term   := "-"? (word | word"*" | phrase | field ":" value)

Where a field has no value one finds with empty quotation marks: `parti:""` finds what no party stands for, `fra:""`
what has no date.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from klumme.errors import QueryError, did_you_mean

Kind = Literal["word", "prefix", "phrase", "tema", "kommune", "parti", "forfatter", "kilde", "fra", "til"]

FIELDS = ("tema", "kommune", "parti", "forfatter", "kilde", "fra", "til", "sandsynlighed")

# The fields that may be without a value.
OPTIONAL = ("kommune", "parti", "forfatter", "kilde", "fra", "til")

# No question that somebody has typed is longer, or has more terms; each term is looked up and counted by itself.
LONGEST, TERMS = 5000, 64

_TOKEN = re.compile(
    r"""(?=\S)(?P<minus>-(?=\S))?(?:(?P<field>[^\W\d_]+):)?"""
    r"""(?:["“”»«](?P<phrase>[^"“”»«]*)(?P<end>["“”»«]?)|(?P<word>\S*))"""
)
_DATE = re.compile(r"(?P<y>\d{4})(?:-(?P<m>\d{1,2})(?:-(?P<d>\d{1,2}))?)?$")
_DANISH_DATE = re.compile(r"(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>\d{4})$")


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that must hold, or must not; `at` is the character of the query where it stands.

    A field has the value '' where what is asked for has none.
    """

    kind: Kind
    values: tuple[str, ...]
    negated: bool = False
    at: int = 0


@dataclass(frozen=True, slots=True)
class Query:
    """Clauses that must all hold, each a choice of terms; `p` is the least probability of a theme, if given."""

    text: str
    clauses: tuple[tuple[Term, ...], ...]
    p: float | None = None


def must_be_text(text: str) -> None:
    """Raise QueryError for what nobody has typed: more than LONGEST characters, or halves of letters."""
    if len(text) > LONGEST:
        raise QueryError(f"The question has {len(text)} characters, more than {LONGEST}.", "Ask for less at a time.")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise QueryError("The question has half a letter in it.", "Type it anew.") from error


def parse_query(text: str) -> Query:
    """Parse a query.

    Raises QueryError, pointing at the character, for an unknown field, an open quotation mark, a lone OR, or a value
    that its field cannot take; and for what is too long.
    """
    must_be_text(text)
    clauses: list[tuple[Term, ...]] = []
    p, joined, last = None, False, 0
    for match in _TOKEN.finditer(text):
        last = match.start()
        if match["word"] == "OR" and not match["field"] and not match["minus"]:
            if joined or not clauses:
                raise _lone_or(text, last)
            joined = True
        elif match["field"] and match["field"].lower() == "sandsynlighed":
            p = _probability(text, match)
        else:
            term = _term(text, match)
            clauses[-1:] = [(*clauses[-1], term)] if joined else [*clauses[-1:], (term,)]
            joined = False
    if joined:
        raise _lone_or(text, last)
    if sum(map(len, clauses)) > TERMS:
        raise QueryError(f"The question has more than {TERMS} words.", "Ask for less at a time.")
    return Query(text, tuple(clauses), p)


def _term(text: str, match: re.Match[str]) -> Term:
    if match["phrase"] is not None and not match["end"]:
        raise QueryError(
            "A quotation mark is never closed.", "Close it, or leave it out.", text, match.start("phrase") - 1
        )
    if match["field"]:
        return _field(text, match)
    word, negated, at = match["word"], bool(match["minus"]), match.start()
    if match["phrase"] is not None:
        if not match["phrase"].strip():
            raise QueryError("The quotation marks are empty.", "Write a phrase between them.", text, at)
        return Term("phrase", (match["phrase"].strip(),), negated, at)
    if not re.search(r"\w", word):
        raise QueryError(f"'{word}' is no word.", 'Give words, "a phrase", or fields such as tema:.', text, at)
    if word.endswith("*"):
        return Term("prefix", (word.rstrip("*"),), negated, at)
    return Term("word", (word,), negated, at)


def _field(text: str, match: re.Match[str]) -> Term:
    name = match["field"].lower()
    if name not in FIELDS:
        way_out = did_you_mean(name, FIELDS)
        raise QueryError(f"There is no field '{match['field']}:'.", way_out, text, match.start("field"))
    empty = match["phrase"] is not None and not match["phrase"].strip() and name in OPTIONAL
    values = ("",) if empty else _values(name, text, match)
    return Term(name, values, bool(match["minus"]), match.start())  # type: ignore[arg-type]


def _values(name: str, text: str, match: re.Match[str]) -> tuple[str, ...]:
    value = match["phrase"] or match["word"] or ""
    values = tuple(v for v in (part.strip(' "') for part in value.split(",")) if v)
    if not values:
        way_out = f"Write {name}:value, without a space."
        raise QueryError(f"The field '{name}:' has no value.", way_out, text, match.start("field"))
    if name in ("fra", "til"):
        return (parse_day(value, name, text, match.end() - len(value)),)
    return values


def parse_day(value: str, end: str, text: str = "", at: int | None = None) -> str:
    """Read a year, a month or a day as the first day (`end` "fra") or the last (`end` "til") that it means, ISO 8601.

    Raises QueryError for what is no date.
    """
    match = _DATE.match(value) or _DANISH_DATE.match(value)
    try:
        assert match  # noqa: S101
        year, month, day = (int(match[name]) if match[name] else None for name in "ymd")
        first = date(year or 0, month or 1, day or 1)
        return (first if end == "fra" else _last(first, month, day)).isoformat()
    except (AssertionError, ValueError):
        raise QueryError(f"'{value}' is no date.", "Write 2021, 2021-05 or 2021-05-17.", text, at) from None


def _last(first: date, month: int | None, day: int | None) -> date:
    if day:
        return first
    following = date(first.year + 1, 1, 1) if month in (None, 12) else date(first.year, first.month + 1, 1)
    return following - timedelta(days=1)


def _probability(text: str, match: re.Match[str]) -> float:
    given = (match["word"] or match["phrase"] or "").removeprefix(">=").replace(",", ".")
    try:
        value = float(given.rstrip("%")) / (100 if given.endswith("%") else 1)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise QueryError(
            f"'{given}' is no probability.", "Write a number from 0 to 1, as in sandsynlighed:0.8.", text, match.start()
        )
    return value


def _lone_or(text: str, at: int) -> QueryError:
    return QueryError("OR stands without a term on both sides.", "Write one before and one after it.", text, at)
