"""The report page of a corpus: self-contained HTML, with a way from each number to the passages behind it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import cycle
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from klumme import __version__
from klumme.charts.drawing import COLOURS, by_group, over_time
from klumme.charts.figures import UNDATED, Figure, figures
from klumme.charts.municipality_map import draw_map
from klumme.charts.quality import quality
from klumme.query.store import Store
from klumme.tables import replace
from klumme.themes.codebook import Codebook, load_codebook
from klumme.workspace import Workspace

# How many passages stand on the page in full; a larger corpus is read with `klumme query`.
PASSAGES = 1500

_NUMBERS = """
SELECT (SELECT count(*) FROM current_articles) AS "artikler", (SELECT count(*) FROM meta) AS "afsnit",
  (SELECT sum(tokens) FROM meta) AS "ord og tegn", (SELECT count(DISTINCT author) FROM meta) AS "forfattere",
  (SELECT count(DISTINCT municipality) FROM meta WHERE municipality <> '') AS "kommuner",
  (SELECT count(DISTINCT passage) FROM theme WHERE tagged) AS "afsnit med tema"
"""
_SPAN = "SELECT min(published) AS first, max(published) AS last, list_sort(list(DISTINCT source)) AS sources FROM meta"
_SKIPPED = """
SELECT stage, reason, count(*) AS items, min(item) AS example FROM current_skipped GROUP BY ALL
ORDER BY items DESC, stage, reason
"""
_PASSAGES = """
SELECT passage_id AS id, text, title, url, m.author, m.party, m.municipality, m.published, m.ordinal,
  list({'theme': theme, 'p': p} ORDER BY p DESC) AS themes
FROM theme JOIN meta AS m USING (passage) JOIN current_articles AS a ON a.id = m.article_id
JOIN current_passages AS c ON c.id = passage_id AND c.article_id = m.article_id
WHERE tagged GROUP BY ALL ORDER BY m.published DESC NULLS LAST, title, ordinal LIMIT ?
"""


def write_report(workspace: Workspace) -> None:
    """Write `corpus/report.html`.

    Raises MissingError for an empty corpus, StorageError when the disk takes no more.
    """
    store = Store(workspace)
    try:
        html = _render(store, load_codebook(workspace.codebook))
    finally:
        store.close()
    replace(workspace.report, html.encode())


def _render(store: Store, codebook: Codebook) -> str:
    pages = Environment(loader=PackageLoader("klumme.charts"), autoescape=True, undefined=StrictUndefined)
    pages.filters |= {"number": number, "percent": percent, "date": date}
    labels = {theme.id: theme.da for theme in codebook.themes}
    passages = [_with_labels(row, labels) for row in store.read(_PASSAGES, [PASSAGES])]
    numbers = store.read(_NUMBERS)[0]
    version = store.tables.version("theme_scores")
    return pages.get_template("report.html.j2").render(
        corpus=store.read(_SPAN)[0],
        model=version,
        quality=quality(store, codebook, version),
        numbers=list(numbers.items()),
        themes=codebook.themes,
        sections=_sections(store, codebook),
        skipped=store.read(_SKIPPED),
        passages=passages,
        tagged=numbers["afsnit med tema"],
        made=datetime.now(UTC),
        klumme=__version__,
    )


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the page: the same themes, broken down one way, as charts, as a map of each theme, or as a table."""

    id: str
    title: str
    note: str
    figures: list[Figure]
    charts: list[str] = field(default_factory=list)
    maps: dict[str, str] = field(default_factory=dict)
    table: list[dict[str, Any]] = field(default_factory=list)


def _sections(store: Store, codebook: Codebook) -> list[Section]:
    years, parties, places = (figures(store, codebook, by) for by in ("aar", "parti", "kommune"))
    return [
        Section(
            "aar",
            "Temaer over tid",
            "Andelen af årets afsnit, som modellen giver temaet. Klik på et punkt for at se afsnittene bag.",
            years,
            charts=_charts(over_time, [figure for figure in years if figure.group != UNDATED], codebook),
        ),
        Section(
            "parti",
            "Temaer efter parti",
            "Søjlen er andelen af partiets afsnit; tallet for enden er antallet af afsnit.",
            parties,
            charts=_charts(by_group, parties, codebook),
        ),
        Section(
            "kommune",
            "Temaer efter kommune",
            "Andele af få afsnit svinger meget: se på antallet, før du sammenligner.",
            places,
            maps={theme.da: draw_map(_rows(places, {theme.da: ""}), theme.da) for theme in codebook.themes},
            table=_table(places),
        ),
    ]


def _charts(draw: Callable[..., str], found: list[Figure], codebook: Codebook) -> list[str]:
    """Draw the core themes first, then the others, each theme in a colour of its own."""
    coloured = list(zip(codebook.themes, cycle(COLOURS), strict=False))
    groups = ({theme.da: colour for theme, colour in coloured if theme.core is core} for core in (True, False))
    return [draw(_rows(found, themes), themes) for themes in groups if themes]


def _rows(found: list[Figure], themes: Mapping[str, str]) -> list[dict[str, Any]]:
    return [figure.row for figure in found if figure.theme.da in themes]


def _table(found: list[Figure]) -> list[dict[str, Any]]:
    """Lay the figures out as one row for each group, with a shade from 0 to 9 for each share."""
    top = max((figure.share for figure in found), default=0) or 1
    rows: dict[str, dict[str, Any]] = {}
    for figure in found:
        row = rows.setdefault(figure.group, {"group": figure.group, "passages": figure.passages, "cells": []})
        row["cells"].append({"figure": figure, "step": round(9 * figure.share / top)})
    return list(rows.values())


def _with_labels(row: dict[str, Any], labels: dict[str, str]) -> dict[str, Any]:
    return row | {"themes": [{"label": labels.get(t["theme"], t["theme"]), "p": t["p"]} for t in row["themes"]]}


def number(value: int | None) -> str:
    """Write a whole number as Danes do: 12.345."""
    return f"{value or 0:,}".replace(",", ".")


def percent(share: float) -> str:
    """Write a share from 0 to 1 as a percentage: 12 %."""
    return f"{100 * share:.0f}\u202f%"


def date(moment: datetime | None) -> str:
    """Write a day as Danes do: 4.3.2021, and nothing for none."""
    return f"{moment.day}.{moment.month}.{moment.year}" if moment else "uden dato"
