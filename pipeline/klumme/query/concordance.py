"""Concordances: matches in their context (KWIC), sorted or sampled."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from klumme.errors import QueryError, did_you_mean
from klumme.query.frames import Rows
from klumme.query.limits import must_be_countable
from klumme.query.matches import matches, total
from klumme.query.store import Store, fetch

SORTS = ("left", "right", "match", "date", "source", "probability")

# So many neighbours decide the order of lines sorted by left or right.
NEIGHBOURS = 3

_LETTERS = "translate(lower(t.form), 'æøå', '{|}')"  # Danish puts æ, ø and å after z, in this order
_PLACES = {"left": "y.b - 1 - {n}", "right": "y.e + {n}", "match": "y.b + {n}"}
_KEYS = {
    "": "x.passage",
    "date": "m.published",
    "source": "m.source",
    "probability": "(SELECT max(p) FROM theme WHERE theme.passage = x.passage) DESC NULLS LAST",
}
_SHOWN = """
CREATE TEMP TABLE shown AS SELECT row_number() OVER (ORDER BY {order}, x.passage, x.b, x.e) AS n, x.passage, x.b, x.e
FROM matches AS x JOIN meta AS m USING (passage){join} ORDER BY n LIMIT ? OFFSET ?
"""
_LINES = """
SELECT shown.*, meta.passage_id, text, pieces.* FROM shown JOIN meta USING (passage) JOIN texts USING (passage)
JOIN pieces USING (article_id) ORDER BY n
"""
_TOKENS = """
SELECT passage, i, start, form, lemma, pos FROM lemma_index WHERE passage IN (SELECT passage FROM shown)
ORDER BY passage, i
"""


@dataclass(frozen=True, slots=True)
class Word:
    """One token of a line."""

    form: str
    lemma: str
    pos: str


@dataclass(frozen=True, slots=True)
class Line:
    """One match in its context; `show` gives the passage under `passage_id`, and `b`, `e` are its tokens there.

    `before`, `words` and `after` are the tokens of `left`, `match` and `right`.
    """

    left: str
    match: str
    right: str
    before: tuple[Word, ...]
    words: tuple[Word, ...]
    after: tuple[Word, ...]
    passage_id: str
    b: int
    e: int
    title: str
    author: str
    party: str
    municipality: str
    published: datetime | None
    source: str
    url: str


@dataclass(frozen=True)
class Concordance:
    """One page of lines, and how many matches there are in all."""

    query: str
    total: int
    lines: tuple[Line, ...]

    @property
    def rows(self) -> Rows:
        """The lines as rows."""
        return Rows([asdict(line) for line in self.lines], self.query)


@dataclass(frozen=True, slots=True)
class View:
    """Which lines to show: the order, the page, the words of context, and the seed when they are a random sample."""

    sort: str = ""
    limit: int = 20
    offset: int = 0
    context: int = 8
    sample: int | None = None


def concordance(store: Store, text: str, view: View | None = None, cql: bool = False) -> Concordance:
    """Show the matches of a pattern, or the words of a query, in their context.

    A sample is the same whenever the corpus and the seed are. Raises QueryError as `matches` does and for an unknown
    order, UsageError for a number of the view that nobody can count to.
    """
    view = view or View()
    must_be_countable(limit=view.limit, offset=view.offset, context=view.context, sample=abs(view.sample or 0))
    order, join = _order(view)
    with matches(store, text, cql) as cursor:
        cursor.execute(_SHOWN.format(order=order, join=join), [view.limit, view.offset])
        rows, tokens = fetch(cursor, _LINES, ()), fetch(cursor, _TOKENS, ())
        found = total(cursor)
    by_passage: dict[int, list[dict[str, Any]]] = {}
    for token in tokens:
        by_passage.setdefault(token["passage"], []).append(token)
    return Concordance(text, found, tuple(_line(row, by_passage[row["passage"]], view.context) for row in rows))


def _order(view: View) -> tuple[str, str]:
    """Return what to sort by, and the join that brings in the neighbours."""
    if view.sample is not None:
        return f"hash(m.passage_id, x.b, x.e, {int(view.sample)})", ""
    if view.sort in _PLACES:
        return ", ".join(f"k{n} NULLS FIRST" for n in range(NEIGHBOURS)), _neighbours(_PLACES[view.sort])
    if view.sort not in _KEYS:
        raise QueryError(f"Lines cannot be sorted by '{view.sort}'.", did_you_mean(view.sort, SORTS))
    return _KEYS[view.sort], ""


def _neighbours(place: str) -> str:
    """Return the join that adds the words at the places 0, 1 and 2 of a side as k0, k1 and k2."""
    places = [place.format(n=n) for n in range(NEIGHBOURS)]
    keys = ", ".join(f"max({_LETTERS}) FILTER (t.i = {place}) AS k{n}" for n, place in enumerate(places))
    return (
        f" LEFT JOIN (SELECT y.passage, y.b, y.e, {keys} FROM matches AS y JOIN lemma_index AS t "  # noqa: S608
        f"ON t.passage = y.passage AND t.i IN ({', '.join(places)}) GROUP BY ALL) AS k "
        "ON k.passage = x.passage AND k.b = x.b AND k.e = x.e"
    )


def _line(row: dict[str, Any], tokens: Sequence[dict[str, Any]], context: int) -> Line:
    b, e, text = row["b"], row["e"], row["text"]
    first, last = max(b - context, 0), min(e + context, len(tokens))
    start, stop = tokens[b]["start"], _end(tokens[e - 1])
    return Line(
        left=text[tokens[first]["start"] : start],
        match=text[start:stop],
        right=text[stop : _end(tokens[last - 1])],
        before=_words(tokens[first:b]),
        words=_words(tokens[b:e]),
        after=_words(tokens[e:last]),
        **{name: row[name] for name in Line.__slots__ if name in row},
    )


def _words(tokens: Sequence[dict[str, Any]]) -> tuple[Word, ...]:
    return tuple(Word(token["form"], token["lemma"], token["pos"]) for token in tokens)


def _end(token: dict[str, Any]) -> int:
    return int(token["start"]) + len(token["form"])
