"""The charts of the report, drawn for these pages: each mark leads to the search behind it."""

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from html import escape
from itertools import cycle

from klumme.charts.drawing import COLOURS, by_group, over_time
from klumme.charts.figures import UNDATED, Figure
from klumme.themes.codebook import Codebook
from klumme.web.addresses import address

_DRAW = {"time": over_time, "group": by_group}
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
    # Vega makes whole addresses of ours but leaves a fragment alone; here it becomes an address again.
    svg = _drawn(kind, json.dumps(shown), json.dumps(dict(themes))).replace('href="#/soeg', 'href="/soeg')
    # An image has no links inside for those who hear the page; a group has.
    return svg.replace('role="img"', f'role="group" aria-label="{_spoken(kind, themes)}"', 1)


def _spoken(kind: str, themes: Mapping[str, str]) -> str:
    return escape(f"{'Andele over tid' if kind == 'time' else 'Andele efter parti'}: {', '.join(themes)}", quote=True)


def _query(figure: Figure) -> str:
    return address("/soeg", q=figure.query)


@lru_cache(maxsize=64)
def _drawn(kind: str, rows: str, themes: str) -> str:
    """Draw, once for the same rows: the first chart of a process takes a second."""
    found = json.loads(rows)
    return _DRAW[kind](found, json.loads(themes)) if found else ""
