"""What an address of the page Søg asks for, read the same for the page, its JSON and its files."""

from klumme.errors import UsageError
from klumme.query.question import is_pattern
from klumme.web.room import Asked

# What says which lines there are, and in which order.
_VIEW = ("sorter", "stikproeve", "froe")

# No count that is asked for has more digits.
_DIGITS = 6


def query(asked: Asked) -> str:
    """Return the words or the pattern."""
    return asked.get("q", "").strip()


def alike(asked: Asked) -> dict[str, str]:
    """Return what the hits are to be alike: a passage before a text, empty for neither."""
    given = {name: asked.get(name, "").strip() for name in ("som", "lig")}
    return next(({name: value} for name, value in given.items() if value), {})


def wants_lines(asked: Asked) -> bool:
    """Whether lines are asked for rather than passages."""
    return asked.get("vis") == "kwic" or is_pattern(query(asked))


def wants_parts(asked: Asked) -> bool:
    """Whether words are to be found as parts of compounds too; a pattern names parts itself."""
    return bool(asked.get("dele")) and not is_pattern(query(asked))


def kept(asked: Asked) -> dict[str, str]:
    """Return what every way onwards keeps beside the query, so that each number leads to as many hits."""
    return alike(asked) | ({"dele": "1"} if wants_parts(asked) else {})


def view(asked: Asked) -> dict[str, str]:
    """Return what says which lines there are, and in which order."""
    return {name: asked[name].strip() for name in _VIEW if asked.get(name, "").strip()}


def whole(asked: Asked, name: str) -> int | None:
    """Return a number that was asked with, None where there is none; raises UsageError for anything else."""
    text = asked.get(name, "").strip()
    if not text:
        return None
    if not text.isdecimal() or len(text) > _DIGITS or not int(text):
        raise UsageError(f"»{text}« er ikke et antal ({name}).", "Skriv et helt tal fra 1 til 999999.")
    return int(text)
