"""Find token spans, by a pattern or by the words of a query, as the ground of concordances, counts and statistics."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from klumme.errors import QueryError
from klumme.query.arrays import Arrays
from klumme.query.binding import Binding
from klumme.query.cql.compile import Compiler
from klumme.query.cql.parse import parse_pattern
from klumme.query.cql.tree import Pattern, Sequence, Test, Token
from klumme.query.limits import SECONDS
from klumme.query.parts import Part, show_part
from klumme.query.plan import Found, Plan, plan_query
from klumme.query.question import Question
from klumme.query.store import Store

# More matches than this are refused: they would fill the memory.
MATCHES = 5_000_000


@dataclass(frozen=True, slots=True)
class Matches:
    """A cursor with a table `matches` (passage, b, e): token b up to but not including e of a passage.

    `total` counts them; `part` is the part of the corpus that the fields of the question leave, where all of them lie.
    `wordless` says that it names fields alone, so that nothing can match.
    """

    cursor: duckdb.DuckDBPyConnection
    total: int
    part: Part
    wordless: bool = False


@dataclass(frozen=True, slots=True)
class _Search:
    """The SQL of the matches and its values; which passages the fields leave, and those that the SQL calls `found`."""

    sql: str
    values: dict[str, Any]
    arrays: Arrays
    left: NDArray[np.bool_]
    found: Found | None = None
    wordless: bool = False


@contextmanager
def matches(store: Store, question: Question, seconds: float = SECONDS) -> Iterator[Matches]:
    """Lend the matches of a question.

    A query of the people's language matches at its words and phrases, and nowhere when it has none.
    Raises QueryError for what does not parse, takes too long, or matches more than MATCHES times.
    """
    search = _by_pattern(store, question.text) if question.pattern else _by_words(store, question)
    with store.cursor(seconds) as cursor:
        if search.found:
            search.found.store(cursor, "found")
        total = _counted(cursor, f"CREATE TEMP TABLE matches AS {search.sql} LIMIT {MATCHES + 1}", search.values)
        if total > MATCHES:
            raise QueryError(f"There are more than {MATCHES} matches.", "Name rarer words, or a part of the corpus.")
        yield Matches(cursor, total, show_part(cursor, search.arrays, search.left), search.wordless)


def _counted(cursor: duckdb.DuckDBPyConnection, sql: str, values: dict[str, Any]) -> int:
    """Make a table and return the number of its rows, which the database tells when it has made one."""
    return int(cursor.execute(sql, values).fetchall()[0][0])


def _by_pattern(store: Store, text: str) -> _Search:
    compiler, arrays = Compiler(store, parse_pattern(text)), store.arrays
    sql, left = compiler.sql, arrays.in_force
    condition, values = compiler.part
    if condition:
        rows = store.numbers(f"SELECT passage FROM meta AS m WHERE {condition}", values)["passage"]  # noqa: S608
        left = np.zeros_like(left)
        left[rows] = True
    return _Search(sql, compiler.bind.values, arrays, left)


def _by_words(store: Store, question: Question) -> _Search:
    plan = plan_query(store, question.text, question.compounds)
    sql, values = _words(store, plan)
    return _Search(sql, values, plan.arrays, plan.part, plan.found, plan.wordless)


def _words(store: Store, plan: Plan) -> tuple[str, dict[str, object]]:
    """Return the SQL for the words and phrases of a query in the table `found`, and its values."""
    bind = Binding()
    spans = [f"SELECT passage, i AS b, i + 1 AS e FROM lemma_index WHERE {bind.among('lemma', plan.lemmas)}"]  # noqa: S608
    spans += [Compiler(store, as_pattern(phrase), bind).sql for phrase in plan.phrases]
    united = " UNION ".join(f"({select})" for select in spans)
    return f"SELECT passage, b, e FROM ({united}) SEMI JOIN found USING (passage)", bind.values  # noqa: S608


def as_pattern(phrase: str) -> Pattern:
    """Turn a phrase into the pattern of its words and signs."""
    tokens = tuple(Token(Test("form", word, flags="l")) for word in re.findall(r"\w+|[^\w\s]", phrase))
    return Pattern(phrase, Sequence(tokens))
