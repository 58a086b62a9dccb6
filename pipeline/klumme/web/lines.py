"""The lines of a concordance that an address asks for: sorted, a sample, and how often they occur in what."""

from dataclasses import asdict
from typing import Any

from klumme.query.concordance import SORTS, Concordance, View
from klumme.web.addresses import address
from klumme.web.asked import kept, query, view, wants_parts, whole
from klumme.web.room import Asked, Data, Room

LINES = 50

_SORTS = dict(
    zip(SORTS, ("venstre", "højre", "træffet", "dato", "kilde", "sandsynlighed", "tilfældighed"), strict=True)
)
_PARTS = 'Et mønster finder dele af sammensatte ord, når det nævner dem: [part="skole"].'


def find_lines(room: Room, asked: Asked, limit: int, offset: int = 0) -> Concordance:
    """Find the lines of a query, none for an empty one; a sample that is asked for is drawn, and then sorted."""
    if not query(asked):
        return Concordance("", 0, ())
    page: dict[str, Any] = {"sort": asked.get("sorter", ""), "limit": limit, "offset": offset}
    drawn = {"sample": whole(asked, "stikproeve"), "seed": _seed(asked)}
    return room.corpus.concordance(query(asked), compounds=wants_parts(asked), **page, **drawn)


def lines_data(room: Room, asked: Asked, number: int) -> Data:
    """Return one page of lines as data."""
    found = find_lines(room, asked, LINES, (number - 1) * LINES)
    here = {"q": query(asked), "vis": "kwic"} | kept(asked) | view(asked)
    return {
        "view": "lines",
        "size": LINES,
        "compounds": wants_parts(asked),
        "notes": [_PARTS] if asked.get("dele") and not wants_parts(asked) else [],
        "total": found.total,
        "drawn": found.drawn,
        "rate": _rate(found),
        "sample": view(asked).get("stikproeve", ""),
        "again": address("/soeg", **here | {"froe": _seed(asked) + 1}),
        "sorts": [
            {"key": key, "label": label, "address": address("/soeg", **here | {"sorter": key})}
            for key, label in _SORTS.items()
        ],
        "lines": [asdict(line) for line in found.lines],
    }


def _seed(asked: Asked) -> int:
    return whole(asked, "froe") or View().seed


def _rate(found: Concordance) -> Data | None:
    """Return how often the matches occur, and in what: the part of the corpus that the fields leave."""
    if found.part is None:
        return None
    size = {"tokens": found.part.tokens, "passages": found.part.passages, "whole": found.part.whole}
    return {"per_million": found.per_million} | size
