"""Temaer: the codebook beside its figures, and beside them how far the model can be trusted."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from klumme.charts.figures import Figure, figures
from klumme.errors import KlummeError
from klumme.query.counts import co_occurrence, count_themes
from klumme.themes import registry
from klumme.themes.codebook import Theme
from klumme.themes.evaluate import AUTHORS, OUTSIDE
from klumme.themes.share import Share, shares
from klumme.web import danish
from klumme.web.addresses import address
from klumme.web.drawings import colours, draw
from klumme.web.maps import RAW, place_map, wanted_kind
from klumme.web.room import Asked, Data, Room

_WITHOUT = "(uden)"
_GROUPS = {"år": "År", "parti": "Parti", "kommune": "Kommune"}


def page(room: Room, asked: Asked) -> Data:
    """Show all themes: their shares and figures, their course over time, parties, municipalities, pairs."""
    codebook, scores = room.codebook, _side_by_side(unseen(room))
    years, parties, places = (_figures(room, by) for by in ("aar", "parti", "kommune"))
    counted = {row["theme"]: row for row in count_themes(room.store)}
    painted = colours(codebook)
    core = {theme.da: painted[theme.da] for theme in codebook.themes if theme.core}
    rest = {label: colour for label, colour in painted.items() if label not in core}
    return {
        "rules": codebook.rules.get("da", ()),
        "codebook": codebook.version,
        "model": room.store.tables.version("theme_scores"),
        "themes": [_row(room, theme, counted.get(theme.id, {}), scores) for theme in codebook.themes],
        "sets": [{"name": danish.word(name), "passages": found["passages"]} for name, found in scores.items()],
        "years": [chart for chart in (draw("time", years, some) for some in (core, rest) if some) if chart],
        "parties": [chart for chart in (draw("group", parties, some) for some in (core, rest) if some) if chart],
        "map": _map(room, codebook.theme(asked.get("kort") or codebook.themes[0].id), asked, places),
        "places": _table(places),
        "pairs": [_pair(row, room.labels) for row in room.recall("pairs", lambda: _pairs(room))],
    }


def theme_page(room: Room, asked: Asked) -> Data:
    """Show one theme: its entry in the codebook beside its charts, shares and the model's figures on it."""
    theme, scores = room.codebook.theme(asked["theme"]), unseen(room)
    painted = {theme.da: colours(room.codebook)[theme.da]}
    years, parties, places = (_figures(room, by) for by in ("aar", "parti", "kommune"))
    found = room.corpus.search(f"tema:{theme.id}", 6)
    return {
        "theme": asdict(theme),
        "themes": [{"id": one.id, "label": one.da} for one in room.codebook.themes],
        "total": found.total,
        "scores": _scores(theme, scores),
        "years": draw("time", years, painted),
        "parties": draw("group", parties, painted),
        "map": _map(room, theme, asked, places),
        "shares": [{"title": title, "rows": _shares(room, theme, by)} for by, title in _GROUPS.items()],
        "overall": _shares(room, theme, "alt"),
        "examples": [
            {"text": hit.text, "title": hit.title, "author": hit.author, "p": hit.themes[theme.id]}
            | {"address": f"/laes/{hit.article_id}#{hit.passage_id}", "published": hit.published}
            for hit in found.hits
        ],
    }


def _figures(room: Room, by: str) -> list[Figure]:
    return room.recall(f"figures {by}", lambda: figures(room.store, room.codebook, by))


def _map(room: Room, theme: Theme, asked: Asked, places: Sequence[Figure]) -> Data:
    kind = wanted_kind(asked.get("andel", ""))
    return place_map(theme, places, kind, [] if kind == RAW else _counted_shares(room, theme, "kommune"))


def unseen(room: Room) -> dict[str, Any]:
    """Return the figures of the model that tagged the corpus, by set of passages it had not seen."""
    try:
        version = room.store.tables.version("theme_scores").removesuffix("-words")
        return dict(registry.metrics(registry.find(room.workspace, version or "current")).get("sets", {}))
    except KlummeError:
        return {}


def _row(room: Room, theme: Theme, counted: Mapping[str, Any], scores: Mapping[str, Any]) -> Data:
    overall = _counted_shares(room, theme, "alt")
    return {
        "id": theme.id,
        "label": theme.da,
        "core": theme.core,
        "definition": theme.definition_da,
        "passages": counted.get("passages", 0),
        "articles": counted.get("articles", 0),
        "share": asdict(overall[0]) if overall else None,
        "f1": [_f1(found["themes"].get(theme.id, {})) for found in scores.values()],
        "positives": [found["themes"].get(theme.id, {}).get("positives") for found in scores.values()],
        "address": address("/soeg", q=f"tema:{theme.id}"),
    }


def _side_by_side(scores: Mapping[str, Any]) -> dict[str, Any]:
    """Choose what has room beside the shares: one set of the sample's, other authors where measured, and all others.

    The page of a theme and the page Model have every set.
    """
    first = next((name for name in (AUTHORS, *scores) if name in scores), "")
    return {name: found for name, found in scores.items() if name == first or name in OUTSIDE.values()}


def _f1(found: Data) -> list[float] | None:
    """Return F1 with its interval, None where no passage has the theme: there is nothing to be found there."""
    return found.get("f1") if found.get("positives") != 0 else None


def _scores(theme: Theme, scores: Mapping[str, Any]) -> list[Data]:
    return [
        {"set": danish.word(name), "passages": found["passages"], **row, "f1": _f1(row)}
        for name, found in scores.items()
        if (row := found["themes"].get(theme.id))
    ]


def _shares(room: Room, theme: Theme, by: str) -> list[Data]:
    """Return shares raw, by labels and corrected, years in their order, all else the largest group first."""
    found = _counted_shares(room, theme, by)
    ordered = sorted(found, key=lambda one: (one.group == _WITHOUT, one.group)) if by == "år" else found
    return [asdict(one) | {"label": _group(by, one), "address": _address(theme, by, one)} for one in ordered]


def _counted_shares(room: Room, theme: Theme, by: str) -> list[Share]:
    return room.recall(f"shares {theme.id} {by}", lambda: shares(room.workspace, theme.id, by, room.census))


def _group(by: str, one: Share) -> str:
    naming = {"parti": danish.party_name, "kommune": danish.municipality_name}
    return f"uden {by}" if one.group == _WITHOUT else naming.get(by, str)(one.group)


def _address(theme: Theme, by: str, one: Share) -> str:
    terms = {
        "år": f"fra:{one.group} til:{one.group}",
        "parti": f'parti:"{one.group}"',
        "kommune": f'kommune:"{one.group}"',
    }
    return "" if one.group == _WITHOUT else address("/soeg", q=f"tema:{theme.id} {terms.get(by, '')}".strip())


def _table(found: Sequence[Figure]) -> list[Data]:
    """Lay figures out as one row for each group, with a shade from 0 to 9 for each share."""
    top = max((figure.share for figure in found), default=0) or 1
    rows: dict[str, Data] = {}
    for figure in found:
        row = rows.setdefault(figure.group, {"group": figure.group, "passages": figure.passages, "cells": []})
        row["cells"].append(
            {
                "theme": figure.theme.da,
                "share": figure.share,
                "tagged": figure.tagged,
                "step": round(9 * figure.share / top),
                "address": address("/soeg", q=figure.query) if figure.tagged else "",
            }
        )
    return list(rows.values())


def _pairs(room: Room) -> list[Mapping[str, Any]]:
    return [row for row in co_occurrence(room.store) if row["together"]][:12]


def _pair(row: Mapping[str, Any], labels: Mapping[str, str]) -> Data:
    terms = f"tema:{row['theme']} tema:{row['other']}"
    return {
        **row,
        "labels": [labels.get(row[side], row[side]) for side in ("theme", "other")],
        "address": address("/soeg", q=terms),
    }
