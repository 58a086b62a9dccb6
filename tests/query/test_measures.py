"""Each measure against figures from the literature or from another program."""

import random
from math import log

import pytest
from scipy.stats import chi2_contingency

from klumme.query import measures

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


def test_log_ratio_doubles_with_each_point():
    assert measures.log_ratio(8, 1000, 2, 1000) == 2
    assert measures.log_ratio(2, 1000, 0, 1000) == 2


def test_percent_difference_is_relative_to_the_other_corpus():
    assert measures.percent_difference(15, 1000, 10, 1000) == pytest.approx(50)
    assert measures.percent_difference(15, 1000, 0, 1000) == float("inf")


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
