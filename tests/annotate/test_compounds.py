"""The compound splitter: its rules on a small lexicon, and its accuracy with the shipped one."""

from pathlib import Path

import pytest
import spacy
from spacy.tokens import Doc

from klumme.annotate.compounds import CompoundSplitter, Lexicon, make_compound_splitter, split_compound

HERE = Path(__file__).parent
SHIPPED = HERE.parents[1] / "models" / "danish" / "da_klumme_sm" / "klumme_compounds"
SMALL = Lexicon(
    heads={"plan": 9, "skole": 8, "leder": 5, "marked": 3, "politik": 9},
    modifiers={
        "kommune": ("kommune", 7),
        "skole": ("skole", 9),
        "folke": ("folk", 5),
        "arbejds": ("arbejde", 9),
        "marked": ("marked", 2),
        "markeds": ("marked", 2),
    },
    whole=frozenset({"skoleplan"}),
)


def gold() -> list[tuple[str, tuple[str, ...]]]:
    """The words of compounds.tsv with their parts."""
    lines = (HERE / "compounds.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return [(word, tuple(parts.split())) for word, parts in rows]


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("kommuneplan", ("kommune", "plan")),
        ("folkeskole", ("folk", "skole")),
        ("folkeskoleleder", ("folk", "skole", "leder")),
        ("arbejdsmarkedspolitik", ("arbejde", "marked", "politik")),
    ],
)
def test_a_compound_gives_its_base_words_without_linking_sounds(word: str, parts: tuple[str, ...]) -> None:
    assert split_compound(word, SMALL) == parts


@pytest.mark.parametrize("word", ["plan", "menneske", "skoleplan", "", "å", "planplan"])
def test_what_is_no_compound_stays_whole(word: str) -> None:
    assert split_compound(word, SMALL) == (word,)


def test_a_hyphen_always_divides() -> None:
    assert split_compound("EU-kommuneplan", SMALL) == ("EU", "kommune", "plan")
    assert split_compound("-", SMALL) == ("-",)


def test_the_lexicon_survives_saving(tmp_path: Path) -> None:
    CompoundSplitter(SMALL).to_disk(tmp_path)
    assert CompoundSplitter().from_disk(tmp_path).lexicon == SMALL


def test_tokens_tell_their_parts_and_others_their_lemma() -> None:
    nlp = spacy.blank("da")
    splitter = make_compound_splitter(nlp, "klumme_compounds")
    splitter.lexicon = SMALL
    words, lemmas = ["Folkeskolens", "leder"], ["folkeskole", "leder"]
    doc = splitter(Doc(nlp.vocab, words=words, lemmas=lemmas, pos=["NOUN", "NOUN"]))
    assert [token._.parts for token in doc] == [("folk", "skole"), ("leder",)]


def test_names_are_not_split() -> None:
    nlp = spacy.blank("da")
    splitter = make_compound_splitter(nlp, "klumme_compounds")
    splitter.lexicon = SMALL
    doc = splitter(Doc(nlp.vocab, words=["Folkeskole"], lemmas=["folkeskole"], pos=["PROPN"]))
    assert doc[0]._.parts == ("folkeskole",)


def test_the_list_has_five_hundred_compounds_and_two_hundred_other_words() -> None:
    sizes = [len(parts) > 1 for _, parts in gold()]
    assert sum(sizes) >= 500
    assert len(sizes) - sum(sizes) >= 200


@pytest.mark.skipif(not SHIPPED.exists(), reason="no trained pipeline here; run make language-model")
def test_the_shipped_lexicon_is_right_for_nine_words_in_ten() -> None:
    splitter = CompoundSplitter().from_disk(SHIPPED)
    rows = gold()
    right = {many: [splitter.split(w) == p for w, p in rows if (len(p) > 1) == many] for many in (True, False)}
    assert sum(right[True]) / len(right[True]) >= 0.88
    assert sum(right[False]) / len(right[False]) >= 0.95


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("rugbrød", ("rug", "brød")),
        ("spildevand", ("spilde", "vand")),
        ("specialklasse", ("speciel", "klasse")),
        ("kriminalforsorg", ("kriminel", "forsorg")),
        ("operatør", ("operatør",)),
        ("portør", ("portør",)),
    ],
)
def test_the_shipped_lexicon_knows_short_nouns_adjectives_in_al_and_what_is_an_ending_only(word, parts) -> None:
    assert CompoundSplitter().from_disk(SHIPPED).split(word) == parts
