"""Recognise the two notes that stand at the end of a column: who its author is, and what the column is."""

import re

from klumme.extract.text import words

_NAME = r"(?:[A-ZÆØÅÉ][\w’'.-]+|af|de|von|van|el|al)(?:[ -](?:[A-ZÆØÅÉ][\w’'.-]*|af|de|von|van|el|al)){1,4}"
_OPENING = re.compile(
    rf"(?:Om (?:skribenten|forfatteren):? )?{_NAME}"
    r"(?:, | \(| er | har | var | blev | sidder | driver | arbejder | bor | underviser | repræsenterer )"
)
_LIFE = re.compile(
    r"\bf(?:\.|ødt) ?(?:i )?(?:\d{1,2}\. \w+ )?\d{4}|\b(?:er|på) \d\d(?: år)?\b|, \d\d(?: år)?,|"
    r"\(\d\d(?: år)?\)|\buddannet\b"
)
_POST = re.compile(
    r"byråd|kommunalbestyrelse|borgerrepræsentation|regionsråd|folketing|borgmester|rådmand|udvalg|spidskandidat|"
    r"gruppeformand|valgt (?:ind|for|til)|medlem (?:af|for)|kandidat|formand|minister|kommunestyre",
    re.IGNORECASE,
)
_COLUMN = re.compile(
    r"^[‘'\"»“”’*]?.{2,60}?[’'\"«”“*]? er (?:en|et|[A-ZÆØÅ]\w+s) (?:\w+ ){0,3}"
    r"(?:klumme|debatserie|klummeserie|blog|serie|debatsektion)\b|"
    r"^(?:klummen|indlægget|dette|teksten|artiklen|skribenten) .{0,60}"
    r"(?:udtryk for|egen regning|holdning|debatindlæg|klumme|kronik)",
    re.IGNORECASE,
)
_LONGEST = 130


def is_author_note(text: str, author: str = "") -> bool:
    """Tell whether a block presents its author: a full name first, then life or posts."""
    if len(words(text)) > _LONGEST:
        return False
    named = bool(author) and text.removeprefix("Om skribenten: ").startswith(author)
    facts = bool(_LIFE.search(text)) + bool(_POST.search(text))
    return facts >= 1 if named else facts == 2 and bool(_OPENING.match(text))


def is_column_note(text: str) -> bool:
    """Tell whether a block says what the column is, or whose opinion it holds."""
    return len(words(text)) <= _LONGEST and bool(_COLUMN.search(text))
