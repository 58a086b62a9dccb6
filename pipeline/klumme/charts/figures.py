"""The figures of the report: shares by year, party and municipality, each with the passages it counts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from klumme.gazetteer import municipality, party
from klumme.query.counts import count_themes
from klumme.query.store import Store
from klumme.themes.codebook import Codebook, Theme

# How many passages a number links to on the page itself; the rest are a `klumme query` away.
LINKS = 12
UNDATED = "uden dato"

_LINKS = """
SELECT theme, {column} AS value, passage_id AS id, coalesce(nullif(title, ''), passage_id) AS title
FROM theme JOIN meta USING (passage) JOIN current_articles AS a ON a.id = article_id
WHERE tagged QUALIFY row_number() OVER (PARTITION BY theme, value ORDER BY p DESC, passage_id) <= ?
ORDER BY theme, value, p DESC, passage_id
"""


@dataclass(frozen=True, slots=True)
class Link:
    """One passage that a number leads to."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Figure:
    """One number: the passages of a group that carry a theme, of how many, and the first of them."""

    anchor: str
    theme: Theme
    group: str
    tagged: int
    passages: int
    share: float
    links: tuple[Link, ...]
    query: str

    @property
    def row(self) -> dict[str, Any]:
        """The figure as the drawing functions take it."""
        return {
            "group": self.group,
            "theme": self.theme.da,
            "share": self.share,
            "tagged": self.tagged,
            "passages": self.passages,
            "href": f"#{self.anchor}",
        }


@dataclass(frozen=True, slots=True)
class Breakdown:
    """How a number is broken down: the field of the query language, the column, and how a value is named."""

    field: str
    column: str
    name: Callable[[Any], str]
    query: Callable[[Any], str]


def _party(letter: str) -> str:
    known = party(letter)
    return known.name if known else letter or "uden for partierne"


def _municipality(value: str) -> str:
    known = municipality(value)
    return known.name if known else value or "ukendt kommune"


BREAKDOWNS = {
    "aar": Breakdown("aar", "year", str, lambda value: f"fra:{value} til:{value}" if value else 'fra:""'),
    "parti": Breakdown("parti", "party", _party, lambda value: f'parti:"{value}"'),
    "kommune": Breakdown("kommune", "municipality", _municipality, lambda value: f'kommune:"{value}"'),
}


def figures(store: Store, codebook: Codebook, by: str) -> list[Figure]:
    """Return a figure for each group and theme, groups in their order (years upwards, others by size).

    Groups without a value (no date, no municipality) are counted under a name of their own.
    """
    breakdown = BREAKDOWNS[by]
    rows = list(count_themes(store, [by]))
    order = sorted({(row[by] is None, row[by]) for row in rows}) if by == "aar" else _by_size(rows, by)
    links = _links(store, breakdown)
    found = {(row[by], row["theme"]): row for row in rows}
    return [
        _figure(breakdown, theme, value, found[value, theme.id], links.get((theme.id, value), ()))
        for _, value in order
        for theme in codebook.themes
        if (value, theme.id) in found
    ]


def _by_size(rows: list[Mapping[str, Any]], by: str) -> list[tuple[int, Any]]:
    return sorted({(-row["of"], row[by]) for row in rows}, key=lambda pair: (pair[0], str(pair[1])))


def _figure(breakdown: Breakdown, theme: Theme, value: Any, row: Mapping[str, Any], links: tuple[Link, ...]) -> Figure:
    anchor = f"{breakdown.field}-{value or 'ingen'}-{theme.id}".replace(" ", "_")
    name = UNDATED if value is None else breakdown.name(value)
    query = f"tema:{theme.id} {breakdown.query(value)}"
    return Figure(anchor, theme, name, row["passages"], row["of"], row["share"], links, query)


def _links(store: Store, breakdown: Breakdown) -> dict[tuple[str, Any], tuple[Link, ...]]:
    found: dict[tuple[str, Any], tuple[Link, ...]] = {}
    for row in store.read(_LINKS.format(column=f"meta.{breakdown.column}"), [LINKS]):
        key = row["theme"], row["value"]
        found[key] = (*found.get(key, ()), Link(row["id"], row["title"]))
    return found
