"""Read a byline: "Af Karen Toft, byrådsmedlem (S), Køge" gives name, role and party."""

import re

_PREFIX = re.compile(r"^(?:af|skrevet af|tekst|by|debatindlæg af|klumme af)\s*:?\s+", re.IGNORECASE)
_PARTY = re.compile(r"[\s,]*\((?P<party>[A-ZÆØÅ]{1,2}|[A-ZÆØÅ][\w .]{1,40})\)")
_NAME = re.compile(
    r"(?P<name>[A-ZÆØÅÉ][\w’'.-]*(?: (?:af|de|von|van|el|al|[A-ZÆØÅÉ][\w’'.-]*)){1,5})(?P<rest>.*)", re.DOTALL
)


def parse_byline(line: str) -> tuple[str, str, str]:
    """Return name, role and party; empty where the line gives none."""
    bare = _PREFIX.sub("", line.strip())
    party = _PARTY.search(bare)
    match = _NAME.match(_PARTY.sub("", bare))
    if not match:
        return "", "", ""
    role = re.split(r"\s[|·•–]\s|\d{1,2}\. \w+ \d{4}|Publiceret|Opdateret", match["rest"])[0]
    return match["name"], role.strip(" ,;:–-·|"), party["party"] if party else ""
