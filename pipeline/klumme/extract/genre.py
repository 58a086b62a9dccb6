"""Tell opinion pieces from news: by what the page says of itself, else by who speaks in the text."""

import re
from collections.abc import Sequence
from typing import Literal

from klumme.extract.metadata import Metadata
from klumme.extract.text import words
from klumme.records import Block

Genre = Literal["opinion", "news", ""]

_OPINION = re.compile(
    r"\b(?:debat|opinion|holdning|klumme|kronik|kommentar|leder|læserbrev|synspunkt|debatindlæg|blog|meninger)",
    re.IGNORECASE,
)
_NEWS = re.compile(
    r"\b(?:nyhed|nyheder|indland|udland|politik|samfund|112|krimi|erhverv|lokalt|kommunalt)\b", re.IGNORECASE
)
_AGENCY = re.compile(r"\b(?:ritzau|journalist|redaktionen|reporter)\b|^/ritzau/", re.IGNORECASE)
_I = {"jeg", "mig", "min", "mit", "mine"}
_REPORTS = {"siger", "oplyser", "fortæller", "forklarer", "udtaler", "lyder", "skriver", "tilføjer", "vurderer"}


def tell_genre(meta: Metadata, url: str, blocks: Sequence[Block]) -> Genre:
    """Return the genre of a piece, empty where nothing tells.

    The page's word comes first: its type, its section and address, and a note on the column. Then the text: who writes
    an opinion says "I" outside of quotation marks, and who reports has others speak.
    """
    if meta.kind.startswith("Opinion") or any(block.kind == "column_note" for block in blocks):
        return "opinion"
    said = " ".join((meta.section, *meta.tags, re.sub(r"[/_-]", " ", url)))
    if _OPINION.search(said):
        return "opinion"
    if _AGENCY.search(f"{meta.author} {meta.role}"):
        return "news"
    return _by_voice(" ".join(block.text for block in blocks if block.kind in ("paragraph", "list"))) or (
        "news" if _NEWS.search(said) else ""
    )


def _by_voice(text: str) -> Genre:
    outside = words(re.sub(r"[»\"“].*?[«\"”]|[–-] .*?, siger\b", " siger ", text))
    own = sum(word in _I for word in outside)
    reports = sum(word in _REPORTS for word in outside)
    if own == reports == 0:
        return ""
    return "opinion" if own * 3 > reports * 2 else "news"
