"""Clean text: one spelling for every character, one space between words, nothing that cannot be seen."""

import re
import unicodedata

# Soft hyphens, zero-width characters, marks of writing direction, control characters other than white space.
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufffc\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")
_SPACES = re.compile(r"\s+")
_WORD = re.compile(r"\w+")
_END = re.compile(r"[.!?…]+[«»\"”’)]*\s+(?=[\"»“‘(]?[A-ZÆØÅÉ0-9])")
_SHORT = (
    "bl.a ca cand cand.jur cand.mag cand.polit cand.scient dr f f.eks fhv fx hhv inkl jf jur kl kr mag mia mio nr p.t "
    "pct ph pol polit scient stud stud.mag tlf"
)
_ABBREVIATIONS = frozenset(_SHORT.split())
# UTF-8 that was read as Windows-1252 and saved again: "Ã¦" for "æ", "â€™" for "’".
_MOJIBAKE = re.compile("[\u00c2-\u00f4](?:[\u0080-\u00bf]|[\u0152-\u2122])+")
# What Danish pages are written in; "»Ø«" would give another alphabet, and stays.
_WESTERN = re.compile("[\u00a0-\u00ff\u2010-\u2026\u20ac]+")


def clean_text(text: str) -> str:
    """Return the text in NFC, without what cannot be seen, with single spaces and none at its ends."""
    return _SPACES.sub(" ", _UNSEEN.sub("", unicodedata.normalize("NFC", text))).strip()


def clean_lines(text: str) -> str:
    """Clean each line of a text by itself, as the items of a list need it."""
    return "\n".join(filter(None, map(clean_text, text.splitlines())))


def words(text: str) -> list[str]:
    """Return the words of a text, case-folded, without punctuation."""
    return _WORD.findall(text.casefold())


def sentences(text: str) -> list[str]:
    """Split a text into sentences, minding the abbreviations of Danish author notes and initials."""
    found, start = [], 0
    for match in _END.finditer(text):
        if not _abbreviated(text[start : match.start() + 1]):
            found.append(text[start : match.end()].strip())
            start = match.end()
    return [*found, text[start:].strip()] if text[start:].strip() else found


def _abbreviated(before: str) -> bool:
    last = before.rpartition(" ")[2].lstrip('(»"“‘')
    return last.endswith(".") and (last[:-1].casefold() in _ABBREVIATIONS or bool(re.fullmatch(r"[A-ZÆØÅ]\.", last)))


def decode(content: bytes, declared: str = "") -> str:
    """Decode a page: byte order mark, else UTF-8 where it is valid, else what is declared, else Windows-1252.

    Danish text in a one-byte encoding is practically never valid UTF-8, so this is surer than a wrong declaration.
    """
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            return content.decode(encoding, errors="replace")
    for encoding in ("utf-8", declared, "cp1252"):
        try:
            return content.decode(encoding)
        except (UnicodeError, LookupError):
            continue
    return content.decode("cp1252", errors="replace")


def mend(text: str) -> str:
    """Undo UTF-8 that was read as Windows-1252 and saved again; other text is returned as it is."""
    return _MOJIBAKE.sub(_mended, text)


def _mended(match: re.Match[str]) -> str:
    try:
        mended = match[0].encode("cp1252").decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return match[0]
    return mended if _WESTERN.fullmatch(mended) else match[0]
