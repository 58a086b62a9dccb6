"""Model: what the model in use is made from, how well it does, which labels look wrong, and how to get a better one."""

from dataclasses import asdict
from typing import Any

from klumme.errors import KlummeError, MissingModelError
from klumme.themes import registry
from klumme.themes.labels import ADJUDICATED
from klumme.themes.suspicious import suspicious
from klumme.web import danish
from klumme.web.queues import JUDGE
from klumme.web.room import Asked, Data, Room

SHOWN = 15


def page(room: Room, asked: Asked) -> Data:
    """Show a model, the one in use unless another is named, among all that are here."""
    used, folder = in_use(room), room.workspace.themes
    version = asked.get("version") or used
    known = registry.metrics(registry.find(room.workspace, version)) if version else {}
    return {
        "version": version,
        "used": used,
        "tagged_with": room.store.tables.version("theme_scores"),
        "facts": known.get("facts", {}),
        "sets": _sets(room, known),
        "reasons": known.get("reasons"),
        "in_sample": known.get("in_sample", {}).get("micro", {}).get("f1"),
        "comparison": _comparison(room, known.get("comparison")),
        "choice": _choice(known.get("choice")),
        "curve": known.get("learning_curve", []),
        "models": [_row(room, name, used) for name in reversed(registry.versions(folder))],
        "log": list(reversed(registry.promotions(folder))),
        "suspicious": room.recall("suspicious", lambda: _suspicious(room)),
        "job": room.jobs.now,
    }


def in_use(room: Room) -> str:
    """Return the version in use, empty when there is none."""
    try:
        return registry.current(room.workspace.themes)
    except MissingModelError:
        return ""


def _row(room: Room, version: str, used: str) -> Data:
    known = registry.metrics(room.workspace.themes / version)
    facts = known.get("facts", {})
    first: dict[str, Any] = next(iter(known.get("sets", {}).values()), {})
    return {
        "version": version,
        "used": version == used,
        "trained": facts.get("trained"),
        "passages": facts.get("passages", 0),
        "f1": first.get("micro", {}).get("f1"),
    }


def _sets(room: Room, known: dict[str, Any]) -> list[Data]:
    """Lay out the figures of each set: all themes pooled, the means, then each theme."""
    names = {"micro": "Alle temaer under ét", "core": "Kernetemaer, middel", "macro": "Alle temaer, middel"}
    return [
        {
            "name": danish.word(name),
            "passages": found["passages"],
            "articles": found["articles"],
            "rows": [{"label": label, **found[key]} for key, label in names.items() if key in found]
            + [{"label": room.labels.get(theme, theme), **row} for theme, row in found["themes"].items()],
        }
        for name, found in known.get("sets", {}).items()
    ]


def _comparison(room: Room, found: dict[str, Any] | None) -> Data | None:
    """Return what this model does better and worse than the one before it, and which hits change."""
    if not found:
        return None
    rows = [
        {
            "label": room.labels.get(theme, theme),
            "difference": difference,
            "verdict": verdict(difference),
            "gained": found["gained"][theme],
            "lost": found["lost"][theme],
        }
        for theme, difference in found["themes"].items()
    ]
    return {"micro": found["micro"], "verdict": verdict(found["micro"]), "passages": found["passages"], "rows": rows}


def _choice(found: Any) -> Data | None:
    """Say which strengths were chosen among how many recipes, and what that was worth on other authors."""
    if not found:
        return None
    gain = found["nested"]["difference"]["ap"]
    return {"recipe": found["recipe"], "among": len(found["grid"]), "gain": gain, "verdict": verdict(gain)}


def verdict(difference: list[float]) -> str:
    """Say whether a difference is better, worse, or may be chance."""
    _, low, high = difference
    return "bedre" if low > 0 else "dårligere" if high < 0 else "ingen sikker forskel"


def _suspicious(room: Room) -> list[Data]:
    try:
        found = suspicious(room.workspace)[:SHOWN]
    except KlummeError:
        return []
    settled = {(x.passage_id, theme) for x in room.said if x.origin == ADJUDICATED for theme in x.themes}
    return [
        {
            **{key: value for key, value in asdict(one).items() if key != "passage"},
            "passage": one.passage.id,
            "queue": JUDGE if (one.passage.id, one.theme) in settled else "",
            "text": one.passage.text,
            "label": room.labels.get(one.theme, one.theme),
        }
        for one in found
    ]
