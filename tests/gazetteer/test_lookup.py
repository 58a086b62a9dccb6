import tomllib
from pathlib import Path

import pytest

from klumme.gazetteer import all_municipalities, all_parties, municipality, party


def test_there_are_98_municipalities_each_with_its_own_code_and_name():
    places = all_municipalities()
    assert len(places) == len({p.code for p in places}) == len({p.name for p in places}) == 98


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ("259", "259"),
        ("Køge", "259"),
        ("Køge Kommune", "259"),
        ("køge", "259"),
        ("Københavns Kommune", "101"),
        ("Ålborg", "851"),
        ("Århus Kommune", "751"),
        ("Høje Taastrup", "169"),
        ("Fåborg-Midtfyn", "430"),
        ("Vesthimmerland", "820"),
        ("Nordfyns Kommune", "480"),
        ("Bornholms Regionskommune", "400"),
        ("Vejen", "575"),
        ("Hundested", "260"),
    ],
)
def test_a_municipality_is_found_by_code_and_by_every_spelling(asked, code):
    found = municipality(asked)
    assert found is not None
    assert found.code == code


@pytest.mark.parametrize("asked", ["", "Oslo", "999", "Kommune"])
def test_what_is_no_municipality_is_none(asked):
    assert municipality(asked) is None


@pytest.mark.parametrize(
    ("asked", "letter"),
    [
        ("A", "A"),
        ("Ø", "Ø"),
        ("Socialdemokratiet", "A"),
        ("Socialdemokraterne", "A"),
        ("sf", "F"),
        ("De Konservative", "C"),
        ("Det Radikale Venstre", "B"),
        ("Liste V", None),
        ("Lokallisten", None),
        ("", None),
    ],
)
def test_a_party_is_found_by_letter_name_and_short_name(asked, letter):
    found = party(asked)
    assert (found and found.letter) == letter


def test_every_party_has_its_own_letter():
    letters = [p.letter for p in all_parties()]
    assert len(letters) == len(set(letters))


def test_every_municipality_of_the_sample_is_known():
    folder = Path(__file__).parents[2] / "corpus" / "sample" / "articles"
    fronts = [tomllib.loads(path.read_text(encoding="utf-8").split("+++\n")[1]) for path in folder.glob("*.txt")]
    named = {front["municipality"] for front in fronts if front.get("municipality")}
    assert sorted(name for name in named if municipality(name) is None) == []
