"""Count matches by any field, over time, or by what stands in them, always with what they are a share of."""

import re
from collections.abc import Sequence

from klumme.errors import QueryError, did_you_mean
from klumme.query.counts import group_column
from klumme.query.frames import Rows
from klumme.query.limits import must_be_countable
from klumme.query.matches import matches
from klumme.query.parts import MILLION, THOUSAND, Part
from klumme.query.question import Question
from klumme.query.store import Store, fetch

OF = ("lemma", "form", "pos")
THEME = "tema"

_MATCHED = """
SELECT string_agg({of}, ' ' ORDER BY i) AS {of}, 1 AS n FROM matches AS x JOIN lemma_index AS t
  ON t.passage = x.passage AND t.i >= x.b AND t.i < x.e GROUP BY x.passage, x.b, x.e
"""
_SPOKEN = "SELECT {of}, 1 AS n FROM lemma_index SEMI JOIN {table} USING (passage)"

_FIELDS = {"aar": "år"}

# What stands before the constraint of a pattern: two colons in a string do not begin one.
_BODY = re.compile(r"""(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|:(?!:)|[^"':])*""", re.DOTALL)

# What no value can hold: in the people's language commas part values and every quotation mark ends one.
_UNSAYABLE, _UNSAYABLE_IN_CQL = re.compile(r'["“”»«,]'), re.compile(r"\\")


def count_matches(store: Store, question: Question, by: Sequence[str] = ()) -> Rows:
    """Count matches by fields of the metadata (see `klumme.query.counts.GROUPS`), or by the theme of their passage.

    A passage with two themes counts in both, one without any in none. All is counted within the part of the corpus that
    the fields of the question leave (`klumme.query.parts`), which the title names: of `ansvar parti:V`, what V wrote.

    Columns: the groups, matches, tokens (all tokens of the group, punctuation too), per_million (matches in a million
    of them), passages (with a match), of (all passages of the group), per_thousand (passages in a thousand of them),
    and `hits`, the query that finds the matches behind the number and no others (read as this one was), empty for a
    group that `narrowed` cannot name. Groups without a match are there, with 0.
    Raises QueryError for an unknown field, a question without a word, and as `matches` does.
    """
    named = "".join(f'{_column(name)} AS "{name}", ' for name in by)
    same = " AND ".join(f'size."{name}" IS NOT DISTINCT FROM found."{name}"' for name in by) or "true"
    keys = ", ".join(f'size."{name}"' for name in by)
    with matches(store, question) as found:
        if found.wordless:
            raise QueryError(
                f"There is no word to count in '{question.text}'.",
                "Add a word, or count passages by theme: `klumme themes --by parti`.",
            )
        of = f"{found.part.table} JOIN tagged USING (passage)" if THEME in by else found.part.table
        rows = fetch(
            found.cursor,
            f"WITH size AS (SELECT {named}CAST(coalesce(sum(tokens), 0) AS BIGINT) AS tokens, count(*) AS of "  # noqa: S608
            f"FROM {of} GROUP BY ALL), "
            f"found AS (SELECT {named}count(*) AS matches, count(DISTINCT passage) AS passages "
            f"FROM matches JOIN {of} USING (passage) GROUP BY ALL) "
            f"SELECT {keys + ', ' if keys else ''}coalesce(matches, 0) AS matches, tokens, "
            f"coalesce(matches, 0) * {MILLION} / nullif(tokens, 0) AS per_million, coalesce(passages, 0) AS passages, "
            f"of, coalesce(passages, 0) * {THOUSAND} / nullif(of, 0) AS per_thousand "
            f"FROM size LEFT JOIN found ON {same} ORDER BY {keys or 'matches'}",
            (),
        )
    hits = [narrowed(question, {name: row[name] for name in by}) for row in rows]
    return Rows([{**row, "hits": query} for row, query in zip(rows, hits, strict=True)], _title(question, found.part))


def _title(question: Question, part: Part) -> str:
    """Say what was asked, and what the frequencies are relative to."""
    return f"{question.text or 'All words'}: rates are of {part}"


def _column(name: str) -> str:
    """Return the SQL of a group; raises QueryError for an unknown one."""
    return "theme" if name == THEME else group_column(name)


def narrowed(question: Question, values: dict[str, object]) -> str:
    """Return the query that finds only those matches for which the fields have these values, or none (None or '').

    It is empty, rather than one that finds others too, where a value cannot be said: in the people's language one with
    a comma or quotation mark, in CQL one with a backslash.
    """
    text, pattern = question.text, question.pattern
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


def frequencies(store: Store, question: Question, of: str = "lemma", limit: int = 100) -> Rows:
    """List what matches consist of, the most frequent first; of fields alone, all words of the part that they leave.

    Without a text, the words of the whole corpus are listed.
    Columns: lemma, form or pos (several words are joined by spaces), n, per_million, tokens (of which it is a rate: all
    that the fields of the question leave, see `klumme.query.parts`).
    Raises QueryError for an unknown `of` and as `matches` does, UsageError for a limit that nobody can count to.
    """
    must_be_countable(limit=limit)
    if of not in OF:
        raise QueryError(f"No list can be made of '{of}'.", did_you_mean(of, OF))
    if not question.text:
        part = Part(*store.arrays.size)
        rows = store.read(_counted(of, f"SELECT {of}, n FROM words"), {"limit": limit, "tokens": part.tokens})  # noqa: S608
        return Rows(rows, _title(question, part))
    with matches(store, question) as found:
        words = _SPOKEN.format(of=of, table=found.part.table) if found.wordless else _MATCHED.format(of=of)
        rows = fetch(found.cursor, _counted(of, words), {"limit": limit, "tokens": found.part.tokens})
    return Rows(rows, _title(question, found.part))


def _counted(of: str, words: str) -> str:
    return (
        f"SELECT {of}, CAST(sum(n) AS BIGINT) AS n, sum(n) * {MILLION} / $tokens AS per_million, "  # noqa: S608
        f"CAST($tokens AS BIGINT) AS tokens FROM ({words}) GROUP BY {of} ORDER BY n DESC, {of} LIMIT $limit"
    )
