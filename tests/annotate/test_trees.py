"""The trained lemmatizer that looks only at words without a lemma."""

import pytest
import spacy
from spacy.tokens import Doc
from spacy.training import Example

import klumme.annotate.trees  # noqa: F401 (registers the component)


@pytest.fixture(scope="module")
def nlp():
    nlp = spacy.blank("da")
    nlp.add_pipe("tok2vec")
    nlp.add_pipe("klumme_trees")
    words, lemmas = ["husene", "bordene", "benene", "årene"], ["hus", "bord", "ben", "år"]
    gold = Doc(nlp.vocab, words=words, lemmas=lemmas)
    examples = [Example(Doc(nlp.vocab, words=words), gold) for _ in range(3)]
    nlp.initialize(lambda: examples)
    return nlp


def run(nlp, doc):
    for _, pipe in nlp.pipeline:
        doc = pipe(doc)
    return [token.lemma_ for token in doc]


def test_every_word_gets_a_lemma(nlp):
    assert all(run(nlp, Doc(nlp.vocab, words=["husene", "og", "x"])))


def test_a_lemma_that_is_there_stays(nlp):
    doc = Doc(nlp.vocab, words=["husene", "bordene"], lemmas=["villa", ""])
    assert run(nlp, doc)[0] == "villa"


def test_documents_without_open_words_or_without_words_are_left_alone(nlp):
    full = Doc(nlp.vocab, words=["husene"], lemmas=["villa"])
    assert run(nlp, full) == ["villa"]
    assert run(nlp, Doc(nlp.vocab)) == []


def test_many_documents_keep_their_own_words(nlp):
    docs = [Doc(nlp.vocab, words=["husene"], lemmas=["villa"]), Doc(nlp.vocab, words=["bordene", "x"])]
    docs = list(nlp.get_pipe("klumme_trees").pipe(nlp.get_pipe("tok2vec").pipe(docs), batch_size=2))
    assert docs[0][0].lemma_ == "villa"
    assert docs[1][0].lemma_ in {"bord", "bordene"}
    assert docs[1][1].lemma_ == "x"
