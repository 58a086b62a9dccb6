"""Charts of theme shares as SVG, drawn by Vega-Lite without a browser; each mark links to the passages behind it.

The functions for themes take rows of one shape, {"group", "theme", "share", "tagged", "passages", "href"}: `share` is
the tagged part of the `passages` of that group, from 0 to 1. `themes` gives the label of each theme its colour, in the
order of drawing. The result is one <svg> element as text.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import vl_convert

Row = dict[str, Any]
Spec = dict[str, Any]

# Okabe and Ito's colours, told apart by colour-blind readers; shape and dash carry the difference a second time.
COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#8a6d00", "#6a51a3", "#5b5b5b"]
# Arial's widths are those that Vega measures with, so labels keep their places in every browser.
FONT = "Arial, 'Liberation Sans', Helvetica, sans-serif"
_CONFIG: Spec = {
    "background": None,
    "font": FONT,
    "view": {"stroke": None},
    "axis": {"labelFontSize": 13, "labelColor": "#444", "domain": False, "labelLimit": 240, "labelPadding": 6}
    | {"titleFontSize": 12, "titleFontWeight": "normal", "titleColor": "#444"},
    "axisX": {"grid": False, "tickColor": "#bbb"},
    "axisY": {"gridColor": "#e4e2dd", "ticks": False},
    "header": {"labelFontSize": 14, "labelFontWeight": "bold", "titleFontSize": 0, "labelColor": "#222"},
    "legend": {
        "labelFontSize": 13,
        "symbolSize": 90,
        "title": None,
        "orient": "top",
        "columnPadding": 36,
        "labelLimit": 300,
    },
}
_LOCALE = {
    "decimal": ",",
    "thousands": ".",
    "grouping": [3],
    "currency": ["", " kr."],
    "percent": "\u202f%",
}
_TOOLTIP = [
    {"field": "theme", "title": "Tema"},
    {"field": "group", "title": "Gruppe"},
    {"field": "share", "title": "Andel", "format": ".1%"},
    {"field": "tagged", "title": "Afsnit med temaet"},
    {"field": "passages", "title": "Afsnit i alt"},
]
_RATE_TOOLTIP = [
    {"field": "word", "title": "Ord"},
    {"field": "group", "title": "År"},
    {"field": "per_million", "title": "Pr. million", "format": ",.1f"},
    {"field": "matches", "title": "Forekomster"},
    {"field": "tokens", "title": "Ord og tegn i alt", "format": ","},
]
_HREF: Spec = {"href": {"field": "href", "type": "nominal"}}
_LINKED: Spec = {**_HREF, "tooltip": _TOOLTIP}


def over_time(rows: Sequence[Row], themes: Mapping[str, str]) -> str:
    """Draw one line for each theme over the years."""
    return _lines(rows, themes, "theme", {"y": _share(), **_LINKED})


def rates_over_time(rows: Sequence[Row], words: Mapping[str, str]) -> str:
    """Draw one line for each word over the years, in matches for a million tokens.

    Takes rows {"group", "word", "per_million", "matches", "tokens", "href"}, and the colour of each word.
    """
    y = {"field": "per_million", "type": "quantitative", "title": "pr. million ord og tegn", "axis": {"tickCount": 5}}
    return _lines(rows, words, "word", {"y": {**y, "scale": {"zero": True}}, **_HREF, "tooltip": _RATE_TOOLTIP})


def _lines(rows: Sequence[Row], colours: Mapping[str, str], line: str, measured: Spec) -> str:
    """Draw a line over the years for each value of the field `line`, with what is `measured` upwards."""
    encoding = {
        "x": {"field": "group", "type": "ordinal", "title": None, "axis": {"labelAngle": 0}},
        "color": _coloured(colours, line),
        "shape": {"field": line, "type": "nominal", "sort": list(colours), "scale": {"domain": list(colours)}},
        "strokeDash": {"field": line, "type": "nominal", "sort": list(colours), "legend": None},
        **measured,
    }
    strokes = {"mark": {"type": "line", "strokeWidth": 2.5}, "encoding": {**encoding, "shape": {"value": "circle"}}}
    points = {"mark": {"type": "point", "filled": True, "size": 90, "opacity": 1}, "encoding": encoding}
    return _svg({"data": {"values": list(rows)}, "layer": [strokes, points], "width": 700, "height": 260})


def by_group(rows: Sequence[Row], themes: Mapping[str, str]) -> str:
    """Draw one panel of bars for each theme, the groups in the order in which they come."""
    place: Spec = {
        "y": {"field": "group", "type": "nominal", "sort": _groups(rows), "title": None, "axis": {"grid": False}},
        "x": {**_share(), "axis": {"format": ".0%", "grid": True, "gridColor": "#e4e2dd", "tickCount": 4}},
    }
    bar = {**_LINKED, **place, "color": {**_coloured(themes), "legend": None}}
    label = {**place, "text": {"field": "tagged", "type": "quantitative"}}
    panel = [
        {"mark": {"type": "bar", "height": {"band": 0.72}, "cornerRadiusEnd": 2}, "encoding": bar},
        {"mark": {"type": "text", "align": "left", "dx": 4, "fontSize": 12, "color": "#333"}, "encoding": label},
    ]
    facet = {"field": "theme", "type": "nominal", "sort": list(themes), "header": {"orient": "top"}}
    spec = {"layer": panel, "width": 178, "height": {"step": 22}}
    return _svg({"data": {"values": list(rows)}, "facet": facet, "columns": 3, "spacing": 26, "spec": spec})


def _groups(rows: Sequence[Row]) -> list[str]:
    return list(dict.fromkeys(row["group"] for row in rows))


def _share() -> Spec:
    """Shares are drawn from zero, or a small change looks like a large one."""
    axis = {"format": ".0%", "tickCount": 5}
    return {"field": "share", "type": "quantitative", "title": None, "axis": axis, "scale": {"zero": True}}


def _coloured(colours: Mapping[str, str], line: str = "theme") -> Spec:
    scale = {"domain": list(colours), "range": list(colours.values())}
    return {"field": line, "type": "nominal", "scale": scale, "sort": list(colours)}


def _svg(spec: Spec) -> str:
    spec = {"$schema": "https://vega.github.io/schema/vega-lite/v5.json", "config": _CONFIG, **spec}
    svg: str = vl_convert.vegalite_to_svg(spec, format_locale=_LOCALE)
    # vl-convert resolves a bare fragment against Vega's own address; on the page it must stay a fragment.
    return re.sub(r'(href=")https://[^"#]*#', r"\1#", svg).replace("<svg ", '<svg role="img" ', 1)
