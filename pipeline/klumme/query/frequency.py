"""Count matches by any field, over time, or by what stands in them, always with what they are a share of."""

from collections.abc import Sequence

from klumme.errors import QueryError, did_you_mean
from klumme.query.counts import group_column
from klumme.query.frames import Rows
from klumme.query.matches import is_pattern, matches
from klumme.query.store import Store, fetch

MILLION = 1_000_000

OF = ("lemma", "form", "pos")

_FIELDS = {"aar": "år"}


def count_matches(store: Store, text: str, by: Sequence[str] = (), cql: bool = False) -> Rows:
    """Count matches by fields of the metadata (see `klumme.query.counts.GROUPS`).

    Columns: the groups, matches, tokens (all tokens of the group, punctuation too), per_million, passages (with a
    match), and `hits`, the query that shows the matches behind the number. Groups without a match are there, with 0.
    Raises QueryError for an unknown field and as `matches` does.
    """
    columns = [(name, group_column(name)) for name in by]
    named = "".join(f'{sql} AS "{name}", ' for name, sql in columns)
    same = " AND ".join(f'size."{name}" IS NOT DISTINCT FROM found."{name}"' for name in by) or "true"
    keys = ", ".join(f'size."{name}"' for name in by)
    with matches(store, text, cql) as cursor:
        rows = fetch(
            cursor,
            f"WITH size AS (SELECT {named}sum(tokens) AS tokens FROM meta GROUP BY ALL), "  # noqa: S608
            f"found AS (SELECT {named}count(*) AS matches, count(DISTINCT passage) AS passages "
            "FROM matches JOIN meta USING (passage) GROUP BY ALL) "
            f"SELECT {keys + ', ' if keys else ''}coalesce(matches, 0) AS matches, "
            "CAST(size.tokens AS BIGINT) AS tokens, "
            f"coalesce(matches, 0) * {MILLION} / size.tokens AS per_million, coalesce(passages, 0) AS passages "
            f"FROM size LEFT JOIN found ON {same} ORDER BY {keys or 'matches'}",
            (),
        )
    return Rows([{**row, "hits": narrowed(text, {name: row[name] for name in by}, cql)} for row in rows], text)


def narrowed(text: str, values: dict[str, object], cql: bool = False) -> str:
    """Return the query that finds only those matches for which the fields have these values."""
    given = {_FIELDS.get(name, name): value for name, value in values.items() if value not in (None, "")}
    if not (cql or is_pattern(text)):
        return " ".join([text, *(_term(name, str(value)) for name, value in given.items())])
    body, separator, constraint = text.partition("::")
    facts = [f"({constraint.strip()})"] if separator else []
    for name, value in given.items():
        facts += _facts(name, str(value))
    return f"{body.strip()} :: {' & '.join(facts)}" if facts else text


def _term(name: str, value: str) -> str:
    if name in ("år", "maaned"):
        return f"fra:{value} til:{value}"
    return f'{name}:"{value}"' if " " in value else f"{name}:{value}"


def _facts(name: str, value: str) -> list[str]:
    if name == "maaned":
        return [f'dato>="{value}"', f'dato<="{value}"']
    return [f"{name}={value}" if name == "år" else f'{name}="{value}"']


def frequencies(store: Store, text: str = "", of: str = "lemma", limit: int = 100, cql: bool = False) -> Rows:
    """List what matches consist of, the most frequent first; without a text, the words of the whole corpus.

    Columns: lemma, form or pos (several words are joined by spaces), n, per_million.
    Raises QueryError for an unknown `of` and as `matches` does.
    """
    if of not in OF:
        raise QueryError(f"No list can be made of '{of}'.", did_you_mean(of, OF))
    if not text:
        return Rows(store.read(_counted(of, f"SELECT {of}, n FROM words"), [limit]), of)  # noqa: S608
    with matches(store, text, cql) as cursor:
        words = (
            f"SELECT string_agg({of}, ' ' ORDER BY i) AS {of}, 1 AS n FROM matches AS x JOIN lemma_index AS t "  # noqa: S608
            "ON t.passage = x.passage AND t.i >= x.b AND t.i < x.e GROUP BY x.passage, x.b, x.e"
        )
        return Rows(fetch(cursor, _counted(of, words), [limit]), text)


def _counted(of: str, words: str) -> str:
    return (
        f"SELECT {of}, CAST(sum(n) AS BIGINT) AS n, sum(n) * {MILLION} / (SELECT sum(tokens) FROM meta) AS per_million "  # noqa: S608
        f"FROM ({words}) GROUP BY {of} ORDER BY n DESC, {of} LIMIT ?"
    )
