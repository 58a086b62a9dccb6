"""Mærk: one passage at a time, a key for each theme, and every answer on disk before the next is shown."""

import secrets
from collections import Counter
from dataclasses import asdict
from typing import Any

from klumme.errors import LabelError
from klumme.themes.agreement import agreement
from klumme.themes.keeping import articles_of
from klumme.themes.labelling import THEME_KEYS, Card
from klumme.themes.labels import ADJUDICATED, Themes
from klumme.web import danish
from klumme.web.queues import JUDGE, KINDS, Wanted
from klumme.web.room import Asked, Data, Room

_KINDS = dict(zip(KINDS, ("blandet", "det usikre", "det forskellige", "tilfældigt"), strict=True))


def page(room: Room, asked: Asked) -> Data:
    """Show the next passage for a coder, or the one that is named; without a coder, ask who codes."""
    wanted = wanted_of(asked)
    tab = asked.get("fane") or secrets.token_hex(6)
    frame: Data = {
        "coder": wanted.coder,
        "kind": wanted.kind,
        "theme": wanted.theme,
        "tab": tab,
        "passage": asked.get("afsnit", ""),
        "kinds": _KINDS | {JUDGE: "afgør uenighed og tvivl"},
        "themes": [{"id": theme.id, "label": theme.da} for theme in room.codebook.themes],
        "progress": _progress(room),
        "card": None,
        "notes": [],
        "last": "",
        "empty": {},
        "agreement": room.recall("agreement", lambda: _agreement(room)) if asked.get("enighed") else None,
    }
    if not wanted.coder or asked.get("enighed"):
        return frame
    try:
        card = open_card(room, wanted, tab, asked.get("afsnit", ""))
    except LabelError as error:
        return frame | {"empty": danish.explain(error), "last": room.queues.last(wanted)}
    return frame | {"card": card, "notes": [danish.sentence(note) for note in room.queues.notes(wanted)]}


def wanted_of(asked: Asked) -> Wanted:
    """Read who codes what."""
    return Wanted(asked.get("koder", "").strip()[:60], asked.get("koe") or "blandet", asked.get("tema", ""))


def open_card(room: Room, wanted: Wanted, tab: str, passage: str = "") -> Data | None:
    """Return a passage with the themes to answer for, and what this coder said of it before."""
    card = room.queues.card(wanted, passage) if passage else room.queues.next(wanted, tab)
    if card is None:
        return None
    before = {**card.said, **(_before(room, wanted, passage) if passage else {})}
    return _shown(room, card, before) | {"said": [{"coder": one.coder, "themes": one.themes} for one in card.heard]}


def _before(room: Room, wanted: Wanted, passage: str) -> Themes:
    """Return what this person last said of a passage, as a coder or in settling it; empty for nothing."""
    mine = [x for x in room.said if (x.coder, x.passage_id) == (wanted.coder, passage)]
    return next((x.themes for x in mine if (x.origin == ADJUDICATED) == (wanted.kind == JUDGE)), {})


def _shown(room: Room, card: Card, before: Themes) -> Data:
    codebook = room.codebook
    entries = [codebook.theme(theme) for theme in card.themes]
    return {
        "passage": card.passage.id,
        "text": card.passage.text,
        "municipality": card.passage.municipality,
        "published": card.passage.published,
        "why": danish.word(card.note),
        "again": any(theme in before for theme in card.themes),
        "themes": [
            {
                "id": theme.id,
                "label": theme.da,
                "key": THEME_KEYS[n : n + 1],
                "question": danish.word(card.questions.get(theme.id, "")),
                "answer": before.get(theme.id, False),
                "definition": theme.definition_da,
                "counts": theme.counts,
                "counts_not": theme.counts_not,
                "example": theme.example_da,
                "example_not": theme.example_not_da,
            }
            for n, theme in enumerate(entries)
        ],
    }


def _progress(room: Room) -> list[Data]:
    """Count the passages that each coder has coded."""
    counts = Counter(label.coder for label in room.said if label.coder)
    return [{"coder": coder, "passages": count} for coder, count in counts.most_common()]


def _agreement(room: Room) -> list[dict[str, Any]]:
    """Return how far the coders agree, by theme; empty where no passage was coded twice."""
    try:
        found = agreement(room.said, room.codebook.ids, articles_of(room.workspace))
    except LabelError:
        return []
    names = room.labels | {"all, pooled": "Alle temaer under ét"}
    return [asdict(one) | {"label": names[one.theme]} for one in found]
