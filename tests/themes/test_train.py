from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from klumme.themes.calibration import best_threshold, natural_weights, thresholds
from klumme.themes.codebook import load_codebook
from klumme.themes.examples import answers, labels_hash, make_examples, trainable
from klumme.themes.measure import figures
from klumme.themes.model import BOTH, WORDS
from klumme.themes.train import (
    Recipe,
    folds,
    strange_log_odds,
    train,
)

FACTS = {"version": "v1", "encoder": "", "sklearn": "1"}
THEMES = ("ejerskab", "penge")


@pytest.fixture
def examples(labelled, reader):
    return make_examples(labelled, THEMES, reader)


def _shifted(examples, natural):
    """The same examples, of which only some are natural."""
    passages = [replace(p, natural=bool(n)) for p, n in zip(examples.passages, natural, strict=True)]
    return replace(examples, passages=passages)


def test_a_model_tells_themes_apart_by_what_is_said(examples):
    found = figures(train(examples, FACTS).judged)
    assert found["micro"]["f1"][0] > 0.95
    assert found["themes"]["penge"]["ap"][0] > 0.95


def test_training_twice_gives_the_same_model(examples):
    first, second = train(examples, FACTS), train(examples, FACTS)
    assert np.array_equal(first.held_out, second.held_out)
    assert np.array_equal(first.model.words.weights, second.model.words.weights)


def test_training_in_several_processes_gives_the_same_model(examples, monkeypatch):
    alone = train(examples, FACTS)
    monkeypatch.setattr("klumme.themes.train.ALONE", 0)
    spread = train(examples, FACTS)
    assert np.array_equal(alone.held_out, spread.held_out)
    assert np.array_equal(alone.model.best.thresholds, spread.model.best.thresholds)


def test_no_author_is_on_both_sides_of_a_split(examples):
    for learnt, tested in folds(examples):
        assert set(examples.groups[learnt]).isdisjoint(examples.groups[tested])


def test_held_out_probabilities_come_from_models_that_have_not_seen_the_passage(examples):
    noise = np.random.default_rng(0).integers(0, 2, examples.answers.shape).astype(float)
    trained = train(replace(examples, answers=noise), FACTS)
    seen = trained.model.words.log_odds(trained.model.features.matrix(examples.readings))
    assert abs(np.corrcoef(trained.held_out[:, 0], noise[:, 0])[0, 1]) < 0.3
    assert np.corrcoef(seen[:, 0], noise[:, 0])[0, 1] > 0.5


def test_a_model_with_vectors_also_decides_without_them(examples):
    vectors = np.random.default_rng(1).normal(size=(240, 8)) + 3 * examples.answers[:, :1]
    model = train(replace(examples, vectors=vectors), FACTS).model
    assert set(model.fusions) == {WORDS, BOTH}
    with_vectors, without = model.scores(examples.readings, vectors), model.scores(examples.readings)
    assert with_vectors.shape == without.shape == (240, 2)
    assert not np.allclose(with_vectors, without)


def test_open_answers_are_neither_yes_nor_no(labelled, reader):
    some = [replace(one, themes=one.themes | {"penge": None}) if i % 3 == 0 else one for i, one in enumerate(labelled)]
    assert np.isnan(answers(some, THEMES)[0, 1])
    trained = train(make_examples(some, THEMES, reader), FACTS)
    assert np.isfinite(trained.held_out).all()
    assert figures(trained.judged)["themes"]["penge"]["f1"][0] > 0.9


def test_passages_written_for_training_are_weighed_to_the_share_of_natural_ones(examples):
    natural = np.arange(240) >= 120
    column = np.where(natural, np.arange(240) % 5 == 0, np.arange(240) % 2 == 0).astype(float)
    shifted = _shifted(replace(examples, answers=np.column_stack([column, column])), natural)
    weights = natural_weights(shifted)[:, 0]
    assert (weights[natural] == 1).all()
    written = ~natural
    assert np.average(column[written], weights=weights[written]) == pytest.approx(0.2)


def test_probabilities_hold_where_themes_are_rare_though_they_were_learnt_where_they_abound(examples):
    natural = np.arange(240) >= 120
    rare = natural & (examples.answers[:, 0] == 1) & (np.arange(240) % 3 > 0)
    shifted = _shifted(examples, natural).rows(~rare)
    trained = train(shifted, FACTS)
    found = figures(trained.judged.rows(shifted.natural))
    assert found["micro"]["ece"][0] < 0.05


def test_probabilities_are_set_on_sources_that_the_members_have_not_seen(examples):
    passages = [replace(p, source=f"column {i % 3}") for i, p in enumerate(examples.passages)]
    marked = replace(examples, passages=passages)
    matrix = np.column_stack([examples.answers[:, 0] * (np.arange(240) % 3 == k) for k in range(3)])
    seen = [np.full((240, 2), 9.0)]
    strange = strange_log_odds(marked, csr_matrix(matrix), Recipe(), seen)[0]
    assert len({round(float(x), 6) for x in strange[np.arange(240) % 3 == 0, 0]}) == 1
    assert strange_log_odds(examples, csr_matrix(matrix), Recipe(), seen) is seen


def test_a_theme_of_one_source_alone_is_calibrated_within_it(examples):
    passages = [replace(p, source="mine" if i < 120 else "given") for i, p in enumerate(examples.passages)]
    answers = examples.answers.copy()
    answers[120:, 1] = np.nan
    trained = train(replace(examples, passages=passages, answers=answers), FACTS)
    assert figures(trained.judged)["themes"]["penge"]["f1"][0] > 0.9


def test_the_best_threshold_is_where_f1_is_highest():
    p, y = np.array([0.9, 0.8, 0.3, 0.2, 0.1]), np.array([1.0, 1.0, 0.0, 1.0, 0.0])
    assert best_threshold(p, y, np.ones(5)) == pytest.approx(0.15)
    assert best_threshold(p, y, np.array([1, 1, 9, 1, 1])) == pytest.approx(0.55)


def test_a_threshold_never_parts_equal_probabilities():
    p, y = np.array([0.9, 0.5, 0.5, 0.5, 0.1]), np.array([1.0, 1.0, 0.0, 1.0, 0.0])
    assert best_threshold(p, y, np.ones(5)) == pytest.approx(0.3)


def test_the_fewer_positives_a_theme_has_the_nearer_its_threshold_is_to_that_of_all():
    chance = np.random.default_rng(3)
    p = chance.random((400, 3))
    y = (chance.random((400, 3)) < p * [1, 0.05, 0.05]).astype(float)
    cut = thresholds(p, y, np.ones_like(y))
    shared = best_threshold(p.ravel(), y.ravel(), np.ones(1200))
    own = [best_threshold(p[:, k], y[:, k], np.ones(400)) for k in range(3)]
    pulled = [abs(cut[k] - shared) / abs(own[k] - shared) for k in range(3)]
    assert pulled[0] > 0.6
    assert max(pulled[1:]) < 0.2


def test_a_theme_with_too_few_labels_is_left_out_and_told(labelled, workspace):
    codebook = load_codebook(workspace.codebook)
    enough, lacking = trainable(labelled[:30], codebook)
    assert "penge" in {*enough, *lacking}
    few = [one for one in labelled if not one.themes["penge"]] + [one for one in labelled if one.themes["penge"]][:4]
    enough, lacking = trainable(few, codebook)
    assert enough == ["ejerskab"]
    assert "4 passages with it" in lacking["penge"]


def test_the_hash_of_labels_does_not_depend_on_their_order(labelled):
    assert labels_hash(labelled) == labels_hash(labelled[::-1])
    assert labels_hash(labelled) != labels_hash(labelled[1:])
