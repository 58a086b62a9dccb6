import numpy as np
import pytest

from klumme.themes.share import Scored, _share, correct


def _corpus(random, passages=1500, labelled=250):
    """Draw articles of five passages that are alike, predictions that are wrong in one direction, and random labels."""
    articles = np.repeat(np.arange(passages // 5), 5)
    frequent = random.beta(2, 6, passages // 5)[articles]
    y = (random.random(passages) < frequent).astype(float)
    predicted = np.clip(0.55 * y + 0.3 + random.normal(0, 0.15, passages), 0, 1)
    answers = np.full(passages, np.nan)
    drawn = random.choice(passages, labelled, replace=False)
    answers[drawn] = y[drawn]
    return Scored(predicted, answers, articles)


TRUE = 0.25


def test_the_corrected_interval_covers_the_true_share_as_often_as_it_says_and_the_raw_one_does_not():
    random = np.random.default_rng(11)
    corrected, raw = 0, 0
    for _ in range(1000):
        scored = _corpus(random)
        _, low, high = correct(scored)
        corrected += low <= TRUE <= high
        tagged = scored.predicted > 0.5
        half = 1.96 * np.sqrt(tagged.mean() * (1 - tagged.mean()) / len(tagged))
        raw += abs(tagged.mean() - TRUE) <= half
    assert 930 <= corrected <= 970
    assert raw < 500


def test_predictions_make_the_interval_narrower_than_labels_alone():
    random = np.random.default_rng(5)
    scored = _corpus(random)
    drawn = ~np.isnan(scored.answers)
    alone = Scored(scored.predicted[drawn], scored.answers[drawn], scored.articles[drawn])
    _, low, high = correct(scored)
    _, low_alone, high_alone = correct(alone)
    assert high - low < 0.85 * (high_alone - low_alone)


def test_where_everything_is_labelled_the_share_is_that_of_the_labels():
    y = np.tile([1.0, 0.0, 0.0, 0.0], 10)
    share, low, high = correct(Scored(np.zeros(40), y, np.arange(40)))
    assert share == 0.25
    assert low < 0.25 < high


def test_predictions_that_tell_nothing_do_no_harm():
    y = np.where(np.arange(100) < 50, (np.arange(100) % 2).astype(float), np.nan)
    share, _, _ = correct(Scored(np.full(100, 0.9), y, np.arange(100)))
    assert share == pytest.approx(0.5)


def test_an_interval_stays_between_nothing_and_all():
    y = np.array([1.0] * 11 + [0.0])
    _, low, high = correct(Scored(np.ones(12), y, np.arange(12)))
    assert 0 <= low < high <= 1


def test_by_words_alone_a_share_is_that_of_the_labels_whatever_the_scores_say():
    rows = [{"id": f"k{i}", "p": 0.9, "tagged": True, "article": f"a{i // 2}"} for i in range(60)]
    answers = {f"k{i}": i % 4 == 0 for i in range(0, 60, 2)}
    found = _share("A", rows, answers, None)
    assert (found.raw, found.labelled) == (1.0, 30)
    assert found.corrected == pytest.approx(sum(answers.values()) / 30)
