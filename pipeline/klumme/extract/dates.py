"""Read the times that pages state, and give them as Copenhagen time without an offset, as the tables hold them."""

import re
from datetime import datetime
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
MONTHS = {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "maj": 5, "jun": 6,
    "jul": 7, "aug": 8, "sep": 9, "okt": 10, "nov": 11, "dec": 12,
}  # fmt: skip
_CLOCK = r"(?:\D{0,9}?\b(?P<hour>[01]?\d|2[0-3])[.:](?P<minute>[0-5]\d)\b)?"
_NAMED = re.compile(
    rf"\b(?P<day>\d{{1,2}})\.?\s+(?P<month>{'|'.join(MONTHS)})[a-zæøå]*\.?,?\s+(?P<year>\d{{4}})" + _CLOCK,
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"\b(?P<day>\d{1,2})[./-](?P<month>\d{1,2})[./ -]\s?(?P<year>\d{4})" + _CLOCK)
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s?(?:Z|[+-]\d{2}:?\d{2})?)?")


def parse_time(text: str) -> datetime | None:
    """Read a time in ISO 8601, as an e-mail writes it, or as Danes write it; None where there is none."""
    for read in (_iso, _danish, _mail):
        try:
            if moment := read(text):
                return _local(moment)
        except (ValueError, OverflowError, TypeError, IndexError):
            continue
    return None


def _iso(text: str) -> datetime | None:
    match = _ISO.search(text)
    return datetime.fromisoformat(match[0].replace(" +", "+")) if match else None


def _danish(text: str) -> datetime | None:
    match = _NAMED.search(text) or _NUMBERED.search(text)
    if not match:
        return None
    month = MONTHS.get(match["month"][:3].lower()) or int(match["month"])
    return datetime(int(match["year"]), month, int(match["day"]), int(match["hour"] or 0), int(match["minute"] or 0))


def _mail(text: str) -> datetime | None:
    return parsedate_to_datetime(text)


def _local(moment: datetime) -> datetime:
    return moment.astimezone(COPENHAGEN).replace(tzinfo=None) if moment.tzinfo else moment
