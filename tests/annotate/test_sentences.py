"""Sentence boundaries beside quotation marks."""

import pytest
import spacy
from spacy.tokens import Doc

from klumme.annotate.sentences import mend_abbreviations, mend_ends, mend_quotes

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
