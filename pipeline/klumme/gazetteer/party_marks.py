"""Abbreviations of parties: "SF" stands alone; for "S" or "V" its surroundings must show that a party is meant."""

import re

from klumme.gazetteer.cues import cue
from klumme.gazetteer.parties import Party, all_parties, mark_forms, name_forms, short_forms
from klumme.gazetteer.words import Words

# A word for somebody or something that belongs to a party, and the endings of nouns.
OFFICE = (
    "borgmester|borgmestre|medlem|medlemm|raadmand|raadmænd|raadkvinde|raadsgruppe|tingsgruppe|gruppeformand|politiker|"
    "formand|formænd|forkvinde|ordfører|leder|kandidat|minister|ministre|vælgerforening|partiforening|partifælle|"
    "landsmøde|bagland|ungdom"
)
ENDING = "(e|en|er|et|ne|erne|ene|n)?s?"
OFFICE_WORD = re.compile(f"\\w*({OFFICE}){ENDING}")
# What may be glued to a party's name or mark: "venstreborgmester", "S-gruppen", "DF-støttet".
GLUED = re.compile(
    f"(\\w*({OFFICE})|gruppe|folk|mand|mænd|kvinde|kvinder|vælger|byraad|regering|top|profil|veteran|liste|forslag|"
    f"ledet|ledede|styret|styrede|støttet|støttede|medlemskab|plakat){ENDING}"
)
# Papers write these for a party; the other letters need more beside them.
_PRESS = frozenset("SVKRMØÅÆ")
_AND = frozenset(("og", "eller", "samt", "plus"))
_ROW = frozenset((",", "/", "-", "+"))
# No row of parties is longer; a hostile text may have a longer one, and each of its letters asks for the row.
_LONGEST = 20
_LIST = re.compile("liste[nrs]?|listerne")


def marked_party(words: Words, i: int) -> Party | None:
    """Return the party that an abbreviation at a word stands for, None when it is none or not shown to be one."""
    word = words.at(i)
    if party := short_forms().get(word):
        return None if word == "NB" and words.gap(i + 1).strip()[:1] in (":", "!") else party
    mark = next((form for form in (word, re.sub("'?s$", "", word), word.capitalize()) if form in mark_forms()), "")
    if not mark or (mark != word and not word[0].isupper() and not _in_brackets(words, i)):
        return None
    if _LIST.fullmatch(_head(words, i)):
        return next((party for party in all_parties() if party.letter == mark), mark_forms()[mark])
    if mark != word and mark in _PRESS and word.endswith("'s"):
        return mark_forms()[mark]
    shown = _in_brackets(words, i) or _glued(words, i) or _in_row(words, i) or _acts(words, i)
    return mark_forms()[mark] if shown else None


def _in_brackets(words: Words, i: int) -> bool:
    """Tell whether a mark stands in brackets behind a name or an office, as in "Marie Stærke (S)"."""
    if i == 0 or not words.gap(i).endswith("(") or words.gap(i + 1).lstrip(".")[:1] not in (")", ",", "/"):
        return False
    before = words.low(i - 1)
    named = words.capital(i - 1) and (not words.opens(i - 1) or _names_party(words, i - 1))
    office = OFFICE_WORD.fullmatch(before) or (words.at(i) in _PRESS and before in cue("between"))
    return len(words.at(i)) > 1 or named or bool(office)


def _glued(words: Words, i: int) -> bool:
    """Tell whether a hyphen binds a mark to a word that belongs to parties, as in "S-borgmester"."""
    return words.gap(i + 1) == "-" and bool(GLUED.fullmatch(words.low(i + 1)))


def _acts(words: Words, i: int) -> bool:
    """Tell whether a letter of the papers does what parties do ("S foreslår"), or somebody was "valgt for" it."""
    if words.at(i) not in _PRESS:
        return False
    before, office = words.precedes(i), words.low(i - 2)
    chosen = before == "for" and (office in cue("chosen") or OFFICE_WORD.fullmatch(office))
    speaks = before in ("fra", "hos", "blandt") and words.follows(i) != "til"
    return bool(chosen) or speaks or words.follows(i) in cue("proposing")


def _in_row(words: Words, i: int) -> bool:
    """Tell whether a mark stands in a row that can only be one of parties, as in "S, SF og Enhedslisten"."""
    row = [words.at(j) for j in _row(words, i)]
    if len(row) < 2 or _head(words, i).startswith(tuple(cue("lettered"))):
        return False
    named, press = any(len(word) > 1 for word in row), sum(word in _PRESS for word in row)
    if words.at(i) == "I":
        return not named and press >= 1 and len(row) >= 3
    return named or press >= 2 or (press >= 1 and len(row) >= 3)


def _row(words: Words, i: int) -> list[int]:
    """Return the indices of a mark and of the parties that stand with it in one row, parted by commas or "og"."""
    row = [i]
    for step in (1, -1):
        j = _neighbour(words, i, step)
        while j is not None and len(row) < _LONGEST and _names_party(words, j):
            row.append(j)
            j = _neighbour(words, j, step)
    return sorted(row)


def _neighbour(words: Words, i: int, step: int) -> int | None:
    """Return the next word in a row, to the right (1) or the left (-1), if the row goes on."""
    gap = words.gap(i + 1 if step == 1 else i).strip()
    if gap in _ROW:
        return i + step
    return i + 2 * step if not gap and words.low(i + step) in _AND else None


def _names_party(words: Words, i: int) -> bool:
    word = words.at(i)
    whole = any(len(name) == 1 for name, _ in name_forms().get(words.low(i), ()))
    return word in mark_forms() or word in short_forms() or (whole and words.capital(i))


def _head(words: Words, i: int) -> str:
    """Return the word before the row that a letter is part of: "liste", "vitamin"."""
    return words.precedes(_row(words, i)[0])
