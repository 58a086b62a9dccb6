from contextlib import suppress
from math import log

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from klumme.errors import KlummeError, MissingError, QueryError
from klumme.query.corpus import Corpus


def _found(corpus, query, **options):
    return sorted(hit.passage_id for hit in corpus.search(query, **options).hits)


@pytest.mark.parametrize(
    ("query", "passages"),
    [
        ("ansvar", ["a1-0", "a3-0", "a3-1"]),
        ("ANSVARET", ["a1-0", "a3-0", "a3-1"]),
        ("ansvar skoler", ["a1-0", "a3-1"]),
        ("ansvar -skole", ["a3-0"]),
        ("samarbejdspartner OR godt", ["a1-0", "a2-0"]),
        ("al", ["a1-1"]),
        ("ål", ["a1-1"]),
        ("samarbejde", ["a1-0", "a2-1", "a3-1"]),
        ("samarbejde*", ["a1-0", "a2-0", "a2-1", "a3-1"]),
        ("skol*", ["a1-0", "a3-1"]),
        ("skole*", ["a1-0", "a3-0", "a3-1"]),
        ('"et stort ansvar"', ["a1-0"]),
        ('"har ansvaret"', ["a3-0"]),
        ('"ha ansvaret"', []),
        ('-"har ansvaret" ansvar', ["a1-0", "a3-1"]),
        ("tema:ansvarsfordeling", ["a1-0", "a3-0", "a3-1"]),
        ("tema:ansvarsfordeling sandsynlighed:0.9", ["a3-0"]),
        ("tema:ansvarsfordeling,politisk-ejerskab sandsynlighed:0.7", ["a1-0", "a2-1", "a3-0", "a3-1"]),
        ('tema:"Politisk ejerskab"', ["a1-0", "a2-1", "a3-1"]),
        ("-tema:politisk-ejerskab", ["a1-1", "a2-0", "a3-0"]),
        ("kommune:køge", ["a1-0", "a1-1"]),
        ("kommune:Århus", ["a2-0", "a2-1", "a3-0", "a3-1"]),
        ("kommune:259", ["a1-0", "a1-1"]),
        ("parti:Socialdemokratiet", ["a1-0", "a1-1"]),
        ("parti:A,V ansvar", ["a1-0", "a3-0", "a3-1"]),
        ("parti:Ø", []),
        ("forfatter:Lind skole", ["a3-1"]),
        ("kilde:avisen", ["a3-0", "a3-1"]),
        ("til:2020", ["a1-0", "a1-1"]),
        ("fra:2021-03-04 til:2021-03-04", ["a2-0", "a2-1"]),
        ("kommune:Køge OR haven", ["a1-0", "a1-1", "a2-0", "a3-0", "a3-1"]),
        ("sandsynlighed:0.9", ["a1-0", "a3-0"]),
    ],
)
def test_the_language_finds_what_it_says(corpus, query, passages):
    assert _found(corpus, query) == passages


def test_compounds_are_found_on_request(corpus):
    assert "a2-0" not in _found(corpus, "samarbejde")
    assert "a2-0" in _found(corpus, "samarbejde", compounds=True)


def test_the_words_found_are_marked(corpus):
    hit = next(h for h in corpus.search('ansvar samarbejde "et stort"').hits if h.passage_id == "a1-0")
    assert [hit.text[start:stop] for start, stop in hit.spans] == ["et stort", "ansvar", "Samarbejdet"]


def test_bm25_is_the_published_formula(corpus):
    hit = next(h for h in corpus.search("ansvar").hits if h.passage_id == "a1-0")
    lengths = {row["passage_id"]: row["tokens"] for row in corpus.sql("SELECT passage_id, tokens FROM annotations")}
    idf = log(1 + (6 - 3 + 0.5) / (3 + 0.5))
    mean = sum(lengths.values()) / 6
    assert hit.score == pytest.approx(idf * 2.2 / (1 + 1.2 * (0.25 + 0.75 * lengths["a1-0"] / mean)))


def test_a_rare_word_weighs_more_than_a_common_one(corpus):
    scores = {hit.passage_id: hit.score for hit in corpus.search("samarbejdspartner OR har").hits}
    assert max(scores, key=scores.get) == "a2-0"


def test_without_words_the_most_probable_come_first(corpus):
    assert [hit.passage_id for hit in corpus.search("tema:politisk-ejerskab").hits] == ["a1-0", "a2-1", "a3-1"]


def test_pages_do_not_overlap_and_the_total_counts_all(corpus):
    first, second = corpus.search("ansvar", limit=2), corpus.search("ansvar", limit=2, offset=2)
    assert (first.total, len(first.hits), len(second.hits)) == (3, 2, 1)
    assert not {h.passage_id for h in first.hits} & {h.passage_id for h in second.hits}


def test_facets_count_all_that_was_found_not_only_the_page(corpus):
    facets = corpus.search("ansvar", limit=1).facets
    assert facets["party"] == {"V": 2, "A": 1}
    assert facets["year"] == {"2021": 2, "2020": 1}
    assert facets["theme"] == {"ansvarsfordeling": 3, "politisk-ejerskab": 2}


def test_a_hit_carries_its_themes_and_origin(corpus):
    hit = corpus.search("stort").hits[0]
    assert (hit.themes["politisk-ejerskab"], hit.tagged) == (0.9, ("ansvarsfordeling", "politisk-ejerskab"))
    assert (hit.title, hit.author, hit.url) == ("Hvem har ansvaret?", "Ida Holm", "https://avis.example/a1")


def test_an_unknown_word_gets_the_nearest_one(corpus):
    assert "Did you mean 'samarbejde'?" in corpus.search("samarbjede").notes[0]


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("tema:politisk-ejrskab", "Did you mean 'politisk-ejerskab'?"),
        ("forfatter:Bob", "Nobody here knows"),
        ("kommune:Kjøgge", "Nobody here knows"),
    ],
)
def test_an_unknown_value_is_refused_with_the_nearest(corpus, query, says):
    with pytest.raises(QueryError, match="|".join([says.replace("?", r"\?")])):
        corpus.search(query)


def test_a_superseded_revision_is_not_found(workspace, build, piece):
    build(workspace, [piece("a1", ["Den gamle tekst."], url="https://a.example/x"), piece("a2", ["Noget andet."])])
    build(workspace, [])
    with Corpus(workspace.root) as corpus:
        assert corpus.search("gamle").total == 1


def test_an_empty_corpus_says_how_to_fill_it(workspace):
    with Corpus(workspace.root) as corpus, pytest.raises(MissingError, match="klumme run"):
        corpus.search("ansvar")


def test_an_untagged_corpus_says_how_to_tag_it(workspace, build, piece):
    build(workspace, [piece("a1", ["Et ansvar."])])
    with Corpus(workspace.root) as corpus, pytest.raises(QueryError, match="klumme tag"):
        corpus.search("tema:politisk-ejerskab")


def test_an_open_corpus_sees_what_was_added_since(workspace, build, piece):
    build(workspace, [piece("a1", ["Et ansvar."])])
    with Corpus(workspace.root) as corpus:
        assert corpus.search("ansvar").total == 1
        build(workspace, [piece("a2", ["Et ansvar til."])])
        assert corpus.search("ansvar").total == 2


def test_a_word_with_quotes_and_sql_in_it_is_only_a_word(corpus):
    assert corpus.search("x');DROP TABLE meta;--").total == 0
    assert corpus.search("ansvar").total == 3


@given(st.text(alphabet="abå \"*-:ORtemafpri2.,()'%", max_size=25))
@settings(derandomize=True, deadline=None, max_examples=60)
def test_any_query_is_answered_or_explained(corpus, text):
    with suppress(KlummeError):
        corpus.search(text)


def test_when_nothing_has_all_it_says_what_each_part_finds(corpus):
    notes = corpus.search("ansvar -skole kommune:Køge").notes
    assert notes == ("No passage has all of this. Alone: ansvar 3, -skole 4, kommune:Køge 2.",)
    assert corpus.search("ål -kommune:Køge").notes == ("No passage has all of this. Alone: ål 1, -kommune:Køge 4.",)
    assert corpus.search("findesikke").notes == ("The corpus has no word 'findesikke'.",)
