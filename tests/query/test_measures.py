"""Each measure against figures from the literature or from another program."""

import random
from math import log, log2

import numpy as np
import pytest
from scipy.spatial.distance import dice
from scipy.stats import chi2, chi2_contingency, false_discovery_control
from scipy.stats.contingency import expected_freq, relative_risk

from klumme.query import measures
from klumme.query.corpus import Corpus

# Gries (2008), section 2: the corpus "bamnibeup basatbewqn bcagabesta baghabeaat bahaabeaxat" in five parts.
PARTS = ["bamnibeup", "basatbewqn", "bcagabesta", "baghabeaat", "bahaabeaxat"]
COUNTS, SIZES = [part.count("a") for part in PARTS], [len(part) for part in PARTS]


def test_dp_is_what_gries_works_out():
    dp, normalised = measures.deviation_of_proportions(COUNTS, SIZES)
    assert dp == pytest.approx(0.18)
    assert normalised == pytest.approx(0.18 / (1 - 9 / 50))


def test_juilland_d_is_what_gries_works_out():
    assert measures.juilland_d(COUNTS, SIZES) == pytest.approx(0.785, abs=0.0005)


def test_a_word_in_one_part_only_is_as_uneven_as_can_be():
    assert measures.deviation_of_proportions([5, 0, 0, 0], [10] * 4) == (0.75, 1.0)
    assert measures.juilland_d([5, 0, 0, 0], [10] * 4) == pytest.approx(0)


@pytest.mark.parametrize("table", [(110, 2442, 111, 29114), (30, 14912, 40, 32443), (5, 100, 20, 400)])
def test_log_likelihood_agrees_with_scipy(table):
    a, b, c, d = table
    expected = chi2_contingency([[a, b], [c, d]], correction=False, lambda_="log-likelihood").statistic
    assert abs(measures.log_likelihood(a, a + b, a + c, a + b + c + d)) == pytest.approx(expected)


def test_log_likelihood_is_the_figure_of_dunning_for_the_swiss():
    """Dunning (1993), table 2: "the swiss" 110, 2442, 111, 29114 gives 270.72."""
    assert measures.log_likelihood(110, 110 + 2442, 110 + 111, 110 + 2442 + 111 + 29114) == pytest.approx(
        270.72, abs=0.005
    )


def test_log_likelihood_has_the_sign_of_the_difference():
    assert measures.log_likelihood(1, 100, 50, 200) < 0 < measures.log_likelihood(40, 100, 50, 200)


def test_log_dice_is_14_for_words_that_only_occur_together():
    assert measures.log_dice(7, 7, 7) == 14


def test_log_dice_is_0_for_less_than_one_in_16000():
    """Rychlý (2008), section 4: 0 means less than one co-occurrence in 16,000 occurrences of either word."""
    assert measures.log_dice(1, 2**14, 2**14) == 0
    assert measures.log_dice(2, 2**14, 2**14) == 1


def test_mutual_information_and_t_are_what_their_formulas_say():
    """Manning & Schütze (1999), section 5.3.1: "new companies" 8, 15,828, 4,675, 14,307,668 gives t = 0.9999."""
    expected = 15828 * 4675 / 14307668
    assert measures.t_score(8, expected) == pytest.approx(0.9999, abs=0.0015)
    assert measures.mutual_information(8, expected) == pytest.approx(log(8 / expected) / log(2))


def test_delta_p_has_two_directions():
    """Gries (2013), table 2: "of course" in the BNC: 5610, 168938, 2257, 10233063 gives .697 and .032."""
    size = 5610 + 168938 + 2257 + 10233063
    forward, backward = measures.delta_p(5610, 5610 + 168938, 5610 + 2257, size)
    assert (round(backward, 3), round(forward, 3)) == (0.697, 0.032)


# Manning & Schütze (1999), table 5.14: ten bigrams that occur 20 times in 14,307,668 words, by mutual information.
BIGRAMS = [
    ("Ayatollah Ruhollah", 42, 20, 18.38),
    ("Bette Midler", 41, 27, 17.98),
    ("Agatha Christie", 30, 117, 16.31),
    ("videocassette recorder", 77, 59, 15.94),
    ("unsalted butter", 24, 320, 15.19),
    ("first made", 14907, 9017, 1.09),
    ("over many", 13484, 10570, 1.01),
    ("into them", 14734, 13478, 0.53),
    ("like people", 14093, 14776, 0.46),
    ("time last", 15019, 15629, 0.29),
]


@pytest.mark.parametrize(("bigram", "first", "second", "bits"), BIGRAMS, ids=[bigram[0] for bigram in BIGRAMS])
def test_mutual_information_is_what_manning_and_schuetze_print(bigram, first, second, bits):
    assert measures.mutual_information(20, first * second / 14307668) == pytest.approx(bits, abs=0.006), bigram


def test_mutual_information_agrees_with_nltk():
    """Its version 3.10.4 gives BigramAssocMeasures.pmi(8, (15828, 4675), 14307668) = 0.6293432116236843."""
    assert measures.mutual_information(8, 15828 * 4675 / 14307668) == pytest.approx(0.6293432116236843)


@pytest.mark.parametrize(("both", "one", "other"), [(8, 20, 12), (1, 40, 3), (5, 5, 9)])
def test_log_dice_is_14_and_the_logarithm_of_the_dice_of_scipy(both, one, other):
    first = np.arange(100) < one
    second = (np.arange(100) >= one - both) & (np.arange(100) < one - both + other)
    assert measures.log_dice(both, one, other) == pytest.approx(14 + log2(1 - dice(first, second)))


def test_log_dice_is_14_and_the_logarithm_of_the_dice_of_nltk():
    """Its version 3.10.4 gives BigramAssocMeasures.dice(8, (15828, 4675), 14307668) = 0.0007803736038628494."""
    assert measures.log_dice(8, 15828, 4675) == pytest.approx(14 + log2(0.0007803736038628494))


def test_log_ratio_doubles_with_each_point():
    assert measures.log_ratio(8, 1000, 2, 1000) == 2
    assert measures.log_ratio(2, 1000, 0, 1000) == 2


@pytest.mark.parametrize(("points", "times"), [(0, 1), (1, 2), (2, 4), (3, 8), (4, 16), (7, 128), (10, 1024)])
def test_log_ratio_is_the_scale_of_hardie(points, times):
    """Hardie (2014): 0 is as frequent, 1 is 2 times as frequent, 2 is 4 times, 3 is 8 times … 10 is 1024 times."""
    assert measures.log_ratio(3 * times, 5_000_000, 6, 10_000_000) == points


@pytest.mark.parametrize(("one", "one_size", "other", "other_size"), [(37, 1200, 11, 5400), (3, 900, 80, 1100)])
def test_log_ratio_and_percent_difference_follow_from_the_relative_risk_of_scipy(one, one_size, other, other_size):
    ratio = relative_risk(one, one_size, other, other_size).relative_risk
    assert measures.log_ratio(one, one_size, other, other_size) == pytest.approx(log2(ratio))
    assert measures.percent_difference(one, one_size, other, other_size) == pytest.approx((ratio - 1) * 100)


def test_percent_difference_is_relative_to_the_other_corpus():
    assert measures.percent_difference(15, 1000, 10, 1000) == pytest.approx(50)
    assert measures.percent_difference(15, 1000, 0, 1000) == float("inf")


# Benjamini & Hochberg (1995), their worked example: fifteen ordered chances from a trial of drugs after heart attacks.
CHANCES = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262]
CHANCES += [0.5719, 0.6528, 0.7590, 1.0000]


def _stepped_up(chances):
    """Adjust chances as the paper says: the least of p·m/j over all j from their own rank upwards."""
    ordered, m = sorted(chances), len(chances)
    return [min(p * m / j for j, p in enumerate(ordered, 1) if p >= own) for own in chances]


def test_the_step_up_rejects_the_four_hypotheses_of_benjamini_and_hochberg():
    assert [q <= 0.05 for q in _stepped_up(CHANCES)] == [True] * 4 + [False] * 11
    assert _stepped_up(CHANCES) == pytest.approx(false_discovery_control(CHANCES).tolist())


def test_the_q_of_keyness_is_that_step_up_over_its_chances(corpus):
    rows = corpus.keyness("parti:A", least=1)
    chances = [chi2.sf(abs(row["log_likelihood"]), 1) for row in rows]
    assert len({row["q"] for row in rows}) > 1
    assert [row["q"] for row in rows] == pytest.approx(_stepped_up(chances))


def test_the_expected_frequency_of_a_collocate_is_that_of_scipy(corpus):
    """Evert (2008), section 5.1: a table of all words, near a match or not, and this lemma or not."""
    words = corpus.sql("SELECT lemma, count(*) AS n FROM lemma_index WHERE pos <> 'PUNCT' GROUP BY lemma")
    size = sum(row["n"] for row in words)
    rows = corpus.collocations("ansvar", window=None, least=1)
    positions = sum(row["near"] for row in rows)
    assert rows
    for row in rows:
        near, n = row["near"], row["n"]
        table = [[near, positions - near], [n - near, size - positions - n + near]]
        assert row["expected"] == pytest.approx(expected_freq(table)[0, 0])
        assert row["mi"] == pytest.approx(log2(near / expected_freq(table)[0, 0]))


TEXT = (
    "byrådet har ansvar og byrådet har skolen og skolen har børn som har lærere som har børn og byrådet sover mens "
    "skolen vokser og børn og lærere venter på byrådet som altid har travlt med noget andet end skolen og dens børn"
)


def test_mtld_agrees_with_the_package_lexicalrichness():
    """Its version 0.5.1 gives 10.5 for the sentence and 16.10676640598436 for the letters."""
    chance = random.Random(3)
    letters = [chance.choice("abcdefghijklmnopqrstuvw") for _ in range(300)]
    assert measures.mtld(TEXT.split()) == pytest.approx(10.5)
    assert measures.mtld(letters) == pytest.approx(16.10676640598436)


def test_mtld_of_a_text_without_repetition_is_its_length():
    assert measures.mtld(["en", "to", "tre", "fire"]) == 4
    assert measures.mtld([]) == 0


def test_lix_adds_words_per_sentence_and_the_share_of_long_words():
    """Björnsson's formula on 100 words in 8 sentences with 21 long ones: 12.5 + 21."""
    assert measures.lix(100, 21, 8) == 33.5
    assert measures.lix(0, 0, 0) == 0


def test_lix_of_a_text_agrees_with_the_package_textstat(workspace, build, piece):
    """Its version 0.7.13 gives 40.333333333333336: 21 words in 3 sentences, 7 of them with more than six letters."""
    text = (
        "Byrådet har ansvar for skolen og for børnehaverne. Kommunalbestyrelsen mødes hver torsdag. "
        "Borgerne venter stadig på svar fra forvaltningen om daginstitutionerne."
    )
    build(workspace, [piece("a1", [text])])
    with Corpus(workspace.root) as corpus:
        row = corpus.style("parti")[0]
    assert row["lix"] == pytest.approx(40.333333333333336)
    assert (row["words"], row["words_per_sentence"], row["long_words"]) == (21, 7, pytest.approx(7 / 21))
