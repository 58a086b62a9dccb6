"""Find the parties that a text names: by name, short name, letter, member noun or adjective."""

import re
from functools import cache

from klumme.gazetteer.cues import cue
from klumme.gazetteer.parties import (
    Party,
    adjective_forms,
    all_parties,
    mark_forms,
    member_forms,
    name_forms,
    short_forms,
)
from klumme.gazetteer.words import Mention, Words, fold

# A word for somebody or something that belongs to a party; behind "konservativ" it shows that the party is meant.
_OFFICE = (
    "(borgmester|borgmestre|medlem|medlemm|raadmand|raadmænd|raadkvinde|raadsgruppe|tingsgruppe|gruppeformand|politiker|"
    "formand|formænd|forkvinde|ordfører|leder|kandidat|minister|ministre|vælgerforening|partiforening|partifælle|"
    "landsmøde|bagland|ungdom)"
)
_ENDING = "(e|en|er|et|ne|erne|ene|n)?s?"
_OFFICE_WORD = re.compile(f"\\w*{_OFFICE}{_ENDING}")
# What may be glued to a party's name or abbreviation: "venstreborgmester", "S-gruppen", "DF-støttet".
_GLUED = re.compile(
    f"\\w*({_OFFICE[1:-1]}|gruppe|folk|mand|mænd|kvinde|kvinder|vælger|byraad|regering|top|profil|veteran|liste|forslag|"
    f"ledet|ledede|styret|styrede|støttet|støttede|medlemskab|plakat|er|ere|eren|erne){_ENDING}"
)
_FOREIGN = re.compile(
    "(svensk|norsk|tysk|britisk|engelsk|fransk|amerikansk|spansk|italiensk|hollandsk|finsk|europæisk|østrigsk|islandsk)e?|"
    "(tyskland|sverige|norge|storbritannien|england|frankrig|finland|østrig)s?"
)
_AND = frozenset(("og", "eller", "samt", "plus"))
_LISTS = re.compile("(parti)?(liste|listen|lister|listerne|listes)")


def find_parties(text: str) -> list[Mention]:
    """Find all mentions of parties, in the order of the text, no two over the same characters."""
    words, found, i = Words(text), list[Mention](), 0
    while i < len(words):
        hit = _named(words, i) or _abbreviated(words, i) or _member(words, i) or _adjective(words, i)
        if hit and not _foreign(words, i):
            found.append(_make(words, i, i + hit[1] - 1, hit[0]))
        i += hit[1] if hit else 1
    return found


Hit = tuple[Party, int]


def _named(words: Words, i: int) -> Hit | None:
    """Find a party's name at a word, and of how many words it is."""
    if not words.capital(i):
        return None
    for name, party in name_forms().get(words.low(i), ()):
        if _stands(words, i, name):
            return None if party.homograph and _is_common_word(words, i) else (party, len(name))
    return None


def _stands(words: Words, i: int, name: tuple[str, ...]) -> bool:
    if tuple(words.folded[i : i + len(name)]) != name:
        return False
    joined = all(words.gap(i + k).strip() in ("", "-") for k in range(1, len(name)))
    return joined and (name[0] in ("det", "de") or all(words.capital(i + k) for k in range(len(name))))


def _is_common_word(words: Words, i: int) -> bool:
    """Tell whether "Venstre" or "Alternativet" at the head of a sentence is the side, or another way."""
    if not words.opens(i) or words.gap(i + 1) == "-":
        return words.low(i) == "venstre" and words.follows(i) in cue("sides") - {"for", "om"}
    if words.low(i).startswith("venstre"):
        return words.follows(i) in cue("sides")
    behind = words.follows(i)
    if behind in cue("being"):
        return words.low(i + 2) not in cue("party_being")
    if words.low(i).endswith("s"):
        return not _GLUED.fullmatch(behind)
    return behind not in cue("acts") and words.gap(i + 1).strip() != ","


def _abbreviated(words: Words, i: int) -> Hit | None:
    """Find an abbreviation at a word: one that stands alone, or a mark where its surroundings show the party."""
    word = words.at(i)
    if party := short_forms().get(word):
        return None if word == "NB" and words.gap(i + 1).strip()[:1] in (":", "!") else (party, 1)
    bare = re.sub(r"['’]?s$", "", word)
    if bare not in mark_forms() or (bare != word and len(bare) > 1 and bare not in mark_forms()):
        return None
    if _LISTS.fullmatch(_head(words, i)):
        return next((p, 1) for p in (*_lettered(bare), mark_forms()[bare]))
    marked = _in_brackets(words, i) or _glued(words, i) or _among_parties(words, i)
    return (mark_forms()[bare], 1) if marked else None


def _lettered(letter: str) -> tuple[Party, ...]:
    return tuple(p for p in all_parties() if p.letter == letter)


def _head(words: Words, i: int) -> str:
    """Return the word before a letter, or before the row of letters that it is part of."""
    while i and words.capital(i) and (words.gap(i).strip() == "," or words.low(i - 1) in _AND):
        i -= 1 if words.gap(i).strip() == "," else 2
    return words.low(i - 1)


def _in_brackets(words: Words, i: int) -> bool:
    """Tell whether a mark stands in brackets behind a name or an office, as in "Marie Stærke (S)"."""
    if not words.gap(i).endswith("(") or words.gap(i + 1)[:1] not in (")", ",", "/"):
        return False
    before = words.low(i - 1)
    return len(words.at(i)) > 1 or (i > 0 and (words.capital(i - 1) or bool(_OFFICE_WORD.fullmatch(before))))


def _glued(words: Words, i: int) -> bool:
    """Tell whether a hyphen binds a mark to a word that belongs to parties, as in "S-borgmester"."""
    return words.gap(i + 1) == "-" and bool(_GLUED.fullmatch(words.low(i + 1))) and words.gap(i) != "-"


def _among_parties(words: Words, i: int) -> bool:
    """Tell whether a mark stands in a row with a party that is named beyond doubt, or with another mark of papers."""
    return any(_shows_party(words, i, j) for j in (_next_in_row(words, i), _previous_in_row(words, i)) if j is not None)


def _next_in_row(words: Words, i: int) -> int | None:
    gap = words.gap(i + 1).strip()
    if gap in (",", "/", "-", "+") and i + 1 < len(words):
        return i + 1
    return i + 2 if not gap and words.low(i + 1) in _AND and i + 2 < len(words) else None


def _previous_in_row(words: Words, i: int) -> int | None:
    gap = words.gap(i).strip()
    if gap in (",", "/", "-", "+") and i > 0:
        return i - 1
    return i - 2 if not gap and words.low(i - 1) in _AND and i > 1 else None


_PRESS = frozenset("SVKRM")


def _shows_party(words: Words, i: int, j: int) -> bool:
    if words.at(j) in short_forms() or words.low(j) in (
        "enhedslisten",
        "alternativet",
        "moderaterne",
        "socialdemokratiet",
    ):
        return True
    if "størrelse" in (words.low(min(i, j) - 1)):
        return False
    return words.at(j) in _PRESS and words.at(i) in _PRESS


def _member(words: Words, i: int) -> Hit | None:
    """Find a word for a party's members at a word, or a compound with the party's name."""
    low = words.low(i)
    if party := member_forms().get(low):
        return party, 1
    return next(
        ((p, 1) for stem, p in _compounds() if low.startswith(stem) and _GLUED.fullmatch(low[len(stem) :])), None
    )


@cache
def _compounds() -> tuple[tuple[str, Party], ...]:
    return tuple((fold(stem), p) for p in all_parties() for stem in p.compounds)


def _adjective(words: Words, i: int) -> Hit | None:
    """Find "de konservative" and "konservativ borgmester", but not "konservative værdier"."""
    party = _adjectives().get(words.low(i).removesuffix("s"))
    if party is None:
        return None
    behind = words.follows(i)
    if _OFFICE_WORD.fullmatch(behind):
        return party, 1
    plural = words.low(i).rstrip("s").endswith("e")
    named = words.precedes(i) == "de" or words.capital(i)
    alone = behind in cue("no_noun") or not words.gap(i + 1).isspace() or words.capital(i + 1)
    in_sentence = words.capital(i) and not words.opens(i)
    return (party, 1) if plural and named and (alone or in_sentence) else None


@cache
def _adjectives() -> dict[str, Party]:
    return {form: p for p in all_parties() for form in adjective_forms(p)}


def _foreign(words: Words, i: int) -> bool:
    """Tell whether a party of another country is meant: "de svenske socialdemokrater"."""
    return bool(_FOREIGN.fullmatch(words.precedes(i)))


def _make(words: Words, first: int, last: int, party: Party) -> Mention:
    start, end = words.spans[first][0], words.spans[last][1]
    return Mention(start, end, words.text[start:end], party.letter, "parti")
