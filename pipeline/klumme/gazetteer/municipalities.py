"""The 98 municipalities: their codes, names and all the forms in which a text may name them."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from klumme.gazetteer.data import read_table
from klumme.gazetteer.words import fold

_SETS = ("strong", "weak", "not_before", "not_after")
_ENDINGS = tuple(stem + s for stem in ("", "e", "en", "er", "ne", "erne") for s in ("", "s"))
_PART = re.compile(r"[\s\-–]+")
_BODY = re.compile(r"\s+(region)?(s)?kommunes?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Municipality:
    """One municipality, as `municipalities.toml` explains it; the sets hold folded words."""

    code: str
    name: str
    region: str
    kind: Literal["by", "ø", "kommune"]
    spellings: tuple[str, ...] = ()
    towns: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    strong: frozenset[str] = frozenset()
    weak: frozenset[str] = frozenset()
    not_before: frozenset[str] = frozenset()
    not_after: frozenset[str] = frozenset()
    only_after: tuple[tuple[str, frozenset[str]], ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """All ways to write its name, without endings."""
        return (self.name, *self.spellings)


@dataclass(frozen=True, slots=True)
class Form:
    """One folded form of a name, as a row of words; `town` for a town that has another name."""

    words: tuple[str, ...]
    municipality: Municipality
    town: bool
    only_after: frozenset[str] = frozenset()


@cache
def all_municipalities() -> tuple[Municipality, ...]:
    """Return all municipalities."""
    return tuple(_municipality(row) for row in read_table("municipalities")["municipality"])


def _municipality(row: dict[str, Any]) -> Municipality:
    lists = {key: tuple(row[key]) for key in ("spellings", "towns", "people") if key in row}
    sets = {key: frozenset(map(fold, row[key])) for key in _SETS if key in row}
    needs = tuple((form, frozenset(map(fold, words))) for form, words in row.get("only_after", {}).items())
    return Municipality(**(row | lists | sets | {"only_after": needs}))


def municipality(name_or_code: str) -> Municipality | None:
    """Find a municipality by its code or by its name in any spelling, with or without "Kommune"; None for no such."""
    return _by_name().get(fold(_BODY.sub("", name_or_code.strip())).replace("-", " "))


@cache
def _by_name() -> dict[str, Municipality]:
    known = {form.municipality.code: form.municipality for forms in name_forms().values() for form in forms}
    towns = {" ".join(f.words): f.municipality for forms in name_forms().values() for f in forms if f.town}
    names = {" ".join(f.words): f.municipality for forms in name_forms().values() for f in forms if not f.town}
    return towns | names | known


@cache
def name_forms() -> dict[str, list[Form]]:
    """Return the forms of all names by their first word, the longest first."""
    forms: dict[str, list[Form]] = {}
    for place in all_municipalities():
        needs = dict(place.only_after)
        for name in (*place.names, *place.towns):
            for words in _inflected(name):
                form = Form(words, place, name in place.towns, needs.get(fold(name), frozenset()))
                forms.setdefault(words[0], []).append(form)
    for found in forms.values():
        found.sort(key=lambda form: -len(form.words))
    return forms


def _inflected(name: str) -> list[tuple[str, ...]]:
    """Return a name's words, with and without the ending of the genitive."""
    words = tuple(_PART.split(fold(name)))
    return [words] + [(*words[:-1], words[-1] + ending) for ending in ("s", "'s") if not words[-1].endswith("s")]


@cache
def people_forms() -> dict[str, Municipality]:
    """Return the words for inhabitants and the adjectives of places, in all inflections."""
    return {
        fold(stem) + ending: place for place in all_municipalities() for stem in place.people for ending in _ENDINGS
    }
