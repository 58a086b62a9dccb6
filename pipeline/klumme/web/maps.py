"""The map of one theme by municipality, by each kind of share, each tile with the address of the passages behind it."""

from collections.abc import Sequence

from klumme.charts.figures import Figure
from klumme.charts.municipality_map import draw_map, tiles
from klumme.errors import UsageError
from klumme.themes.codebook import Theme
from klumme.themes.share import Share
from klumme.web import danish
from klumme.web.addresses import address
from klumme.web.room import Data

RAW, BY_LABELS, CORRECTED = "raa", "maerker", "rettet"
KINDS = {RAW: "rå andel", BY_LABELS: "andel efter mærker", CORRECTED: "rettet andel"}


def place_map(theme: Theme, found: Sequence[Figure], kind: str, shares: Sequence[Share] = ()) -> Data:
    """Return the map as SVG with what it leaves out; of `shares` come all but raw ones."""
    names = {tile.name for tile in tiles()}
    rows = [_row(figure) for figure in found if figure.theme.id == theme.id and figure.group in names]
    outside = [figure for figure in found if figure.theme.id == theme.id and figure.group not in names]
    if kind != RAW:
        known = {danish.municipality_name(share.group): _of_kind(share, kind) for share in shares}
        rows = [row | {"share": known.get(row["group"]), "tagged": None} for row in rows]
    return {
        "theme": theme.id,
        "kind": kind,
        "kinds": KINDS,
        "rows": rows,
        "svg": draw_map(rows, f"{theme.da}, {KINDS[kind]}"),
        "unknown": sum(row["share"] is None for row in rows),
        "outside": sum(figure.passages for figure in outside),
    }


def _of_kind(share: Share, kind: str) -> float | None:
    return share.by_labels if kind == BY_LABELS else share.corrected


def wanted_kind(text: str) -> str:
    """Return which share is asked for, the raw one unless another is named; raises UsageError for an unknown one."""
    if text and text not in KINDS:
        raise UsageError(f"Der er ingen andel »{text}«.", f"Vælg en af {', '.join(KINDS)}.")
    return text or RAW


def _row(figure: Figure) -> Data:
    """Return a figure with the search behind it: the passages with the theme, or where there are none, all."""
    terms = figure.query if figure.tagged else figure.query.partition(" ")[2]
    return figure.row | {"href": address("/soeg", q=terms)}
