"""The lemma table in front of the trained lemmatizer."""

from pathlib import Path

import pytest
import spacy
from spacy.tokens import Doc

from klumme.annotate.lemmas import LemmaTable

TABLE = {"huset|NOUN": "hus", "går|VERB": "gå", "rette|VERB": "rette", "rette|VERB|Tense=Past": "rede"}


def lemmas(words: list[str], pos: list[str], morphs: list[str] | None = None) -> list[str]:
    """What the table gives for words with their tags."""
    doc = Doc(spacy.blank("da").vocab, words=words, pos=pos, morphs=morphs)
    return [token.lemma_ for token in LemmaTable(TABLE)(doc)]


def test_a_known_form_gets_its_lemma_whatever_its_case() -> None:
    assert lemmas(["HUSET", "huset"], ["NOUN", "NOUN"]) == ["hus", "hus"]


def test_an_unknown_form_or_tag_is_left_to_the_next_component() -> None:
    assert lemmas(["haven", "huset"], ["NOUN", "VERB"]) == ["", ""]


def test_features_decide_where_the_part_of_speech_does_not() -> None:
    assert lemmas(["rette", "rette"], ["VERB", "VERB"], ["", "Tense=Past"]) == ["rette", "rede"]


@pytest.mark.parametrize(
    ("words", "pos", "lemma"),
    [
        (["i", "går"], ["ADP", "VERB"], "går"),
        (["I", "går"], ["ADP", "NOUN"], "går"),
        (["I", "går"], ["PRON", "VERB"], "gå"),
        (["han", "går"], ["PRON", "VERB"], "gå"),
    ],
)
def test_yesterday_is_not_a_form_of_to_go(words: list[str], pos: list[str], lemma: str) -> None:
    assert lemmas(words, pos)[1] == lemma


def test_a_lemma_that_is_set_stays() -> None:
    doc = Doc(spacy.blank("da").vocab, words=["huset"], pos=["NOUN"], lemmas=["andet"])
    assert LemmaTable(TABLE)(doc)[0].lemma_ == "andet"


def test_the_table_survives_saving(tmp_path: Path) -> None:
    LemmaTable(TABLE).to_disk(tmp_path)
    assert LemmaTable().from_disk(tmp_path).table == TABLE
