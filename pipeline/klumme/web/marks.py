"""Cut a text at the places that are marked in it, so that a template can show each piece as text."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

Piece = dict[str, Any]


def cut(text: str, spans: Iterable[tuple[int, int]]) -> list[Piece]:
    """Return the pieces of a text in order, each {"text", "marked"}; `spans` are sorted and do not overlap."""
    pieces, at = [], 0
    for start, stop in spans:
        pieces += [{"text": text[at:start], "marked": False}, {"text": text[start:stop], "marked": True}]
        at = stop
    return [piece for piece in [*pieces, {"text": text[at:], "marked": False}] if piece["text"]]


def cut_at_words(text: str, notes: Mapping[str, str]) -> list[Piece]:
    """Return the pieces of a text; a whole word that has a note carries it: {"text", "note"}."""
    if not notes:
        return [{"text": text, "note": ""}]
    longest_first = sorted(map(re.escape, notes), key=len, reverse=True)
    parts = re.split(rf"(?<!\w)({'|'.join(longest_first)})(?!\w)", text)
    return [{"text": part, "note": notes.get(part, "") if n % 2 else ""} for n, part in enumerate(parts) if part]
