"""How well mentions are found, on invented sentences: `[text|code]` marks each mention, and what it is linked to."""

import re
from pathlib import Path

import pytest

from klumme.gazetteer import all_municipalities, find_municipalities, find_parties

MARK = re.compile(r"\[([^|\]]+)\|([^\]]+)\]")
LINES = (Path(__file__).parent / "mentions.tsv").read_text(encoding="utf-8").splitlines()
SENTENCES = [line.split("\t")[1] for line in LINES]

# What the rules are known to get wrong; anything else that goes wrong is a step back.
MISTAKES = {
    "Odder er set i åen, og det glæder alle.",
    "Greve er en titel, ikke et job.",
    "Ringe er ikke Faaborg, siger de lokale.",
    "Radikale tiltag kræver radikale politikere med mod.",
    "Det var konservatives skyld, sagde venstrefolk.",
    "Brande ligger i Ikast-Brande Kommune.",
}


def _gold(marked):
    """Return a sentence without its marks, and the mentions (start, end, id) that they stood for."""
    mentions, shift = set(), 0
    for match in MARK.finditer(marked):
        start = match.start() - shift
        mentions.add((start, start + len(match[1]), match[2]))
        shift += len(match[0]) - len(match[1])
    return MARK.sub(r"\1", marked), mentions


def _found(text):
    return {(m.start, m.end, m.id) for m in (*find_municipalities(text), *find_parties(text))}


def test_of_at_least_300_mentions_97_in_100_are_found_and_97_in_100_found_are_right():
    pairs = [(gold, _found(text)) for text, gold in map(_gold, SENTENCES)]
    named, found, right = (sum(map(len, sets)) for sets in zip(*((g, f, g & f) for g, f in pairs), strict=True))
    assert named >= 300
    assert right / named >= 0.97
    assert right / found >= 0.97


def test_no_sentence_is_read_wrongly_but_those_that_are_known_to_be():
    assert {text for text, gold in map(_gold, SENTENCES) if _found(text) != gold} == MISTAKES


def test_sentences_about_words_that_are_also_names_are_among_those_measured():
    kinds = {line.split("\t")[0] for line in LINES if not _gold(line.split("\t")[1])[1]}
    assert {"vej", "ord", "person", "andet", "ejparti"} <= kinds


@pytest.mark.parametrize("place", all_municipalities(), ids=lambda place: place.code)
def test_every_municipality_is_found_in_every_form(place):
    for name in (place.name, *place.spellings):
        if name in ("Kbh", "Mors"):
            continue
        genitive = name if name.endswith("s") else f"{name}s"
        for form in (name, genitive, f"{name} Kommune", f"{genitive} Kommune", f"{name} Kommunes"):
            for spelled in {form, form.replace("aa", "å").replace("Aa", "Å"), form.replace("-", " "), form.upper()}:
                text = f"Vi har hørt, at man i {spelled} har valgt en anden vej."
                assert [(m.text, m.id) for m in find_municipalities(text)] == [(spelled, place.code)]
