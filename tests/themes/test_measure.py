import numpy as np
import pytest
from sklearn.metrics import average_precision_score, brier_score_loss, f1_score, precision_score, recall_score

from klumme.themes.compare import compare, is_worse
from klumme.themes.measure import MEASURES, Judged, calibration_error, draws, figures, interval

RANDOM = np.random.default_rng(4)
Y = (RANDOM.random(200) < 0.3).astype(float)
P = np.clip(0.4 * Y + RANDOM.random(200) * 0.6, 0, 1)
TAGGED = P > 0.5
ARTICLES = np.repeat(np.arange(40), 5)


def _judged(p=P, themes=("a",)):
    columns = np.column_stack([p] * len(themes))
    return Judged(themes, np.column_stack([Y] * len(themes)), columns, columns > 0.5, ARTICLES)


def test_the_measures_are_those_of_scikit_learn():
    rounded = np.round(P, 1)
    found = {name: measure(Y, P, TAGGED, np.ones((1, 200)))[0] for name, measure in MEASURES.items()}
    ties = MEASURES["ap"](Y, rounded, TAGGED, np.ones((1, 200)))[0]
    assert ties == pytest.approx(average_precision_score(Y, rounded))
    assert found["precision"] == pytest.approx(precision_score(Y, TAGGED))
    assert found["recall"] == pytest.approx(recall_score(Y, TAGGED))
    assert found["f1"] == pytest.approx(f1_score(Y, TAGGED))
    assert found["ap"] == pytest.approx(average_precision_score(Y, P))
    assert found["brier"] == pytest.approx(brier_score_loss(Y, P))


def test_a_weight_of_two_is_as_good_as_the_passage_twice():
    weights = RANDOM.integers(0, 3, 200)
    again = np.repeat(np.arange(200), weights)
    for measure in MEASURES.values():
        one = measure(Y, P, TAGGED, weights[None, :].astype(float))[0]
        two = measure(Y[again], P[again], TAGGED[again], np.ones((1, len(again))))[0]
        assert one == pytest.approx(two)


def test_probabilities_that_come_true_have_no_calibration_error():
    y = np.array([1.0] * 3 + [0.0] * 7)
    assert calibration_error(y, np.full(10, 0.3), y > 0, np.ones((1, 10)))[0] == pytest.approx(0)
    assert calibration_error(y, np.full(10, 0.9), y > 0, np.ones((1, 10)))[0] == pytest.approx(0.6)


def test_a_bootstrap_draws_whole_articles():
    weights = draws(ARTICLES, rounds=50)
    assert (weights[0] == 1).all()
    assert (weights.reshape(51, 40, 5) == weights.reshape(51, 40, 5)[:, :, :1]).all()
    assert (weights[1:, ::5].sum(axis=1) == 40).all()


def test_passages_of_one_article_alike_make_wider_intervals_than_passages_alone():
    alike = np.repeat(RANDOM.random(40) < 0.4, 5).astype(float)
    judged = Judged(("a",), alike[:, None], alike[:, None], (RANDOM.random(200) < 0.5)[:, None], ARTICLES)
    alone = Judged(("a",), judged.answers, judged.p, judged.tagged, np.arange(200))
    _, low, high = figures(judged)["micro"]["brier"]
    assert (low, high) == (0, 0)
    wide, narrow = figures(judged)["micro"]["precision"], figures(alone)["micro"]["precision"]
    assert wide[2] - wide[1] > 1.3 * (narrow[2] - narrow[1])


def test_open_answers_count_neither_way():
    answers = np.column_stack([Y])
    answers[::2] = np.nan
    half = Judged(("a",), answers, P[:, None], TAGGED[:, None], ARTICLES)
    assert figures(half)["themes"]["a"]["f1"][0] == pytest.approx(f1_score(Y[1::2], TAGGED[1::2]), abs=1e-4)


def test_core_figures_are_means_over_the_core_themes():
    found = figures(_judged(themes=("a", "b")), core=["b"])
    assert found["core"]["f1"] == found["themes"]["b"]["f1"]
    assert "core" not in figures(_judged(), core=[])


def test_a_theme_that_no_passage_has_is_in_no_mean():
    judged = _judged(themes=("a", "b"))
    judged.answers[:, 1] = np.nan
    found = figures(judged, core=["a", "b"])
    assert found["macro"] == found["core"]
    assert found["macro"]["ap"] == found["themes"]["a"]["ap"]


def test_an_interval_holds_its_value():
    value, low, high = interval(np.array([0.5, 0.1, 0.9, 0.5]))
    assert low < value < high


def test_a_system_against_itself_shows_no_difference():
    found = compare(_judged(), _judged())
    assert found.micro == [0, 0, 0]
    assert (found.gained, found.lost) == ({"a": []}, {"a": []})
    assert not is_worse(found)


def test_a_system_that_guesses_is_worse_and_the_hits_that_change_are_named():
    guesses = RANDOM.random(200)
    found = compare(_judged(), _judged(guesses))
    assert found.micro[2] < 0
    assert is_worse(found)
    assert found.gained["a"] == [str(k) for k in np.flatnonzero((guesses > 0.5) & ~TAGGED)]
    assert found.lost["a"] == [str(k) for k in np.flatnonzero((guesses <= 0.5) & TAGGED)]


def test_a_small_loss_that_a_bootstrap_cannot_tell_is_not_worse():
    other = P.copy()
    other[np.flatnonzero((Y == 1) & TAGGED)[0]] = 0.4
    old, new = _judged(themes=("a", "b")), _judged(themes=("a", "b"))
    new.tagged[:, 0] = other > 0.5
    found = compare(old, new)
    assert found.micro[0] < 0
    assert not is_worse(found)
