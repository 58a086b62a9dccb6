from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from klumme.gazetteer import find_municipalities, find_parties
from klumme.gazetteer.words import Words


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        ("Det vedtog Køge Kommune i går.", "kommune"),
        ("Køge Byråd sagde nej.", "kommune"),
        ("Borgmesteren i Køge sagde nej.", "kommune"),
        ("Midtbyen i Køge er smuk.", "by"),
        ("Køge Station er slidt.", "by"),
        ("Beboerne i Køge Nord venter.", "by"),
        ("Jeg bor i Køge.", "uvis"),
        ("Vi var i Furesø.", "kommune"),
        ("Vi var i Hundested.", "by"),
    ],
)
def test_a_town_is_told_from_its_municipality_where_the_text_tells(text, scope):
    assert [m.scope for m in find_municipalities(text)] == [scope]


def test_a_mention_lies_where_it_says_and_holds_its_genitive_and_its_district():
    text = "Både Aarhus' råd, Ålborg Østs skoler og Køge Kommunes børn."
    assert [m.text for m in find_municipalities(text)] == ["Aarhus'", "Ålborg Østs", "Køge Kommunes"]
    assert all(text[m.start : m.end] == m.text for m in find_municipalities(text))


@settings(derandomize=True, deadline=None, max_examples=500)
@given(
    st.lists(
        st.sampled_from(
            [
                "Vejen",
                "Køge",
                "Kommune",
                "Radikale",
                "Venstre",
                "De",
                "S",
                "og",
                "SF",
                "(",
                ")",
                ".",
                ",",
                "-",
                " ",
                "Høje",
            ]
        )
        | st.text(max_size=4),
        max_size=12,
    )
)
def test_no_text_makes_the_search_fail_and_no_two_mentions_overlap(pieces):
    text = " ".join(pieces)
    for found in (find_municipalities(text), find_parties(text)):
        assert all(text[m.start : m.end] == m.text for m in found)
        assert all(a.end <= b.start for a, b in pairwise(found))


@pytest.mark.parametrize("piece", ["S, ", "S/", "Køge og ", "Vejen, ", "(V) ", "De konservative og ", "Mads Greve "])
def test_the_search_does_not_ask_more_of_a_word_the_longer_the_text_is(piece, monkeypatch):
    asked = Counter()
    low = Words.low
    monkeypatch.setattr(Words, "low", lambda self, i: asked.update([len(self)]) or low(self, i))
    for repeats in (200, 400):
        find_municipalities(piece * repeats)
        find_parties(piece * repeats)
    (short, few), (long, many) = sorted(asked.items())
    assert many / long < 1.2 * few / short
