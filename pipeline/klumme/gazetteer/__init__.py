"""The 98 municipalities and the parties of Denmark, and how to find them in text."""

from klumme.gazetteer.data import fingerprint
from klumme.gazetteer.municipalities import Municipality, all_municipalities, municipality
from klumme.gazetteer.municipality_mentions import find_municipalities, municipalities_in
from klumme.gazetteer.parties import Party, all_parties, party
from klumme.gazetteer.party_mentions import find_parties, parties_in
from klumme.gazetteer.words import Mention, Words

__all__ = [
    "Mention",
    "Municipality",
    "Party",
    "all_municipalities",
    "all_parties",
    "find_mentions",
    "find_municipalities",
    "find_parties",
    "fingerprint",
    "municipality",
    "party",
]


def find_mentions(text: str) -> list[Mention]:
    """Find all municipalities, then all parties, that a text names, splitting it into words only once."""
    words = Words(text)
    return [*municipalities_in(words), *parties_in(words)]
