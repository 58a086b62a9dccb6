"""Find passages, the best first, and say how they spread over the fields."""

from dataclasses import asdict, dataclass, field
from typing import Any

from klumme.query.frames import Rows
from klumme.query.hits import read_hits
from klumme.query.plan import Plan, plan_query
from klumme.query.store import Store, fetch
from klumme.records import Hit

FACETS = ("year", "party", "municipality", "author", "source")


@dataclass(frozen=True)
class Hits:
    """One page of what a query finds: how many passages in all, the hits, and how they spread over the fields.

    `facets` maps theme, year, party, municipality, author and source to the number of passages found for each value.
    """

    query: str
    total: int
    hits: tuple[Hit, ...]
    facets: dict[str, dict[str, int]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

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
    with store.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE found AS {plan.sql}", plan.bind.values)
        total = fetch(cursor, "SELECT count(*) AS n FROM found", ())[0]["n"]
        hits = read_hits(cursor, plan.lemmas, plan.phrases, limit, offset)
        spread = read_facets(cursor)
    notes = plan.notes if total else (*plan.notes, *_alone(store, plan, compounds))
    return Hits(text, total, hits, spread, notes)


def _alone(store: Store, plan: Plan, compounds: bool) -> list[str]:
    """Say how much each clause finds alone, when nothing has them all."""
    clauses = plan.clauses
    if len(clauses) < 2:
        return []
    counts = []
    for clause in clauses:
        part = plan_query(store, clause, compounds)
        found = store.read(f"SELECT count(*) AS n FROM ({part.sql})", part.bind.values)  # noqa: S608
        counts.append(f"{clause} {found[0]['n']}")
    return [f"No passage has all of this. Alone: {', '.join(counts)}."]


def read_facets(cursor: Any) -> dict[str, dict[str, int]]:
    """Count the passages of the table `found` by each field, the largest number first, and by theme."""
    sets = ", ".join(f"({name})" for name in FACETS)
    columns = ", ".join(FACETS)
    rows = fetch(
        cursor,
        f"SELECT {columns}, count(*) AS n, GROUPING_ID({columns}) AS which "  # noqa: S608
        f"FROM found JOIN meta USING (passage) GROUP BY GROUPING SETS ({sets}) ORDER BY n DESC, {columns}",
        (),
    )
    themes = fetch(
        cursor,
        "SELECT theme, count(*) AS n FROM found JOIN tagged USING (passage) GROUP BY theme ORDER BY n DESC, theme",
        (),
    )
    spread = {"theme": {row["theme"]: row["n"] for row in themes}}
    for place, name in enumerate(FACETS):
        alone = (1 << len(FACETS)) - 1 - (1 << (len(FACETS) - 1 - place))
        spread[name] = {str(r[name]): r["n"] for r in rows if r["which"] == alone and r[name] not in (None, "")}
    return spread
