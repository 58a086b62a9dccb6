from itertools import pairwise

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.preprocessing import normalize

from klumme.themes.carriers import take_apart
from klumme.themes.examples import make_examples
from klumme.themes.features import fit_features, words_document
from klumme.themes.readings import Token, by_sentence
from klumme.themes.train import train

TEXTS = ["Ål på 12 øre. Ål igen!", "Byrådet tog sagen. Og sagen tog byrådet i 1997.", "", "  ", "a\u00a0b a", "🦊 🦊"]


@pytest.fixture
def readings(reader):
    return reader.read(TEXTS * 3)


def _words_and_pairs(document):
    words = document.split()
    return words + list(map(" ".join, pairwise(words)))


def _as_scikit_learn_fits(documents, least, **kind):
    """The terms, and the features of the documents, as scikit-learn's own vectorizer has them."""
    whole = TfidfVectorizer(lowercase=False, sublinear_tf=True, min_df=least, norm=None, **kind)
    matrix, terms = whole.fit_transform(documents).toarray(), whole.get_feature_names_out()
    kept = ["|" not in term for term in terms]
    return terms[kept].tolist(), normalize(matrix[:, kept])


def test_characters_counted_token_by_token_are_those_of_the_running_text(readings):
    features, matrix = fit_features(readings)
    running = [" ".join(token.form.lower() for token in reading) for reading in readings]
    levelled = ["".join("0" if c.isdigit() else c for c in text) for text in running]
    terms, expected = _as_scikit_learn_fits(levelled, 3, analyzer="char_wb", ngram_range=(3, 5))
    assert list(features.chars.terms) == terms
    for found in (matrix, features.matrix(readings)):
        np.testing.assert_allclose(found.toarray()[:, len(features.words.terms) :], expected, atol=1e-6)


def test_words_are_counted_alone_and_in_pairs_within_a_sentence(readings):
    features, matrix = fit_features(readings)
    # A word of no view between two sentences parts them.
    documents = [" | ".join(map(words_document, by_sentence(reading))) for reading in readings]
    terms, expected = _as_scikit_learn_fits(documents, 2, analyzer=_words_and_pairs)
    assert list(features.words.terms) == terms
    assert {"byrådet tog", "og sagen"} <= set(terms)
    assert not {"sagen og", "øre ål"} & set(terms)
    for found in (matrix, features.matrix(readings)):
        np.testing.assert_allclose(found.toarray()[:, : len(terms)], expected, atol=1e-6)


def test_a_term_stands_in_enough_passages_not_sentences_or_is_left_out(reader):
    features, _ = fit_features(reader.read(["Ål ål ål. Sild. Sild.", "Ål.", "Ål."]), least=2)
    assert features.words.terms == ("ål",)


def test_counts_of_some_passages_are_those_of_reading_them_alone(readings):
    features, _ = fit_features(readings)
    some = features.count(readings).of([1, 2, 4])
    alone = features.matrix([readings[k] for k in (1, 2, 4)])
    np.testing.assert_allclose(features.weigh_whole(some).toarray(), alone.toarray(), atol=1e-6)


def test_a_passage_without_a_sentence_is_what_reading_the_rest_gives(labelled, reader):
    model = train(make_examples(labelled, ("ejerskab", "penge"), reader), {"version": "v1", "encoder": ""}).model
    reading = tuple(
        Token(form, form.lower(), "NOUN", (), sentence, 10 * sentence)
        for sentence, forms in enumerate(["Byrådet tog sagen", "Kroner manglede i byrådet", "Det regnede"])
        for form in forms.split()
    )
    (passage,) = take_apart(model, [("x" * 40, reading)], model.features.count([reading]), [None])
    rest = [tuple(token for token in reading if token.sentence != number) for number in range(3)]
    expected = model.words.log_odds(model.features.matrix([reading, *rest]))
    np.testing.assert_allclose(passage.odds, expected, atol=1e-5)
