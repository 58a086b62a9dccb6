import numpy as np
import pytest

from klumme.themes.ppi import ENOUGH, Scored, correct


def _corpus(random, rate=0.25, passages=1500, labelled=250):
    """Draw articles of five passages that are alike, predictions that are wrong in one direction, and random labels."""
    articles = np.repeat(np.arange(passages // 5), 5)
    frequent = random.beta(8 * rate, 8 * (1 - rate), passages // 5)[articles]
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


@pytest.mark.parametrize(("rate", "labelled"), [(0.04, 10), (0.08, 10), (0.08, 40), (0.15, 20), (0.3, 10), (0.3, 40)])
def test_with_few_labels_or_a_rare_theme_the_interval_holds_the_true_share_too(rate, labelled):
    random = np.random.default_rng(5)
    intervals = [correct(_corpus(random, rate, 700, labelled))[1:] for _ in range(300)]
    assert sum(low <= rate <= high for low, high in intervals) >= 0.93 * 300


def test_ten_random_noes_do_not_mean_never():
    answers = np.where(np.arange(60) < 10, 0.0, np.nan)
    share, low, high = correct(Scored(np.linspace(0, 0.9, 60), answers, np.arange(60)))
    assert (share, low) == (0, 0)
    assert high == pytest.approx(1 - 0.025**0.1)  # Clopper and Pearson's for 0 of 10
    *_, low, high = correct(Scored(np.linspace(0, 0.9, 60), 1 - answers, np.arange(60)))
    assert (low, high) == (pytest.approx(0.025**0.1), 1)


def test_labels_that_come_from_few_articles_tell_less():
    answers = np.tile([1.0, 0.0, 0.0, 0.0], 10)
    widths = [
        high - low
        for articles in (np.arange(40), np.arange(40) // 4, np.arange(40) % 4)
        for _, low, high in [correct(Scored(np.zeros(40), answers, articles))]
    ]
    assert widths[2] > 1.5 * widths[0]
    assert widths[1] < widths[0]  # here each article has one yes of four, as all have
    *_, spread = correct(Scored(np.zeros(40), np.zeros(40), np.arange(40)))
    *_, crowded = correct(Scored(np.zeros(40), np.zeros(40), np.arange(40) % 3))
    assert crowded > 2 * spread


def test_predictions_make_the_interval_narrower_than_labels_alone():
    random = np.random.default_rng(5)
    scored = _corpus(random)
    drawn = ~np.isnan(scored.answers)
    alone = Scored(scored.predicted[drawn], scored.answers[drawn], scored.articles[drawn])
    _, low, high = correct(scored)
    _, low_alone, high_alone = correct(alone)
    assert high - low < 0.85 * (high_alone - low_alone)


def test_predictions_wait_until_labels_say_yes_and_no_often_enough():
    predicted = np.linspace(0.05, 0.95, 80)
    for yes, no, waits in ((ENOUGH - 1, 20, True), (20, ENOUGH - 1, True), (ENOUGH, 20, False)):
        answers = np.full(80, np.nan)
        answers[: no + yes] = [0.0] * no + [1.0] * yes
        share, _, _ = correct(Scored(predicted, answers, np.arange(80)))
        assert (share == pytest.approx(yes / (yes + no))) == waits


def test_share_and_error_are_those_of_the_ppi_python_package():
    """What version 0.2.3 says of the same numbers: .2676, and [.154, .381] by a normal interval."""
    i = np.arange(200)
    y = ((i * 7) % 11 < 3).astype(float)
    predicted = np.clip(0.25 + 0.4 * y + 0.3 * np.sin(i), 0, 1)
    share, low, high = correct(Scored(predicted, np.where(i < 40, y, np.nan), i))
    assert share == pytest.approx(0.2676, abs=1e-3)
    assert high - low == pytest.approx(0.381 - 0.154, rel=0.1)


def test_where_everything_is_labelled_the_share_is_that_of_the_labels():
    y = np.tile([1.0, 0.0, 0.0, 0.0], 10)
    share, low, high = correct(Scored(np.zeros(40), y, np.arange(40)))
    assert share == 0.25
    assert low < 0.25 < high


def test_predictions_that_tell_nothing_do_no_harm():
    y = np.where(np.arange(100) < 50, (np.arange(100) % 2).astype(float), np.nan)
    share, _, _ = correct(Scored(np.full(100, 0.9), y, np.arange(100)))
    assert share == pytest.approx(0.5)


def test_share_and_interval_stay_between_nothing_and_all():
    y = np.array([1.0] * 11 + [0.0])
    share, low, high = correct(Scored(np.ones(12), y, np.arange(12)))
    assert 0 <= low < share < high <= 1
    answers = np.full(60, np.nan)
    answers[:12] = [1.0] * 5 + [0.0] * 7
    predicted = np.concatenate([np.full(5, 0.9), np.full(7, 0.5), np.zeros(48)])
    share, low, _ = correct(Scored(predicted, answers, np.arange(60)))
    assert share == low == 0
