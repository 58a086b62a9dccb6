"""The 98 municipalities and the parties of Denmark, and how to find them in text."""

from klumme.gazetteer.data import fingerprint
from klumme.gazetteer.municipalities import Municipality, all_municipalities, municipality
from klumme.gazetteer.municipality_mentions import find_municipalities
from klumme.gazetteer.parties import Party, all_parties, party
from klumme.gazetteer.party_mentions import find_parties
from klumme.gazetteer.words import Mention

__all__ = [
    "Mention",
    "Municipality",
    "Party",
    "all_municipalities",
    "all_parties",
    "find_municipalities",
    "find_parties",
    "fingerprint",
    "municipality",
    "party",
]
