"""The morphologizer that is held to what a known form can be."""

import numpy as np
import pytest
import spacy
from spacy.tokens import Doc
from spacy.training import Example
from thinc.api import NumpyOps

from klumme.annotate.danish import SHIPPED, load_pipeline
from klumme.annotate.forms import FormLexicon, FormMorphologizer
from klumme.workspace import open_workspace

PLAIN = {
    "parts": {"NOUN": ["marked", "tæppe", "tæpper", "hund", "film", "pige"], "VERB": ["tænde"]},
    "nouns": {
        "Neut|Ind|Sing": ["marked", "tæppe"],
        "Neut|Ind|Plur": ["tæpper"],
        "Com|Ind|Sing": ["hund", "film", "pige"],
        "Neut|Def|Sing": ["markedet"],
    },
}
COMMON, NEUTER = "Definite=Ind|Gender=Com|Number=Sing", "Definite=Ind|Gender=Neut|Number=Sing"
PLURAL, VERB = "Definite=Ind|Gender=Com|Number=Plur", "VerbForm=Inf|Voice=Act"
LABELS = [("hund", "NOUN", COMMON), ("hus", "NOUN", NEUTER), ("hunde", "NOUN", PLURAL), ("gå", "VERB", VERB)]
LIKED = np.array([0.4, 0.3, 0.2, 0.1])  # what the network thinks of the four labels


@pytest.fixture(scope="module")
def nlp():
    nlp = spacy.blank("da")
    nlp.add_pipe("tok2vec")
    nlp.add_pipe("klumme_morphologizer", name="morphologizer").use(PLAIN)
    words, pos, morphs = zip(*LABELS, strict=True)
    gold = Doc(nlp.vocab, words=list(words), pos=list(pos), morphs=list(morphs))
    nlp.initialize(lambda: [Example(Doc(nlp.vocab, words=list(words)), gold)] * 3)
    return nlp


@pytest.fixture
def chosen(nlp, monkeypatch):
    """What is chosen for a word by a network that ranks the labels as LIKED, or in another order."""

    def choose(word: str, *order: int) -> tuple[str, str]:
        held: FormMorphologizer = nlp.get_pipe("morphologizer")
        scores = LIKED[np.argsort(order)] if order else LIKED
        monkeypatch.setattr(held, "model", Told(scores))
        doc = held(Doc(nlp.vocab, words=[word]))
        return doc[0].pos_, str(doc[0].morph)

    return choose


class Told:
    """A network that says what it was told of every word."""

    ops = NumpyOps()

    def __init__(self, scores: np.ndarray) -> None:
        self.scores = scores

    def predict(self, docs: list[Doc]) -> list[np.ndarray]:
        return [np.tile(self.scores, (len(doc), 1)) for doc in docs]


def test_a_known_noun_has_the_gender_of_the_lexicon(chosen):
    assert chosen("marked") == ("NOUN", NEUTER)


def test_a_compound_has_the_gender_of_its_known_ending(chosen):
    assert chosen("gulvtæppe") == ("NOUN", NEUTER)


def test_a_form_that_is_not_known_stays_as_the_network_has_it(chosen):
    assert chosen("gris") == ("NOUN", COMMON)


def test_a_form_that_is_never_a_noun_is_made_none(chosen):
    assert chosen("tænde") == ("VERB", VERB)


def test_a_verb_whose_ending_is_known_as_a_noun_alone_is_made_one(chosen):
    assert chosen("gulvtæppe", 3, 1, 0, 2) == ("NOUN", NEUTER)


def test_what_the_lexicon_allows_is_left_to_the_network(chosen):
    assert chosen("film", 2, 0, 1, 3) == ("NOUN", PLURAL)


def test_a_plural_that_cannot_look_like_the_singular_is_none(chosen):
    assert chosen("pige", 2, 0, 1, 3) == ("NOUN", COMMON)


def test_where_no_label_fits_the_network_decides(chosen):
    assert chosen("tæpper") == ("NOUN", COMMON)


def test_a_genitive_is_looked_up_without_its_s():
    lexicon = FormLexicon(PLAIN)
    assert lexicon.readings("tæppes") == lexicon.readings("tæppe")
    assert "NOUN" in lexicon.parts("markeds")


def test_a_form_without_letters_is_known_as_nothing():
    lexicon = FormLexicon(PLAIN)
    assert not lexicon.parts("") | lexicon.parts_by_ending("s") | lexicon.readings("'s")


def test_the_lexicon_is_saved_with_what_was_trained(nlp, tmp_path):
    nlp.to_disk(tmp_path)
    again = spacy.load(tmp_path)
    assert again.get_pipe("morphologizer").lexicon.plain == PLAIN
    copied = spacy.blank("da")
    copied.add_pipe("tok2vec")
    copied.add_pipe("klumme_morphologizer", name="morphologizer")
    copied.from_bytes(nlp.to_bytes())
    text = "gulvtæppe og hund"
    assert [t.morph for t in again(text)] == [t.morph for t in nlp(text)] == [t.morph for t in copied(text)]


def test_documents_without_words_are_left_alone(nlp):
    assert len(nlp.get_pipe("morphologizer")(Doc(nlp.vocab))) == 0


@pytest.fixture(scope="module")
def shipped():
    return load_pipeline(SHIPPED, open_workspace())


@pytest.mark.parametrize(
    ("text", "word", "pos", "gender"),
    [
        ("Hun købte et gulvtæppe.", "gulvtæppe", "NOUN", ["Neut"]),
        ("Der er mange valutamarkeder.", "valutamarkeder", "NOUN", ["Neut"]),
        ("Vandet udhuler skrænten.", "udhuler", "VERB", []),
        ("Reglerne afgrænser området.", "afgrænser", "VERB", []),
        ("De skades af støjen.", "skades", "VERB", []),
    ],
)
def test_the_shipped_pipeline_knows_rare_nouns_and_leaves_verbs_behind_a_prefix_alone(shipped, text, word, pos, gender):
    (token,) = (token for token in shipped(text) if token.text == word)
    assert (token.pos_, token.morph.get("Gender")) == (pos, gender)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Han gik derned i går.", "derned"),
        ("De er heroppe nu.", "heroppe"),
        ("Hun er derhenne igen.", "derhenne"),
    ],
)
def test_the_shipped_pipeline_knows_the_closed_class_of_adverbs_of_place(shipped, text, word):
    (token,) = (token for token in shipped(text) if token.text == word)
    assert (token.pos_, token.lemma_) == ("ADV", word)
