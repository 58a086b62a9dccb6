from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest

from klumme.depot import Depot, Part
from klumme.settings import TagSettings
from klumme.tables import Tables
from klumme.themes import encoder as module
from klumme.themes import registry, scoring
from klumme.themes.carriers import carriers, share_out, take_apart
from klumme.themes.encoder import Encoder, Pieces, Vectors, open_encoder
from klumme.themes.evaluate import AUTHORS, splits
from klumme.themes.examples import LEAST, make_examples
from klumme.themes.model import BOTH, WORDS
from klumme.themes.scoring import make_scorer, open_scorer
from klumme.themes.train import train
from klumme.themes.vectors import COLUMNS, passage_vectors
from klumme.themes.workers import score
from klumme.workspace import find_home

FACTS = {"version": "v1", "encoder": "toy-1", "sklearn": "1"}
THEMES = ("ejerskab", "penge")
SHIPPED = find_home() / "models" / "encoder" / "klumme-e5-da"
# What a reader of meaning would see and the words of one theme do not share.
SIGNS = ("byråd", "udvalg", "rådet", "kroner", "budget", "dyr")


@dataclass
class Toy:
    """An encoder whose pieces are words, each a vector of the signs that it holds."""

    name: str = "toy-1"
    learnt: frozenset[str] = frozenset()
    encoded: list[str] = field(default_factory=list)

    def fresh(self, texts):
        return np.array([text not in self.learnt for text in texts])

    def encode(self, texts, progress=None, look=None):
        self.encoded += texts
        for row, pieces in enumerate(self.pieces(texts)):
            if look:
                look(row, pieces)
        themes = np.array([piece.states.mean(axis=0) for piece in self.pieces(texts)], dtype=np.float32)
        return Vectors(themes, themes / np.maximum(np.linalg.norm(themes, axis=1, keepdims=True), 1e-9))

    def pieces(self, texts):
        for text in texts:
            words, at, spans = text.split(), 0, []
            for word in words:
                at = text.index(word, at)
                spans.append((at, at + len(word)))
                at += len(word)
            states = [[float(sign in word) for sign in SIGNS] for word in words]
            yield Pieces(tuple(spans), np.array(states, dtype=np.float32))


@pytest.fixture
def examples(labelled, reader):
    return make_examples(labelled, THEMES, reader, Toy())


def _learnt(labelled, share):
    return frozenset(one.passage.text for one in labelled[: int(share * len(labelled))])


def test_passages_that_the_encoder_has_learnt_from_are_not_judged(labelled, reader):
    trained = train(make_examples(labelled, THEMES, reader, Toy(learnt=_learnt(labelled, 0.5))), FACTS)
    assert not trained.tested[:120].any()
    assert trained.tested[120:].all()


def test_no_fold_of_an_evaluation_tests_what_the_encoder_has_learnt_from(labelled, reader):
    examples = make_examples(labelled, THEMES, reader, Toy(learnt=_learnt(labelled, 0.25)))
    tested = np.concatenate([held for _, held in splits(examples)[AUTHORS]])
    assert sorted(tested.tolist()) == list(range(60, 240))


def test_what_the_encoder_has_learnt_sets_no_probability(labelled, reader):
    """Answers turned round among the passages it has learnt from change the words' calibration, not the fused one."""
    some = make_examples(labelled, THEMES, reader, Toy(learnt=_learnt(labelled, 0.5)))
    fused = train(some, FACTS).model.fusions
    alone = train(replace(some, fresh=np.ones(240, dtype=bool)), FACTS).model.fusions
    np.testing.assert_array_equal(fused[WORDS].slopes, alone[WORDS].slopes)
    assert not np.allclose(fused[BOTH].slopes, alone[BOTH].slopes)


def test_a_theme_with_few_passages_that_are_new_to_the_encoder_is_left_to_the_words(labelled, reader):
    new = [one for one in labelled if "penge" not in one.themes or not one.themes["penge"]][:80]
    learnt = frozenset(one.passage.text for one in labelled) - {one.passage.text for one in new}
    examples = make_examples(labelled, THEMES, reader, Toy(learnt=learnt))
    assert np.nansum(examples.answers[examples.fresh, 1]) < LEAST
    fusions = train(examples, FACTS).model.fusions
    assert fusions[BOTH].slopes[1, 1] == 0
    assert fusions[BOTH].thresholds[1] == fusions[WORDS].thresholds[1]
    assert fusions[BOTH].slopes[0, 1] != 0


def test_a_model_uses_only_the_encoder_that_it_was_trained_with(examples):
    model = train(examples, FACTS).model
    assert make_scorer(model, Toy()).encoder is not None
    assert make_scorer(model, Toy(name="toy-2")).encoder is None
    assert make_scorer(model, Toy(name="toy-2")).version == "v1-words"


def test_settings_may_leave_the_encoder_out(examples, workspace, monkeypatch):
    registry.save(train(examples, FACTS).model, workspace.new_themes / "v1")
    registry.promote(workspace.new_themes, "v1", "the first")
    monkeypatch.setattr(scoring, "open_encoder", lambda workspace: Toy())
    assert open_scorer(workspace, TagSettings()).version == "v1"
    assert open_scorer(workspace, TagSettings(words_only=True)).version == "v1-words"


def test_the_words_that_spoke_to_the_encoder_are_named(examples, reader):
    model, text = train(examples, FACTS).model, "Det regnede. Kommunalbyrådet smilede."
    only_dense = replace(model, words=replace(model.words, weights=model.words.weights * 0))
    (reading,) = reader.read([text])
    counts, share = model.features.count([reading]), share_out(model, *Toy().pieces([text]))
    (passage,) = take_apart(only_dense, [(text, reading)], counts, [share])
    sentence, word, *_ = carriers(only_dense, passage, 0)
    assert (sentence.term, word.term) == ("Kommunalbyrådet smilede.", "Kommunalbyrådet")
    assert carriers(only_dense, replace(passage, share=None), 0) == ()


def test_what_the_pieces_add_comes_to_the_log_odds_of_the_encoder(examples):
    model, text = train(examples, FACTS).model, "I går tog byrådet sagen på sig"
    (pieces,), vectors = Toy().pieces([text]), Toy().encode([text]).themes
    added = share_out(model, pieces).added.sum(axis=0)
    at_centre = model.dense.log_odds(model.dense.centre[None, :])[0]
    np.testing.assert_allclose(added + at_centre, model.dense.log_odds(vectors)[0], rtol=1e-4)


def test_each_vector_is_computed_once_and_kept(workspace):
    toy, tables = Toy(), Tables(workspace)
    first = passage_vectors(tables, toy, [("p1", "byrådet"), ("p2", "budget")])
    again = passage_vectors(tables, toy, [("p2", "budget"), ("p3", "kroner"), ("p1", "byrådet")])
    assert toy.encoded == ["byrådet", "budget", "kroner"]
    np.testing.assert_array_equal(again.themes[[2, 0]], first.themes)
    np.testing.assert_array_equal(again.meaning[[2, 0]], first.meaning)


def test_a_worker_who_sees_no_tables_uses_the_vectors_that_came_with_its_work(workspace, tmp_path):
    toy, tables, batch = Toy(), Tables(workspace), [("p1", "byrådet"), ("p2", "budget")]
    once = passage_vectors(tables, toy, batch)
    depot = Depot(f"local://{tmp_path}/depot", tables.rows_of("vectors", toy.name, ["p1"], COLUMNS))
    again = passage_vectors(depot, toy, batch, "key")
    np.testing.assert_array_equal(again.themes, once.themes)
    assert toy.encoded == ["byrådet", "budget", "budget"]
    assert depot.stored == [Part("vectors", toy.name, "key.parquet")]


def test_another_encoder_computes_vectors_of_its_own(workspace):
    tables, other = Tables(workspace), Toy(name="toy-2")
    passage_vectors(tables, Toy(), [("p1", "byrådet")])
    passage_vectors(tables, other, [("p1", "byrådet")])
    assert other.encoded == ["byrådet"]


def test_without_what_runs_it_there_is_no_encoder(workspace, monkeypatch):
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    assert open_encoder(workspace) is None


def test_a_folder_without_an_encoder_is_none(tmp_path, workspace):
    assert open_encoder(replace(workspace, root=tmp_path, home=tmp_path)) is None


@pytest.fixture(scope="module")
def shipped():
    return Encoder(SHIPPED)


TEXTS = [
    "Byrådet tog sagen på sig og holdt fast, da det blev svært.",
    "Udvalget stod bag medarbejderne hele vejen igennem og lod dem ikke i stikken, selv om der kom kritik i avisen.",
    "Solsorten sang.",
]


def test_the_mean_of_a_texts_pieces_is_its_vector(shipped):
    vectors = shipped.encode(TEXTS)
    means = np.array([piece.states.mean(axis=0) for piece in shipped.pieces(TEXTS)])
    np.testing.assert_allclose(vectors.themes, means, atol=2e-3)
    np.testing.assert_allclose(np.linalg.norm(vectors.meaning, axis=1), 1, atol=2e-3)


def test_a_texts_vector_does_not_depend_on_its_company(shipped):
    together = shipped.encode(TEXTS)
    for row, text in enumerate(TEXTS):
        np.testing.assert_array_equal(shipped.encode([text]).themes[0], together.themes[row])


def test_pieces_stand_where_they_stand_in_the_text(shipped):
    (pieces,) = shipped.pieces(["Rådhusets ærlige ål."])
    words = "".join("Rådhusets ærlige ål."[start:end] for start, end in pieces.spans)
    assert words.replace(" ", "") == "Rådhusetsærligeål."


def test_texts_alike_in_meaning_lie_nearer_than_others(shipped):
    meaning = shipped.encode(
        [
            "Der er for få pædagoger i børnehaven.",
            "Børnehaverne mangler personale.",
            "Broen over fjorden blev malet blå.",
        ]
    ).meaning
    assert meaning[0] @ meaning[1] > meaning[0] @ meaning[2]


@pytest.mark.parametrize("text", ["", " \n", "🦊", "ordet " * 3000, "a\x00b"])
def test_any_text_has_a_vector(shipped, text):
    assert np.isfinite(shipped.encode([text]).themes).all()


def test_the_encoder_has_learnt_neither_from_the_sample_nor_from_what_is_kept_apart(shipped):
    from klumme.themes.passages import sample_passages, training_passages

    sample = Path(find_home()) / "corpus" / "sample"
    assert shipped.fresh([passage.text for passage in sample_passages(sample / "articles")]).all()
    written = list(training_passages(sample / "passages"))
    fresh = shipped.fresh([passage.text for passage in written])
    kept_apart = {"p24", "p25", "p26", "p33", "p47", "p48"}
    assert [passage.source in kept_apart for passage in written] == fresh.tolist()


def test_tagging_runs_each_text_through_the_encoder_once(examples, workspace, reader):
    toy, model = Toy(), train(examples, FACTS).model
    run_again, texts = [], [("p1", "I går tog byrådet sagen på sig."), ("p2", "Det regnede.")]
    toy.pieces = lambda some, whole=toy.pieces: run_again.extend(some) or whole(some)
    shares = {}
    vectors = passage_vectors(
        Tables(workspace), toy, texts, look=lambda passage, pieces: shares.update({passage: share_out(model, pieces)})
    )
    readings = reader.read([text for _, text in texts])
    run_again.clear()
    spared = score(make_scorer(model, toy), texts, readings, vectors.themes, shares)
    assert run_again == []
    assert spared == score(make_scorer(model, toy), texts, readings, vectors.themes)
    assert run_again == [texts[0][1]]


def test_what_is_looked_at_on_the_way_is_what_the_pieces_say_by_themselves(shipped):
    seen = {}
    shipped.encode(TEXTS, look=lambda row, pieces: seen.update({row: pieces}))
    for row, pieces in enumerate(shipped.pieces(TEXTS)):
        assert seen[row].spans == pieces.spans
        np.testing.assert_array_equal(seen[row].states, pieces.states)
