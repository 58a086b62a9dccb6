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


PATTERNS = {
    "kørsel|NOUN": "kørsel",
    "boble|NOUN": "boble",
    "møbel|NOUN": "møbel",
    "hus|NOUN": "hus",
    "parcelhus|NOUN": "parcelhus",
    "rækkehus|NOUN": "rækkehus",
    "*en|NOUN|D": "2 1",
    "*slen|NOUN|D": "1 3el",
    "*ler|NOUN|P": "1 3el",
    "*e|NOUN|P": "0 1",
    "*er|VERB|": "1",
}


def by_pattern(form: str, tag: str = "P", pos: str = "NOUN") -> str:
    table = {key.replace("|D", "|Definite=Def").replace("|P", "|Number=Plur"): v for key, v in PATTERNS.items()}
    morph = {"D": "Definite=Def", "P": "Number=Plur", "": ""}[tag]
    doc = Doc(spacy.blank("da").vocab, words=[form], pos=[pos], morphs=[morph])
    return LemmaTable(table)(doc)[0].lemma_


def test_a_rare_form_has_the_known_lemma_among_what_the_patterns_make_of_it() -> None:
    assert [by_pattern("kørslen", "D"), by_pattern("parcelhuse"), by_pattern("møbler")] == [
        "kørsel",
        "parcelhus",
        "møbel",
    ]


def test_a_rare_compound_has_the_lemma_that_ends_in_a_known_one() -> None:
    assert [by_pattern("kuglemøbler"), by_pattern("buskørslen", "D")] == ["kuglemøbel", "buskørsel"]


def test_where_no_lemma_is_known_the_likeliest_pattern_of_the_longest_ending_decides() -> None:
    assert [by_pattern("vrøvlen", "D"), by_pattern("gavler"), by_pattern("twerker", "", "VERB")] == [
        "vrøvl",
        "gavle",
        "twerke",
    ]


def test_a_pattern_of_other_features_or_of_another_part_of_speech_says_nothing() -> None:
    assert [by_pattern("kørslen", "P"), by_pattern("kørslen", "D", "ADJ")] == ["", ""]


def test_the_capital_before_a_hyphen_stays_and_the_one_that_begins_a_sentence_goes() -> None:
    assert [by_pattern("IKEA-møbler"), by_pattern("Ikea-møbler"), by_pattern("Møbler")] == [
        "IKEA-møbel",
        "Ikea-møbel",
        "møbel",
    ]


@pytest.mark.parametrize("word", ["x", "-", "e", "42", "er", "øl"])
def test_a_short_or_odd_word_gets_no_lemma_by_pattern(word: str) -> None:
    assert by_pattern(word) == ""
