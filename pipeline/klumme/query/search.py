"""Find passages, the best first, and say how they spread over the fields."""

from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from klumme.query.arrays import Arrays, Numbers
from klumme.query.frames import Rows
from klumme.query.hits import read_hits
from klumme.query.plan import Plan, plan_query
from klumme.query.store import Store
from klumme.records import Hit

FACETS = ("year", "party", "municipality", "author", "source")


@dataclass(frozen=True)
class Hits:
    """One page of what a query finds: how many passages in all, the hits, and how they spread over the fields.

    `facets` maps theme, year, party, municipality, author and source to the number of passages found for each value.
    `like` is the text that the hits are alike, where that was asked; the `score` of a hit is then the cosine.
    """

    query: str
    total: int
    hits: tuple[Hit, ...]
    facets: dict[str, dict[str, int]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    like: str = ""

    @property
    def rows(self) -> Rows:
        """The hits as rows."""
        return Rows([asdict(hit) for hit in self.hits], self.query)


def search(store: Store, text: str, limit: int = 20, offset: int = 0, compounds: bool = False) -> Hits:
    """Answer a query of the people's language with one page of hits, the best first.

    Without words the most probable come first, or the newest where no theme is asked for.
    Raises QueryError for what does not parse or takes too long, MissingError for an empty corpus.
    """
    plan = plan_query(store, text, compounds)
    found, total = plan.found, len(plan.found.passages)
    hits = read_hits(plan, found, limit, offset)
    notes = plan.notes if total else (*plan.notes, *alone(store, plan, compounds))
    return Hits(text, total, hits, read_facets(plan.arrays, found.passages), notes)


def alone(store: Store, plan: Plan, compounds: bool) -> list[str]:
    """Say how much each clause finds alone, when nothing has them all."""
    clauses = plan.clauses
    if len(clauses) < 2:
        return []
    counts = [f"{clause} {len(plan_query(store, clause, compounds).found.passages)}" for clause in clauses]
    return [f"No passage has all of this. Alone: {', '.join(counts)}."]


def read_facets(arrays: Arrays, passages: Numbers) -> dict[str, dict[str, int]]:
    """Count passages by each field, the largest number first, and by theme."""
    pieces = np.bincount(arrays.piece[passages], minlength=arrays.pieces.num_rows)
    tagged = np.asarray([np.count_nonzero(row[passages]) for row in arrays.tagged[: len(arrays.themes)]])
    spread = {"theme": _largest_first(arrays.themes, tagged)}
    for name in FACETS:
        values, codes = arrays.facet(name)
        spread[name] = _largest_first(values, np.bincount(codes + 1, pieces, len(values) + 1)[1:])
    return spread


def _largest_first(values: list[str], counts: NDArray[Any]) -> dict[str, int]:
    order = np.argsort(-counts, kind="stable")
    return {values[n]: int(counts[n]) for n in order if counts[n]}
