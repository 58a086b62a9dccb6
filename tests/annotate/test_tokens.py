"""The tokenizer that parts a number from the full stop that ends its sentence."""

from pathlib import Path

import pytest
import spacy

from klumme.annotate.tokens import StopTokenizer, make_stop_tokenizer


@pytest.fixture(scope="module")
def tokenizer() -> StopTokenizer:
    return make_stop_tokenizer()(spacy.blank("da"))


def parted(tokenizer: StopTokenizer, text: str) -> list[str]:
    """The tokens that have a digit, each with the next where that is a full stop by itself."""
    doc = tokenizer(text)
    assert doc.text == text
    pairs = zip(doc, [*doc[1:], None], strict=True)
    return [f"{t} ." if n is not None and n.text == "." else t.text for t, n in pairs if any(map(str.isdigit, t.text))]


@pytest.mark.parametrize(
    "text",
    [
        "Den yngste er 23.",
        "Den yngste er 23.\n\nHun bor her.",
        "Den yngste er 23. Hun bor her.",
        "Det var den 23. Hun kom for sent.",
        "Åbent til kl. 23. Kommunen betaler.",
        "»Jeg er 23.« Og så gik han.",
        'Han sagde: "Jeg er 23."',
        "Gerda, 23. Hun bor her.",
    ],
)
def test_a_number_that_ends_a_sentence_gives_its_full_stop_back(tokenizer, text):
    assert parted(tokenizer, text) == ["23 ."]


@pytest.mark.parametrize(
    "text",
    [
        "Den 23. marts kom hun.",
        "Den 23.  marts kom hun.",
        "Det var den 23. Marts.",
        "Landene i den 23. Verden.",
        "Børnene i 23. C har fri.",
        "23. Byg flere boliger.",
        "Vi vil:\n23. Byg flere boliger.",
        "Først det. 23. Byg flere boliger.",
        "Filmen »Fredag den 23.« er god.",
        'Han valgte den 23. "Rose" som sin.',
    ],
)
def test_an_ordinal_keeps_it(tokenizer, text):
    assert parted(tokenizer, text) == ["23."]


def test_spaces_and_lines_stay_where_they_were(tokenizer):
    doc = tokenizer("Hun er 3.  Og han er 5.\nDe bor her.")
    assert [(t.text, t.whitespace_) for t in doc][2:6] == [("3", ""), (".", " "), (" ", ""), ("Og", " ")]


def test_an_empty_text_has_no_tokens(tokenizer):
    assert len(tokenizer("")) == 0


def test_a_pipeline_keeps_the_tokenizer_when_it_is_saved(tmp_path: Path):
    config = {"nlp": {"tokenizer": {"@tokenizers": "klumme_tokenizer"}}}
    spacy.blank("da", config=config).to_disk(tmp_path)
    again = spacy.load(tmp_path)
    assert [t.text for t in again("Hun er 23.")] == ["Hun", "er", "23", "."]
