"""Sentence boundaries beside quotation marks."""

import pytest
import spacy
from spacy.tokens import Doc

from klumme.annotate.sentences import mend_abbreviations, mend_ends, mend_headlines, mend_quotes

CLOSING = (["Nej", ".", '"', "Han", "gik", "."], [False, False, True, True, False, False])
OPENING = (["Han", "kom", ".", '"', "Nej", "."], [True, False, True, False, False, False])


@pytest.mark.parametrize(
    ("text", "starts", "wanted"),
    [
        (CLOSING, [0, 2], [0, 3]),
        (CLOSING, [0, 3], [0, 3]),
        (OPENING, [0, 4], [0, 3]),
        (OPENING, [0, 3], [0, 3]),
    ],
)
def test_a_quotation_mark_goes_with_the_word_it_touches(text, starts, wanted):
    words, spaces = text
    begin = [i in starts for i in range(len(words))]
    doc = Doc(spacy.blank("da").vocab, words=words, spaces=spaces, sent_starts=begin)
    assert [token.i for token in mend_quotes(doc) if token.is_sent_start] == wanted


@pytest.mark.parametrize("words", [[], ['"'], ['"', '"']])
def test_nothing_but_quotation_marks_is_left_alone(words):
    doc = Doc(spacy.blank("da").vocab, words=words)
    assert len(mend_quotes(doc)) == len(words)


@pytest.mark.parametrize(
    ("text", "starts", "wanted"),
    [
        (CLOSING, [0], [0, 3]),
        (OPENING, [0], [0, 3]),
        ((["Nej", ".", '"', "sagde", "han", "."], [False, False, True, True, False, False]), [0], [0]),
    ],
)
def test_a_full_stop_before_a_capital_ends_a_sentence_across_a_quotation_mark(text, starts, wanted):
    words, spaces = text
    begin = [i in starts for i in range(len(words))]
    doc = Doc(spacy.blank("da").vocab, words=words, spaces=spaces, sent_starts=begin)
    assert [token.i for token in mend_ends(doc) if token.is_sent_start] == wanted


@pytest.mark.parametrize(
    ("words", "starts", "wanted"),
    [
        (["Den", "er", "4-cyl.", "og", "dyr"], [0, 3], [0]),
        (["Ca.", "fem", "år"], [0, 1], [0]),
        (["Den", "kom", ".", "ebay", "vandt"], [0, 3], [0, 3]),
        (["Han", "tøvede", "...", "så", "gik", "han"], [0, 3], [0, 3]),
        (["Kl.", "Han", "kom"], [0, 1], [0, 1]),
    ],
)
def test_no_sentence_begins_in_small_letters_behind_an_abbreviation(words, starts, wanted):
    doc = Doc(spacy.blank("da").vocab, words=words, sent_starts=[i in starts for i in range(len(words))])
    assert [token.i for token in mend_abbreviations(doc) if token.is_sent_start] == wanted


def begun(text: str) -> list[int]:
    """Where sentences begin in words with one space between, but none where two stand together with a `_`."""
    words = [word for part in text.split() for word in part.split("_")]
    spaces = [i == len(part.split("_")) - 1 for part in text.split() for i in range(len(part.split("_")))]
    doc = Doc(spacy.blank("da").vocab, words=words, spaces=spaces, sent_starts=[i == 0 for i in range(len(words))])
    return [token.i for token in mend_headlines(doc) if token.is_sent_start]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Oprøret lurer Det nye hensyn vejer", [0, 2]),
        ("Især ældre rammes Kan man forføres", [0, 3]),
        ("Han tøvede ... Det hjalp ikke", [0, 3]),
        ("Han tøvede… Det hjalp ikke".replace("…", " …"), [0, 3]),
        ("Elleve døde af narkomisbrug ( Foto : NN )", [0, 4]),
        ("Ingen genforhandling - Man overlever vel", [0, 2]),
        ('Falsk tyverianmeldelse "_Jeg så flyet', [0, 2]),
    ],
)
def test_a_word_that_opens_a_sentence_begins_one_behind_a_headline_without_a_stop(text, wanted):
    assert begun(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "Chefen for Den jyske Opera sang",
        "Vi rejste til Det Røde Hav",
        "Hun mødte Det Kongelige Teater",
        "Han kom , Det var sent",
        "Et ja til - Man tier stille",
        "Han hedder Hvem ved hvad",
        "Hun sagde Det var sent",
        'Hun sagde "_Jeg så flyet',
        'En "_katastrofe_" Det var sent'.replace("Det var", "Nu var"),
        'Man læser altid "_Den blå avis',
        "Vil De have en",
        "Sankt Hans fik besøg",
        "Ny bro - ny vej",
    ],
)
def test_a_name_a_title_or_a_quotation_begins_no_sentence(text):
    assert begun(text) == [0]
