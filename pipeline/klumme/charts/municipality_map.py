"""A tile map of the 98 municipalities as SVG: equal squares, for councils are counted here, not acres.

Each tile has its name and its share in writing, so that nothing is told by colour alone, and links to the passages
behind it. The page gives the colours: a tile has one of the classes `v0` to `v9`, one without passages `tom`, one with
fewer than FEW passages `faa`.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib.resources import files
from itertools import pairwise
from typing import Any

# Below this many passages a share says little: one more or less moves it by five points and over.
FEW = 20
SIZE, GAP = 60, 4
# The shares at which a shade may end, and the shades; none is so strong that ink on it is hard to read.
_STEPS = (0.01, 0.02, 0.05, 0.1, 0.2)
_SHADES = (1, 3, 5, 7, 9)


@dataclass(frozen=True, slots=True)
class Tile:
    """The place of one municipality, counted from the top left, and the name that fits into it."""

    name: str
    label: str
    column: int
    row: int


@cache
def tiles() -> tuple[Tile, ...]:
    """Return all tiles, row by row."""
    table = tomllib.loads((files(__package__) / "municipalities.toml").read_text(encoding="utf-8"))
    return tuple(
        Tile(name, table["short"].get(name, name), column, row)
        for row, line in enumerate(table["grid"].strip().splitlines())
        for column, name in enumerate(line.split())
        if name != "."
    )


def draw_map(rows: Sequence[Mapping[str, Any]], heading: str) -> str:
    """Draw the shares of one theme as one <svg> element.

    A row is {"group", "share", "tagged", "passages", "href"}, its group the name of a municipality; a share of None is
    one that cannot be told, and `tagged` is None where it is not the share of what is tagged. Groups that are no
    municipality are left out.
    """
    found = {row["group"]: row for row in rows}
    step = _step(max((row["share"] or 0 for row in rows), default=0))
    drawn = "".join(_tile(tile, found.get(tile.name), step) for tile in tiles())
    width, height = (SIZE * (1 + max(place)) for place in zip(*((t.column, t.row) for t in tiles()), strict=True))
    head = f'<svg class="danmark" role="group" aria-label="{escape(heading)}" viewBox="0 0 {width} {height}"'
    return f'{head} xmlns="http://www.w3.org/2000/svg">{_legend(step, heading)}{drawn}</svg>'


def _step(top: float) -> float:
    """Return how wide a shade is, so that the shades reach the largest share."""
    return next((step for step in _STEPS if step * len(_SHADES) >= top), _STEPS[-1])


def shade(share: float | None, step: float) -> int:
    """Return the shade of a share, 0 for none at all."""
    return _SHADES[min(int(share / step + 1e-9), len(_SHADES) - 1)] if share else 0


def _tile(tile: Tile, row: Mapping[str, Any] | None, step: float) -> str:
    if row is None:
        return _square(tile, "tom", "", f"{tile.name}: ingen afsnit")
    kind = f"v{shade(row['share'], step)}" + (" faa" if row["passages"] < FEW else "")
    value = "?" if row["share"] is None else f"{100 * row['share']:.0f}\u202f%"
    tagged = "" if row["tagged"] is None else f", {row['tagged']}"
    said = f"{tile.name}: {value}{tagged} af {row['passages']} afsnit"
    return f'<a href="{escape(row["href"])}">{_square(tile, kind, value, said)}</a>'


def _square(tile: Tile, kind: str, value: str, said: str) -> str:
    x, y, side = tile.column * SIZE, tile.row * SIZE, SIZE - GAP
    texts = [(tile.label, "felt-navn", y + (25 if value else 33)), (value, "felt-tal", y + 43)]
    written = "".join(
        f'<text class="{what}" x="{x + side // 2}" y="{at}">{escape(text)}</text>' for text, what, at in texts if text
    )
    square = f'<rect x="{x}" y="{y}" width="{side}" height="{side}" rx="5"/>'
    return f'<g class="{kind}"><title>{escape(said)}</title>{square}{written}</g>'


def _legend(step: float, heading: str) -> str:
    """Return the shades with the shares that they stand for, in the empty corner over Sjælland."""
    ends = [step * n for n in range(len(_SHADES) + 1)]
    rows = [("v0", "0\u202f%")]
    rows += [
        (f"v{s}", f"{100 * a:.0f}–{100 * b:.0f}\u202f%") for s, (a, b) in zip(_SHADES, pairwise(ends), strict=True)
    ]
    rows += [("v0 faa", f"under {FEW} afsnit: svinger meget"), ("tom", "ingen afsnit i korpusset")]
    drawn = "".join(_swatch(n, kind, text) for n, (kind, text) in enumerate(rows))
    return f'<g class="noegle"><text class="overskrift" x="{9 * SIZE}" y="22">{escape(heading)}</text>{drawn}</g>'


def _swatch(n: int, kind: str, text: str) -> str:
    """Return one entry of the legend, six to a column."""
    x, y = 9 * SIZE + 190 * (n // 6), 38 + 32 * (n % 6)
    square = f'<g class="{kind}"><rect x="{x}" y="{y}" width="24" height="24" rx="4"/></g>'
    return f'{square}<text x="{x + 34}" y="{y + 17}">{text}</text>'
