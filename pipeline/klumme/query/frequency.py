"""Count matches by any field, over time, or by what stands in them, always with what they are a share of."""

import re
from collections.abc import Sequence

from klumme.errors import QueryError, did_you_mean
from klumme.query.counts import group_column
from klumme.query.frames import Rows
from klumme.query.limits import must_be_countable
from klumme.query.matches import is_pattern, matches
from klumme.query.store import Store, fetch

MILLION = 1_000_000

OF = ("lemma", "form", "pos")
THEME = "tema"

_FIELDS = {"aar": "år"}

# What stands before the constraint of a pattern: two colons in a string do not begin one.
_BODY = re.compile(r"""(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|:(?!:)|[^"':])*""", re.DOTALL)

# What no value can hold: in the people's language commas part values and every quotation mark ends one.
_UNSAYABLE, _UNSAYABLE_IN_CQL = re.compile(r'["“”»«,]'), re.compile(r"\\")


def count_matches(store: Store, text: str, by: Sequence[str] = (), cql: bool = False) -> Rows:
    """Count matches by fields of the metadata (see `klumme.query.counts.GROUPS`), or by the theme of their passage.

    A passage with two themes counts in both, one without any in none.

    Columns: the groups, matches, tokens (all tokens of the group, punctuation too), per_million, passages (with a
    match), and `hits`, the query that finds the matches behind the number and no others (with `cql` where this was
    asked with it), empty for a group that `narrowed` cannot name. Groups without a match are there, with 0.
    Raises QueryError for an unknown field and as `matches` does.
    """
    named = "".join(f'{_column(name)} AS "{name}", ' for name in by)
    of = "meta JOIN tagged USING (passage)" if THEME in by else "meta"
    same = " AND ".join(f'size."{name}" IS NOT DISTINCT FROM found."{name}"' for name in by) or "true"
    keys = ", ".join(f'size."{name}"' for name in by)
    with matches(store, text, cql) as cursor:
        rows = fetch(
            cursor,
            f"WITH size AS (SELECT {named}sum(tokens) AS tokens FROM {of} GROUP BY ALL), "  # noqa: S608
            f"found AS (SELECT {named}count(*) AS matches, count(DISTINCT passage) AS passages "
            f"FROM matches JOIN {of} USING (passage) GROUP BY ALL) "
            f"SELECT {keys + ', ' if keys else ''}coalesce(matches, 0) AS matches, "
            "CAST(size.tokens AS BIGINT) AS tokens, "
            f"coalesce(matches, 0) * {MILLION} / size.tokens AS per_million, coalesce(passages, 0) AS passages "
            f"FROM size LEFT JOIN found ON {same} ORDER BY {keys or 'matches'}",
            (),
        )
    return Rows([{**row, "hits": narrowed(text, {name: row[name] for name in by}, cql)} for row in rows], text)


def _column(name: str) -> str:
    """Return the SQL of a group; raises QueryError for an unknown one."""
    return "theme" if name == THEME else group_column(name)


def narrowed(text: str, values: dict[str, object], cql: bool = False) -> str:
    """Return the query that finds only those matches for which the fields have these values, or none (None or '').

    It is empty, rather than one that finds others too, where a value cannot be said: in the people's language one with
    a comma or quotation mark, in CQL one with a backslash.
    """
    pattern = cql or is_pattern(text)
    given = {_field(name): "" if value is None else str(value) for name, value in values.items()}
    unsayable = _UNSAYABLE_IN_CQL if pattern else _UNSAYABLE
    if any(map(unsayable.search, given.values())):
        return ""
    if pattern:
        return _constrained(text, [fact for name, value in given.items() for fact in _facts(name, value)])
    return " ".join([text, *(_term(name, value) for name, value in given.items())])


def _constrained(text: str, facts: list[str]) -> str:
    """Return a pattern with these facts added to its constraint."""
    body = re.match(_BODY, text)
    end = body.end() if body else len(text)
    given = [f"({text[end + 2 :].strip()})"] if end < len(text) else []
    return f"{text[:end].strip()} :: {' & '.join([*given, *facts])}" if facts else text


def _field(name: str) -> str:
    """Name the field of a query for a group, which people also write as `måned` or `År`."""
    key = name.lower().replace("å", "aa")
    return _FIELDS.get(key, key)


def _term(name: str, value: str) -> str:
    if name in ("år", "maaned"):
        return f"fra:{value} til:{value}" if value else 'fra:""'
    return f"{name}:{value}" if re.fullmatch(r"[\w.-]+", value) else f'{name}:"{value}"'


def _facts(name: str, value: str) -> list[str]:
    if name == "maaned":
        return [f'dato>="{value}"', f'dato<="{value}"'] if value else ['dato=""']
    if name == "år":
        return [f"år={value}" if value else 'år=""']
    quoted = value.replace('"', '\\"')
    return [f'{name}="{quoted}"']


def frequencies(store: Store, text: str = "", of: str = "lemma", limit: int = 100, cql: bool = False) -> Rows:
    """List what matches consist of, the most frequent first; without a text, the words of the whole corpus.

    Columns: lemma, form or pos (several words are joined by spaces), n, per_million.
    Raises QueryError for an unknown `of` and as `matches` does, UsageError for a limit that nobody can count to.
    """
    must_be_countable(limit=limit)
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
