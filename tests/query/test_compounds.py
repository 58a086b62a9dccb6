"""Words are found within compounds wherever a query is asked, when that is asked for."""

import pytest

from klumme.errors import UsageError

COMPOUNDS = {
    "concordance": lambda corpus, query, **reading: corpus.concordance(query, **reading).total,
    "count": lambda corpus, query, **reading: corpus.count(query, **reading)[0]["matches"],
    "list": lambda corpus, query, **reading: sum(row["n"] for row in corpus.frequencies(query, **reading)),
    "dispersion": lambda corpus, query, **reading: corpus.dispersion(query, **reading)[0]["n"],
}


@pytest.mark.parametrize("asked", COMPOUNDS)
def test_words_match_as_parts_of_compounds_where_that_is_asked(corpus, asked):
    assert COMPOUNDS[asked](corpus, "samarbejde") == 3
    assert COMPOUNDS[asked](corpus, "samarbejde", compounds=True) == 5
    assert COMPOUNDS[asked](corpus, "samarbejde parti:V", compounds=True) == 4
    for pattern in ({"query": '[lemma="ansvar"]'}, {"query": '"ansvar"', "cql": True}):
        with pytest.raises(UsageError, match=r'Name the part in the pattern: \[part="skole"\]'):
            COMPOUNDS[asked](corpus, **pattern, compounds=True)


def test_what_stands_near_compounds_is_counted_too(corpus):
    near = {row["lemma"]: row["near"] for row in corpus.collocations("samarbejde", window=1, least=1)}
    more = {row["lemma"]: row["near"] for row in corpus.collocations("samarbejde", window=1, least=1, compounds=True)}
    assert "vores" not in near
    assert more["vores"] == 1


def test_the_hits_of_a_count_of_compounds_are_as_many_when_asked_the_same_way(corpus):
    rows = corpus.count("samarbejde", "parti", compounds=True)
    assert [row["matches"] for row in rows] == [1, 4]
    assert [corpus.concordance(row["hits"], compounds=True).total for row in rows] == [1, 4]


def test_passages_with_compounds_are_those_that_themes_and_keyness_speak_of(corpus):
    for compounds, passages in ((False, 3), (True, 4)):
        assert corpus.search("samarbejde", compounds=compounds).total == passages
        assert {row["of"] for row in corpus.themes(query="samarbejde", compounds=compounds)} == {passages}
        rows = corpus.keyness("samarbejde", least=1, compounds=compounds)
        found = {row["lemma"] for row in rows if row["one"]}
        assert ("samarbejdspartner" in found) == compounds
