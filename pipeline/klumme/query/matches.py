"""Find token spans, by a pattern or by the words of a query, as the ground of concordances, counts and statistics."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from klumme.errors import QueryError
from klumme.query.binding import Binding
from klumme.query.cql.compile import Compiler
from klumme.query.cql.parse import parse_pattern
from klumme.query.cql.tree import Pattern, Sequence, Test, Token
from klumme.query.limits import SECONDS
from klumme.query.plan import Plan, plan_query
from klumme.query.store import Store, fetch

# More matches than this are refused: they would fill the memory.
MATCHES = 5_000_000

_PATTERN = re.compile(r"\s*(\(*\s*(\w+\s*:\s*)?\[|<\w)")


def is_pattern(text: str) -> bool:
    """Whether a text is corpus query language, which begins with a bracket, a label or a region."""
    return _PATTERN.match(text) is not None


@contextmanager
def matches(
    store: Store, text: str, cql: bool = False, seconds: float = SECONDS
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Lend a cursor with a table `matches` (passage, b, e): token b up to but not including e of a passage.

    A query of the people's language matches at its words and phrases, and nowhere when it has none.
    Raises QueryError for what does not parse, takes too long, or matches more than MATCHES times.
    """
    if cql or is_pattern(text):
        compiler, found = Compiler(store, parse_pattern(text)), None
        statement, values = compiler.sql, compiler.bind.values
    else:
        plan = plan_query(store, text)
        (statement, values), found = _words(store, plan), plan.found
    with store.cursor(seconds) as cursor:
        if found:
            found.store(cursor, "found")
        cursor.execute(f"CREATE TEMP TABLE matches AS {statement} LIMIT {MATCHES + 1}", values)
        if total(cursor) > MATCHES:
            raise QueryError(f"There are more than {MATCHES} matches.", "Name rarer words, or a part of the corpus.")
        yield cursor


def total(cursor: duckdb.DuckDBPyConnection) -> int:
    """Count the rows of `matches`."""
    return int(fetch(cursor, "SELECT count(*) AS n FROM matches", ())[0]["n"])


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
