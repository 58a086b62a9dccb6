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
from klumme.gazetteer.party_marks import GLUED, OFFICE_WORD, marked_party
from klumme.gazetteer.words import Mention, Words, fold

_FOREIGN = re.compile(
    "(svensk|norsk|tysk|britisk|engelsk|fransk|amerikansk|spansk|italiensk|hollandsk|finsk|europæisk|østrigsk|islandsk)e?|"
    "(tyskland|sverige|norge|storbritannien|england|frankrig|finland|østrig)s?"
)

# Endings of the past tense, which no plural noun has.
_PAST = ("ede", "nte", "lte", "gte", "kte")

Hit = tuple[Party, int]


def find_parties(text: str) -> list[Mention]:
    """Find all mentions of parties, in the order of the text, no two over the same characters."""
    return parties_in(Words(text))


def parties_in(words: Words) -> list[Mention]:
    """Do what `find_parties` does with a text that is already split into words."""
    first, stems, found, free = _first_words(), tuple(stem for stem, _ in _compounds()), list[Mention](), 0
    for i, low in enumerate(words.folded):
        if i < free or not (low in first or low.startswith(stems)):
            continue
        hit = _named(words, i) or _marked(words, i) or _member(words, i) or _adjective(words, i)
        if hit and not _foreign(words, i):
            found.append(_make(words, i, i + hit[1] - 1, hit[0]))
        free = i + (hit[1] if hit else 1)
    return found


@cache
def _first_words() -> frozenset[str]:
    """Return all folded words with which a mention may begin: nearly every word of a text is none of them."""
    marks = {fold(mark) + ending for mark in mark_forms() for ending in ("", "s", "'s")}
    adjectives = {form + ending for form in _adjectives() for ending in ("", "s")}
    return frozenset({*name_forms(), *map(fold, short_forms()), *marks, *member_forms(), *adjectives})


def _named(words: Words, i: int) -> Hit | None:
    """Find a party's name at a word, and of how many words it is."""
    for name, party in name_forms().get(words.low(i), ()):
        if _stands(words, i, name, party.any_case and len(name) > 1 and name[0] != "de"):
            return None if party.homograph and _is_common_word(words, i) else (party, len(name))
    return None


def _stands(words: Words, i: int, name: tuple[str, ...], any_case: bool) -> bool:
    if tuple(words.folded[i : i + len(name)]) != name:
        return False
    joined = all(words.gap(i + k).strip() in ("", "-") for k in range(1, len(name)))
    return joined and (any_case or all(words.capital(i + k) for k in range(len(name))))


def _is_common_word(words: Words, i: int) -> bool:
    """Tell whether "Venstre" or "Alternativet" at the head of a sentence is the side, or another way."""
    if not words.opens(i) or words.gap(i + 1) == "-":
        return words.low(i) == "venstre" and words.follows(i) in cue("sides") - {"for", "om"}
    if words.low(i).startswith("venstre"):
        return words.follows(i) in cue("sides")
    behind = words.follows(i)
    if behind in cue("being"):
        return words.low(i + 2) not in cue("party_being")
    if behind in cue("wanting"):
        return words.low(i + 2) in cue("costs")
    if words.low(i).endswith("s"):
        return not GLUED.fullmatch(behind)
    return behind not in cue("acts") and words.gap(i + 1).strip() != ","


def _marked(words: Words, i: int) -> Hit | None:
    party = marked_party(words, i)
    return (party, 1) if party else None


def _member(words: Words, i: int) -> Hit | None:
    """Find a word for a party's members at a word, or a compound with the party's name."""
    low = words.low(i)
    if party := member_forms().get(low):
        return party, 1
    return next(
        ((p, 1) for stem, p in _compounds() if low.startswith(stem) and GLUED.fullmatch(low[len(stem) :])), None
    )


@cache
def _compounds() -> tuple[tuple[str, Party], ...]:
    return tuple((fold(stem), p) for p in all_parties() for stem in p.compounds)


def _adjective(words: Words, i: int) -> Hit | None:
    """Find "de konservative" and "konservativ borgmester", but not "konservative værdier"."""
    low = words.low(i)
    party = _adjectives().get(low.removesuffix("s"))
    if party is None:
        return None
    if OFFICE_WORD.fullmatch(words.follows(i)):
        return party, 1
    plural = low.removesuffix("s").endswith("e")
    named = words.precedes(i) in ("de", "den") or words.capital(i)
    in_sentence = words.capital(i) and not words.opens(i)
    return (party, 1) if plural and named and (in_sentence or low.endswith("s") or _stands_alone(words, i)) else None


def _stands_alone(words: Words, i: int) -> bool:
    """Tell whether no noun follows an adjective, also not behind "og" and a second one."""
    if words.follows(i) in ("og", "eller"):
        other = i + 3 if words.low(i + 2) in ("de", "den") else i + 2
        return words.low(other) not in cue("leanings") or _no_noun_follows(words, other)
    return _no_noun_follows(words, i)


def _no_noun_follows(words: Words, i: int) -> bool:
    behind = words.follows(i)
    return not behind or behind in cue("no_noun") or behind.endswith(_PAST) or words.capital(i + 1)


@cache
def _adjectives() -> dict[str, Party]:
    return {form: p for p in all_parties() for form in adjective_forms(p)}


def _foreign(words: Words, i: int) -> bool:
    """Tell whether a party of another country is meant: "de svenske socialdemokrater"."""
    return bool(_FOREIGN.fullmatch(words.precedes(i)))


def _make(words: Words, first: int, last: int, party: Party) -> Mention:
    start, end = words.spans[first][0], words.spans[last][1]
    return Mention(start, end, words.text[start:end], party.letter, "parti")
