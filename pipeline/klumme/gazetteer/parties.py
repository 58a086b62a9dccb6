"""The parties: their letters, names, short names, and the words for their members."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from klumme.gazetteer.data import read_table
from klumme.gazetteer.words import fold

_ENDINGS = tuple(stem + s for stem in ("", "e", "en", "er", "erne") for s in ("", "s"))


@dataclass(frozen=True, slots=True)
class Party:
    """One party; `short` names stand alone, `marks` only in brackets, before a hyphen or among other parties."""

    letter: str
    name: str
    names: tuple[str, ...] = ()
    short: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    compounds: tuple[str, ...] = ()
    adjective: str = ""
    any_case: bool = False
    homograph: bool = False


@cache
def all_parties() -> tuple[Party, ...]:
    """Return all parties."""
    return tuple(_party(row) for row in read_table("parties")["party"])


def _party(row: dict[str, Any]) -> Party:
    lists = {key: tuple(value) for key, value in row.items() if isinstance(value, list)}
    return Party(**(row | lists))


def party(letter_or_name: str) -> Party | None:
    """Find a party by its letter on the ballot, else by a name, short name or mark; None for no such.

    "S" and "K" are the letters of Slesvigsk Parti and Kristendemokraterne, though papers write "(S)" for
    Socialdemokratiet and "(K)" for the Conservatives: `find_parties` reads those as papers do.
    """
    wanted = letter_or_name.strip()
    return next((p for p in all_parties() if p.letter == wanted.upper()), None) or _by_name().get(fold(wanted))


@cache
def _by_name() -> dict[str, Party]:
    known: dict[str, Party] = {}
    for p in all_parties():
        own = (p.name, *p.names, *p.short, *p.marks, *p.members, *adjective_forms(p))
        for name in own:
            known.setdefault(fold(name), p)
            known.setdefault("de " + fold(name), p)
    return known


def adjective_forms(p: Party) -> tuple[str, ...]:
    """Return the forms of the adjective that is also a common word."""
    return (p.adjective, p.adjective + "e", p.adjective + "t") if p.adjective else ()


@cache
def name_forms() -> dict[str, list[tuple[tuple[str, ...], Party]]]:
    """Return the rows of words that name a party, folded, by their first word, the longest first."""
    forms: dict[str, list[tuple[tuple[str, ...], Party]]] = {}
    for p in all_parties():
        for name in (p.name, *p.names):
            words = tuple(fold(name).replace("-", " ").split())
            for ending in ("", "s", "'s"):
                form = (*words[:-1], words[-1] + ending)
                forms.setdefault(form[0], []).append((form, p))
    for found in forms.values():
        found.sort(key=lambda form: -len(form[0]))
    return forms


@cache
def short_forms() -> dict[str, Party]:
    """Return the abbreviations that stand alone, as they are written, with the endings of nouns and the genitive."""
    endings = ("", "s", "'s", "'er", "'ere", "'eren", "'erens", "'erne", "'ernes", "'eres", "er", "ere", "eren", "erne")
    return {short + ending: p for p in all_parties() for short in p.short for ending in endings}


@cache
def mark_forms() -> dict[str, Party]:
    """Return what papers put in brackets behind a name, as it is written: "S" is Socialdemokratiet there."""
    marks = {mark: p for p in all_parties() for mark in (*p.short, *p.marks)}
    return {p.letter: p for p in all_parties()} | marks


@cache
def member_forms() -> dict[str, Party]:
    """Return the words for members and the adjectives of one party only, folded, in all inflections."""
    return {fold(stem) + ending: p for p in all_parties() for stem in p.members for ending in _ENDINGS}
