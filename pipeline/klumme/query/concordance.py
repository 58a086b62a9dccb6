"""Concordances: matches in their context (KWIC), sorted or sampled."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from klumme.errors import QueryError, did_you_mean
from klumme.query.frames import Rows
from klumme.query.limits import must_be_countable
from klumme.query.matches import Matches, matches
from klumme.query.parts import Part
from klumme.query.question import Question
from klumme.query.store import Store, fetch

SORTS = ("left", "right", "match", "date", "source", "probability", "random")

# So many neighbours decide the order of lines sorted by left or right.
NEIGHBOURS = 3

_LETTERS = "translate(lower(t.form), 'æøå', '{|}')"  # Danish puts æ, ø and å after z, in this order

# A hash that stays what it is in every version of the database, so that a sample can be drawn again years later.
_CHANCE = "md5(concat_ws(' ', {seed}, m.passage_id, x.b, x.e))"
_PLACES = {"left": "y.b - 1 - {n}", "right": "y.e + {n}", "match": "y.b + {n}"}
_KEYS = {
    "": "x.passage",
    "date": "m.published",
    "source": "m.source",
    "probability": "(SELECT max(p) FROM theme WHERE theme.passage = x.passage) DESC NULLS LAST",
    "random": _CHANCE,
}
_DRAWN = """
CREATE OR REPLACE TEMP TABLE matches AS
  SELECT x.* FROM matches AS x JOIN meta AS m USING (passage) ORDER BY {chance} LIMIT ?
"""
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
    """One page of lines; how many matches there are in all, and how many of them were drawn (all, without a sample).

    `part` is the part of the corpus that the fields of the query leave; None where nothing was asked.
    """

    query: str
    total: int
    lines: tuple[Line, ...]
    drawn: int = 0
    part: Part | None = None

    @property
    def rows(self) -> Rows:
        """The lines as rows."""
        return Rows([asdict(line) for line in self.lines], self.query)

    @property
    def per_million(self) -> float | None:
        """All matches for a million tokens of the part, None where that has none."""
        return self.part.per_million(self.total) if self.part else None


@dataclass(frozen=True, slots=True)
class View:
    """Which lines to show: the order, the page, and the words of context.

    With `sample`, so many lines are drawn at random, and only these are sorted and shown; the same `seed` draws the
    same lines, and gives the same order where it is "random".
    """

    sort: str = ""
    limit: int = 20
    offset: int = 0
    context: int = 8
    sample: int | None = None
    seed: int = 1


def concordance(store: Store, question: Question, view: View | None = None) -> Concordance:
    """Show the matches of a pattern, or the words of a query, in their context.

    A sample is the same whenever the corpus and the seed are. Raises QueryError as `matches` does and for an unknown
    order, UsageError for a number of the view that nobody can count to.
    """
    view = view or View()
    must_be_countable(
        limit=view.limit, offset=view.offset, context=view.context, sample=view.sample or 0, seed=abs(view.seed)
    )
    order, join = _order(view)
    with matches(store, question) as found:
        drawn = _draw(found, view)
        found.cursor.execute(_SHOWN.format(order=order, join=join), [view.limit, view.offset])
        rows, tokens = fetch(found.cursor, _LINES, ()), fetch(found.cursor, _TOKENS, ())
    by_passage: dict[int, list[dict[str, Any]]] = {}
    for token in tokens:
        by_passage.setdefault(token["passage"], []).append(token)
    lines = tuple(_line(row, by_passage[row["passage"]], view.context) for row in rows)
    return Concordance(question.text, found.total, lines, drawn, found.part)


def _draw(found: Matches, view: View) -> int:
    """Leave only a sample of the matches, where one is asked for, and return how many are left."""
    if view.sample is None or view.sample >= found.total:
        return found.total
    found.cursor.execute(_DRAWN.format(chance=_CHANCE.format(seed=int(view.seed))), [view.sample])
    return view.sample


def _order(view: View) -> tuple[str, str]:
    """Return what to sort by, and the join that brings in the neighbours."""
    if view.sort in _PLACES:
        return ", ".join(f"k{n} NULLS FIRST" for n in range(NEIGHBOURS)), _neighbours(_PLACES[view.sort])
    if view.sort not in _KEYS:
        raise QueryError(f"Lines cannot be sorted by '{view.sort}'.", did_you_mean(view.sort, SORTS))
    return _KEYS[view.sort].format(seed=int(view.seed)), ""


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
