"""Read from a clause when an office was held: years, "since", "for twelve years", "now", "formerly"."""

import re
from dataclasses import dataclass
from datetime import datetime

_YEAR = r"((?:19|20)\d\d)"
_MONTH = r"(?:(?:\d{1,2}\. )?(?:januar|februar|marts|april|maj|juni|juli|august|september|oktober|november|december) )?"
_RANGE = re.compile(rf"\b{_YEAR}\s?(?:-|–|—|til og med|til|og frem til|og indtil)\s?{_MONTH}((?:19|20)?\d\d)\b")
_BETWEEN = re.compile(rf"\bmellem {_MONTH}{_YEAR} og {_MONTH}{_YEAR}")
_SINCE = re.compile(rf"\bsiden [^\d,.;()]{{0,45}}?(?:\d{{1,2}}\. \w+ )?{_YEAR}", re.IGNORECASE)
_FROM = re.compile(rf"\b(?:fra|per|pr\.) (?:og med )?[^\d,.;()]{{0,20}}?(?:\d{{1,2}}\. \w+ )?{_YEAR}", re.IGNORECASE)
_UNTIL = re.compile(rf"\b(?:indtil|til|frem til|til og med)\s(?:valget i |udgangen af )?{_MONTH}{_YEAR}", re.IGNORECASE)
_IN = re.compile(rf"(?:\b(?:i|ved|efter|under)\s[^\d.;()]{{0,40}}?|\(|,\s?|\bog\s){_YEAR}\b", re.IGNORECASE)
_YEARS_LONG = re.compile(r"\bi (?:over |mere end |snart |næsten |knap |godt )?(\d{1,2}|[a-zæøå]+) år\b")
_COUNTED = (
    "nul et to tre fire fem seks syv otte ni ti elleve tolv tretten fjorten femten seksten sytten atten nitten tyve"
)
_NUMBERS = {word: number for number, word in enumerate(_COUNTED.split())} | {"femogtyve": 25, "tredive": 30}
_NOW = re.compile(
    r"\b(?:i dag|nu|nuværende|aktuelt|for tiden|for øjeblikket|p\.t\.|siden|fortsat|stadig)\b", re.IGNORECASE
)
_PAST = re.compile(
    r"\b(?:var|sad|tidligere|forhenværende|fhv\.?|eks|forrige|afgående|fungerede|stod|trådte ud|udtrådte|forlod|"
    r"repræsenterede|ledede|bestred)\b|\beks-",
    re.IGNORECASE,
)
_HAS_BEEN = re.compile(r"\bhar (?:\w+ ){0,3}?(?:været|siddet|beklædt|bestridt|repræsenteret)\b")


@dataclass(frozen=True, slots=True)
class Term:
    """When an office was held, as far as a clause says."""

    start: int | None = None
    end: int | None = None
    current: bool = False


def has_year(text: str) -> bool:
    """Tell whether a text states when, in years or in a number of years."""
    return bool(re.search(_YEAR, text) or _YEARS_LONG.search(text))


def is_past(text: str) -> bool:
    """Tell whether a text says that what follows is over."""
    return bool(_PAST.search(text))


def read_term(text: str, as_of: datetime | None) -> Term:
    """Read the term that a clause states; a year "now" or "for ten years" is counted back from `as_of`."""
    start, end = _years(text, as_of)
    past = bool(_PAST.search(text)) and not re.search(r"\bsiden\b|\bi dag\b|\bnu\b", text)
    if end is not None:
        running = as_of is not None and not past and end >= as_of.year
        return Term(start, end, running)
    lasting = start is not None or _NOW.search(text) or _YEARS_LONG.search(text)
    ended = past or (bool(_HAS_BEEN.search(text)) and not lasting)
    return Term(start, None, not ended)


def _years(text: str, as_of: datetime | None) -> tuple[int | None, int | None]:
    if match := _RANGE.search(text) or _BETWEEN.search(text):
        return int(match[1]), _full_year(match[2], match[1])
    until = _UNTIL.search(text)
    starts = [match for pattern in (_SINCE, _FROM, _IN) if (match := pattern.search(text))]
    first = min(starts, key=lambda match: match.start(), default=None)
    start = int(first[1]) if first else _counted_back(text, as_of)
    return start, int(until[1]) if until else None


def _full_year(year: str, start: str) -> int:
    """Read "2014-17" as "2014-2017"."""
    return int(year if len(year) == 4 else start[:2] + year)


def _counted_back(text: str, as_of: datetime | None) -> int | None:
    match = _YEARS_LONG.search(text)
    if not match or as_of is None:
        return None
    count = int(match[1]) if match[1].isdigit() else _NUMBERS.get(match[1])
    return as_of.year - count if count else None
