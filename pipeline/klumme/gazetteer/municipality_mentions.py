"""Find the municipalities that a text names, and tell town from municipality where the text tells."""

from functools import cache

from klumme.gazetteer.cues import cue
from klumme.gazetteer.municipalities import Form, Municipality, name_forms, people_forms
from klumme.gazetteer.words import Mention, Scope, Words


def find_municipalities(text: str) -> list[Mention]:
    """Find all mentions of municipalities, in the order of the text, no two over the same characters."""
    return municipalities_in(Words(text))


def municipalities_in(words: Words) -> list[Mention]:
    """Do what `find_municipalities` does with a text that is already split into words."""
    names, people, found, free = name_forms(), people_forms(), list[Mention](), 0
    for i, low in enumerate(words.folded):
        if i >= free and (low in names or low in people):
            mention, free = _mention(words, i)
            found += [mention] if mention else []
    return found


def _mention(words: Words, i: int) -> tuple[Mention | None, int]:
    """Return the mention that begins at a word, if one does, and the index from which to go on."""
    if resident := people_forms().get(words.low(i)):
        return _make(words, i, i, resident, "uvis"), i + 1
    form = _form(words, i)
    if form is None:
        return None, i + 1
    last = i + len(form.words) - 1
    if not _is_place(words, i, last, form):
        return None, last + 1
    end = _extended(words, last)
    return _make(words, i, end, form.municipality, _scope(words, i, last, form)), end + 1


def _form(words: Words, i: int) -> Form | None:
    """Return the longest name that stands at a word; in lower case it must be no common word, and follow "i" or so."""
    form = next((form for form in name_forms().get(words.low(i), ()) if _stands(words, i, form.words)), None)
    if form is None or words.capital(i):
        return form
    common = words.low(i) in form.municipality.strong | form.municipality.weak or form.only_after
    return form if words.precedes(i) in cue("towards") and not common else None


def _stands(words: Words, i: int, name: tuple[str, ...]) -> bool:
    joined = all(words.gap(i + k).strip() in ("", "-", "–", ".") for k in range(1, len(name)))
    return joined and tuple(words.folded[i : i + len(name)]) == name


def _is_place(words: Words, first: int, last: int, form: Form) -> bool:
    """Tell whether a name is used as the name of the place here."""
    if words.follows(last) in cue("own_bodies"):
        return True
    return not (
        _names_other(words, first, last, form.municipality)
        or (form.only_after and words.precedes(first) not in form.only_after)
        or _is_surname(words, first)
        or _is_common_word(words, first, last, form.municipality)
    )


def _names_other(words: Words, first: int, last: int, place: Municipality) -> bool:
    """Tell whether the name is part of the name of something else."""
    behind, before = words.follows(last), words.precedes(first)
    joined = words.low(last + 1) if words.gap(last + 1).strip() in ("", "-", "–") else ""
    known = behind in cue("other_names") or before in cue("clubs")
    return known or joined in place.not_before or before in place.not_after


def _is_surname(words: Words, first: int) -> bool:
    """Tell whether a title, an initial, a first name or the names of a person stand before the name."""
    before = words.precedes(first)
    if words.gap(first).strip() == "." and len(words.at(first - 1)) == 1:
        return words.capital(first - 1)
    if before in cue("titles"):
        return True
    named = before in cue("first_names") or words.precedes(first - 1) in cue("first_names")
    return words.capital(first - 1) and (named or (before.endswith("sen") and len(before) > 4))


def _is_common_word(words: Words, first: int, last: int, place: Municipality) -> bool:
    """Tell whether a name that is also a word is meant as that word: so it is at the head of most sentences."""
    name = words.low(first)
    if last > first or not words.opens(first) or name not in place.strong | place.weak:
        return False
    behind = words.follows(last)
    if words.gap(last + 1) == "-" or behind in cue("own_bodies") or _in_row_of_places(words, last):
        return False
    if words.capital(last + 1) and behind.endswith(tuple(cue("institutions"))):
        return False
    return name in place.strong or behind not in cue("place_verbs")


def _in_row_of_places(words: Words, last: int) -> bool:
    """Tell whether another place follows, behind a comma or "og"."""
    other = last + 2 if words.follows(last) in ("og", "eller") else last + 1
    parted = other == last + 2 or words.gap(other).strip() == ","
    return parted and words.capital(other) and words.low(other) in name_forms()


def _council(word: str) -> bool:
    return word.startswith(_council_stems())


@cache
def _council_stems() -> tuple[str, ...]:
    return tuple(cue("council"))


def _extended(words: Words, last: int) -> int:
    """Return the last word of the mention: "Kommune" and a district belong to it."""
    behind = words.follows(last)
    if behind in ("kommune", "kommunes", "regionskommune", "regionskommunes"):
        return last + 1
    if _is_district(words, last + 1, behind):
        return last + 1
    return last


def _is_district(words: Words, i: int, word: str) -> bool:
    bare = word.removesuffix("s") if len(word) > 3 else word
    return bool(word) and words.capital(i) and bare in cue("districts") and words.gap(i + 1) != "-"


def _scope(words: Words, first: int, last: int, form: Form) -> Scope:
    """Tell whether the municipality is meant, or the town; the nearest sign in the sentence decides."""
    behind = words.follows(last)
    if _council(behind):
        return "kommune"
    if form.town or behind in cue("town") or _is_district(words, last + 1, behind):
        return "by"
    if form.municipality.kind == "kommune":
        return "kommune"
    for word in words.before(first, 4):
        if word in cue("town"):
            return "by"
        if _council(word):
            return "kommune"
    return "uvis"


def _make(words: Words, first: int, last: int, place: Municipality, scope: Scope) -> Mention:
    start, end = words.spans[first][0], words.spans[last][1]
    if words.text[end - 1] in "sxzSXZ" and words.text[end : end + 1] in ("'", "’"):
        end += 1
    return Mention(start, end, words.text[start:end], place.code, "kommune", scope)
