"""The charts of the report, drawn for these pages: each mark leads to the search behind it."""

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from html import escape
from itertools import cycle
from typing import Any

from klumme.charts.drawing import COLOURS, by_group, over_time, rates_over_time
from klumme.charts.figures import UNDATED, Figure
from klumme.themes.codebook import Codebook
from klumme.web.addresses import address

_DRAW = {"time": over_time, "group": by_group, "rates": rates_over_time}
_SPOKEN = {"time": "Andele over tid", "group": "Andele efter parti", "rates": "Ord over tid"}
# Groups beyond these are read from the table.
BARS = 14


def colours(codebook: Codebook) -> dict[str, str]:
    """Return the colour of each theme by its label."""
    return {theme.da: colour for theme, colour in zip(codebook.themes, cycle(COLOURS), strict=False)}


def draw(kind: str, figures: Sequence[Figure], themes: Mapping[str, str]) -> str:
    """Draw the figures of some themes as one SVG, lines over "time" or bars by "group"."""
    rows = [
        {**figure.row, "href": f"#{_query(figure)}"}
        for figure in figures
        if figure.theme.da in themes and not (kind == "time" and figure.group == UNDATED)
    ]
    groups = list(dict.fromkeys(row["group"] for row in rows))[:BARS] if kind == "group" else None
    shown = [row for row in rows if groups is None or row["group"] in groups]
    return _linked(kind, shown, themes)


def draw_rates(rows: Sequence[Mapping[str, Any]], words: Sequence[str]) -> str:
    """Draw how often words are used over the years as one SVG; takes `rates_over_time`'s rows with an `address`."""
    kept = ("group", "word", "per_million", "matches", "tokens")
    shown = [
        {**{key: row[key] for key in kept}, "href": f"#{row['address']}"}
        for row in rows
        if row["group"].isdecimal() and row["per_million"] is not None
    ]
    return _linked("rates", shown, dict(zip(words, COLOURS, strict=False)))


def _linked(kind: str, rows: Sequence[Mapping[str, Any]], colours: Mapping[str, str]) -> str:
    """Draw, each mark with its address, for those who hear the page too."""
    # Vega makes whole addresses of ours but leaves a fragment alone; here it becomes an address again.
    svg = _drawn(kind, json.dumps(rows), json.dumps(dict(colours))).replace('href="#/soeg', 'href="/soeg')
    # An image has no links inside for those who hear the page; a group has.
    spoken = escape(f"{_SPOKEN[kind]}: {', '.join(colours)}", quote=True)
    return svg.replace('role="img"', f'role="group" aria-label="{spoken}"', 1)


def _query(figure: Figure) -> str:
    return address("/soeg", q=figure.query)


@lru_cache(maxsize=64)
def _drawn(kind: str, rows: str, themes: str) -> str:
    """Draw, once for the same rows: the first chart of a process takes a second."""
    found = json.loads(rows)
    return _DRAW[kind](found, json.loads(themes)) if found else ""
