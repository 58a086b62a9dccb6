"""Names by list, behind the entity recognizer."""

import pytest
import spacy
from spacy.tokens import Doc

from klumme.annotate.names import NameList

LIST = {
    "Oman": "LOC",
    "Nova Scotia": "LOC",
    "Justitsministeriet": "ORG",
    "dansk": "MISC",
    "tamiler": "MISC",
    "USA": "LOC",
    "Niels": "PER",
    "Hamlet": "PER",
}


def entities(text: str, *found: str) -> list[tuple[str, str]]:
    """What the list makes of a text in which the recognizer found labels, written as BIO."""
    words = text.split()
    doc = Doc(spacy.blank("da").vocab, words=words, ents=list(found) or ["O"] * len(words))
    return [(entity.text, entity.label_) for entity in NameList(LIST)(doc).ents]


def test_a_listed_name_gets_the_type_that_it_has_in_the_list() -> None:
    assert entities("Hun rejste til Oman", "O", "O", "O", "B-PER") == [("Oman", "LOC")]


def test_a_place_may_stand_for_its_team_or_government() -> None:
    assert entities("Oman vandt", "B-ORG", "O") == [("Oman", "ORG")]


def test_a_listed_name_that_was_passed_over_is_added() -> None:
    assert entities("I Nova Scotia klagede Justitsministeriet") == [
        ("Nova Scotia", "LOC"),
        ("Justitsministeriet", "ORG"),
    ]


def test_a_name_inside_a_longer_entity_is_left_alone() -> None:
    assert entities("Bank of Oman lukkede", "B-ORG", "I-ORG", "I-ORG", "O") == [("Bank of Oman", "ORG")]


def test_a_work_may_be_called_after_a_person() -> None:
    assert entities("Hun så Hamlet", "O", "O", "B-MISC") == [("Hamlet", "MISC")]


@pytest.mark.parametrize("form", ["Omans", "Niels'", "USA's", "USAs"])
def test_a_genitive_is_the_same_name(form: str) -> None:
    assert [text for text, _ in entities(f"{form} olie")] == [form]


def test_small_letters_in_the_list_stand_for_every_way_of_writing() -> None:
    assert entities("Dansk mad og tamilers mad") == [("Dansk", "MISC"), ("tamilers", "MISC")]
    assert entities("oman er ikke et navn") == []


def test_a_name_in_the_middle_of_other_names_does_not_hide_them() -> None:
    assert entities("Oman , Nova Scotia , dansk") == [("Oman", "LOC"), ("Nova Scotia", "LOC"), ("dansk", "MISC")]


def test_a_list_outlives_being_stored(tmp_path) -> None:
    NameList(LIST).to_disk(tmp_path)
    assert NameList().from_disk(tmp_path).names == LIST
