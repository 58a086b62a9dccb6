"""A sample of lines is drawn at random, the same for the same seed, and sorted like all lines."""

from hashlib import md5

import pytest

from klumme.query.concordance import SORTS


def _places(found):
    return [(line.passage_id, line.b, line.e) for line in found.lines]


def test_a_sample_is_the_same_for_the_same_seed(corpus):
    one, same, other = (_places(corpus.concordance('[pos="NOUN"]', sample=5, seed=seed)) for seed in (1, 1, 2))
    assert one == same != other
    assert len(set(one)) == len(one) == 5


@pytest.mark.parametrize("sort", SORTS)
def test_a_sample_is_drawn_first_and_then_sorted_like_all_lines(corpus, sort):
    whole = corpus.concordance('[pos="NOUN"]', sort=sort, seed=3)
    drawn = corpus.concordance('[pos="NOUN"]', sort=sort, sample=6, seed=3)
    assert (drawn.total, drawn.drawn, len(drawn.lines), whole.drawn) == (whole.total, 6, 6, whole.total)
    unsorted = corpus.concordance('[pos="NOUN"]', sample=6, seed=3)
    assert set(_places(drawn)) == set(_places(unsorted))
    assert _places(drawn) == [place for place in _places(whole) if place in _places(drawn)]


def test_pages_of_a_sample_follow_each_other(corpus):
    view = {"sample": 5, "seed": 4, "sort": "left"}
    pages = [corpus.concordance('[pos="NOUN"]', limit=2, offset=offset, **view) for offset in (0, 2, 4, 6)]
    assert [place for page in pages for place in _places(page)] == _places(corpus.concordance('[pos="NOUN"]', **view))


def test_a_sample_of_more_lines_than_there_are_is_all_of_them(corpus):
    found = corpus.concordance('"har"', sample=99, sort="right")
    assert (found.drawn, _places(found)) == (5, _places(corpus.concordance('"har"', sort="right")))
    assert corpus.concordance('"har"', sample=0).lines == ()


def test_a_sample_can_be_drawn_again_by_any_program_that_knows_md5(corpus):
    places = _places(corpus.concordance('[pos="NOUN"]', limit=99))
    chance = sorted(places, key=lambda place: md5(" ".join(map(str, (7, *place))).encode()).hexdigest())  # noqa: S324
    assert _places(corpus.concordance('[pos="NOUN"]', sort="random", seed=7, limit=99)) == chance != places
    assert set(_places(corpus.concordance('[pos="NOUN"]', sample=4, seed=7))) == set(chance[:4])


def test_every_line_is_drawn_about_as_often_as_the_others(corpus):
    drawn = [_places(corpus.concordance('[lemma="ansvar"]', sample=1, seed=seed))[0] for seed in range(150)]
    assert {drawn.count(place) // 10 for place in set(drawn)} <= {4, 5}
    assert len(set(drawn)) == 3
