"""Concordances, counts, collocations, keyness and style on a corpus small enough to count by hand."""

import pytest

from klumme.errors import QueryError
from klumme.query.corpus import Corpus
from klumme.query.matches import matches
from klumme.query.measures import log_dice, log_likelihood
from klumme.query.question import Question
from klumme.workspace import Workspace, find_home


def _lines(corpus, pattern, **view):
    return [(line.passage_id, line.match) for line in corpus.concordance(pattern, **view).lines]


def test_a_line_shows_its_match_between_its_neighbours(corpus):
    line = corpus.concordance('[lemma="stor"]', context=2).lines[0]
    assert (line.left, line.match, line.right) == ("har et ", "stort", " ansvar for")
    assert [(word.lemma, word.pos) for word in line.words] == [("stor", "ADJ")]
    assert [word.lemma for word in line.before] == ["have", "en"]
    assert [word.form for word in line.after] == ["ansvar", "for"]
    assert (line.author, line.passage_id, line.b, line.e) == ("Ida Holm", "a1-0", 3, 4)


def test_the_words_of_a_query_make_a_concordance_too(corpus):
    assert _lines(corpus, "ansvar parti:V") == [("a3-0", "ansvaret"), ("a3-1", "ansvaret")]


def test_a_match_at_the_edge_has_no_context_beyond_its_passage(corpus):
    line = corpus.concordance('"folkeskolen"').lines[0]
    assert (line.left, line.match) == ("", "Folkeskolen")


@pytest.mark.parametrize(
    ("sort", "passages"),
    [
        ("", ["a1-0", "a3-0", "a3-1"]),
        ("left", ["a3-1", "a3-0", "a1-0"]),
        ("right", ["a3-0", "a1-0", "a3-1"]),
        ("match", ["a1-0", "a3-0", "a3-1"]),
        ("date", ["a1-0", "a3-0", "a3-1"]),
        ("source", ["a3-0", "a3-1", "a1-0"]),
        ("probability", ["a3-0", "a1-0", "a3-1"]),
    ],
)
def test_lines_can_be_sorted(corpus, sort, passages):
    assert [passage for passage, _ in _lines(corpus, '[lemma="ansvar"]', sort=sort)] == passages


def test_danish_letters_come_after_z(workspace, build, piece):
    from klumme.query.corpus import Corpus

    build(workspace, [piece("a1", ["ord å", "ord z", "ord ø", "ord æ", "ord a"])])
    with Corpus(workspace.root) as corpus:
        lines = corpus.concordance('"ord"', sort="right").lines
    assert [line.right.strip() for line in lines] == ["a", "z", "æ", "ø", "å"]


def test_an_unknown_order_is_refused(corpus):
    with pytest.raises(QueryError, match="Did you mean 'right'"):
        corpus.concordance('"har"', sort="rigth")


def test_pages_of_lines_follow_each_other(corpus):
    whole = _lines(corpus, '"har"')
    assert _lines(corpus, '"har"', limit=2) + _lines(corpus, '"har"', limit=9, offset=2) == whole


def test_counts_have_their_denominators_and_zeros(corpus):
    rows = corpus.count('"samarbejdspartner"', "parti")
    sizes = {"A": 14 + 10, "V": 5 + 9 + 9 + 9}
    assert [(row["parti"], row["matches"], row["tokens"]) for row in rows] == [
        ("A", 0, sizes["A"]),
        ("V", 1, sizes["V"]),
    ]
    assert rows[1]["per_million"] == pytest.approx(1_000_000 / sizes["V"])


@pytest.mark.parametrize("pattern", ['[lemma="ansvar"]', "ansvar"])
@pytest.mark.parametrize("by", [["tema"], ["tema", "parti"]])
def test_matches_are_counted_by_the_themes_of_their_passages_and_lead_to_their_hits(corpus, pattern, by):
    rows = corpus.count(pattern, by)
    tagged = {theme for hit in corpus.search("ansvar").hits for theme in hit.tagged}
    assert tagged == {row["tema"] for row in rows if row["matches"]} != set()
    assert [corpus.concordance(row["hits"]).total for row in rows] == [row["matches"] for row in rows]


@pytest.mark.parametrize(
    "pattern", ['[lemma="ansvar"]', '[lemma="ansvar"] :: kilde="avisen" | kilde="sample"', "ansvar"]
)
@pytest.mark.parametrize("by", [["aar"], ["maaned"], ["parti", "aar"], ["forfatter"], ["kommune"], ["kilde"]])
def test_from_each_number_one_comes_to_its_hits(corpus, pattern, by):
    rows = corpus.count(pattern, by)
    assert sum(row["matches"] for row in rows) == 3
    assert [corpus.concordance(row["hits"]).total for row in rows] == [row["matches"] for row in rows]


@pytest.fixture(scope="module")
def lacking(tmp_path_factory, builder):
    """A corpus in which some articles have no party, place, author or date, and others have strange ones."""
    build, piece = builder
    nobody = {"author": "", "party": "", "municipality": "", "source": ""}
    pieces = [
        piece("n1", ["Et ansvar."], **nobody, published=None),
        piece("n2", ["Et ansvar, og et ansvar."], party="", published=None),
        piece("n3", ["Intet ansvar."], author='Bo "Bobby" Lind', source="a-b.c"),
        piece("n4", ["Uden."], author="Ida Holm, Bo Lind", party="V"),
        piece("n5", ["Ansvar."], author="C:\\Bo", municipality="Aarhus"),
    ]
    with Corpus(build(Workspace(tmp_path_factory.mktemp("lacking"), find_home()), pieces).root) as corpus:
        yield corpus


@pytest.mark.parametrize("pattern", ['[lemma="ansvar"]', '[lemma="ansvar"] :: år="" | parti!=""', "ansvar"])
@pytest.mark.parametrize("by", [["aar"], ["måned"], ["Parti", "aar"], ["forfatter"], ["kommune", "maaned"], ["kilde"]])
def test_from_the_number_of_those_without_a_value_one_comes_to_its_hits_too(lacking, pattern, by):
    rows = [row for row in lacking.count(pattern, by) if row["hits"]]
    assert sum(row["matches"] for row in rows) >= 4
    assert [lacking.concordance(row["hits"]).total for row in rows] == [row["matches"] for row in rows]


def test_a_group_that_the_language_cannot_name_has_no_hits(lacking):
    for pattern, unsaid in (("ansvar", ['Bo "Bobby" Lind', "Ida Holm, Bo Lind"]), ('[lemma="ansvar"]', ["C:\\Bo"])):
        rows = lacking.count(pattern, "forfatter")
        assert [row["forfatter"] for row in rows if not row["hits"]] == unsaid


@pytest.mark.parametrize(
    ("query", "articles"),
    [
        ('parti:""', {"n1", "n2"}),
        ('-parti:"" -forfatter:C:\\Bo', {"n3", "n4"}),
        ('fra:""', {"n1", "n2"}),
        ('-til:""', {"n3", "n4", "n5"}),
        ('kommune:"" OR parti:V', {"n1", "n4"}),
    ],
)
def test_what_lacks_a_value_can_be_asked_for(lacking, query, articles):
    assert {hit.article_id for hit in lacking.search(query).hits} == articles


@pytest.mark.parametrize(
    ("constraint", "times"),
    [('parti=""', 3), ('parti!=""', 2), ('år=""', 3), ('dato!=""', 2), ('!(kommune="") & dato=""', 2)],
)
def test_a_pattern_can_ask_for_what_lacks_a_value(lacking, constraint, times):
    assert lacking.concordance(f'[lemma="ansvar"] :: {constraint}').total == times


def test_two_colons_in_a_string_begin_no_constraint(corpus):
    for pattern, times in (('[lemma="ansvar" & form!="a::b"]', 3), ("""[lemma!="a\\"::'" & pos="DET"] :: år>1""", 4)):
        rows = corpus.count(pattern, "parti")
        assert sum(row["matches"] for row in rows) == times
        assert [corpus.concordance(row["hits"]).total for row in rows] == [row["matches"] for row in rows]


def test_a_frequency_list_joins_the_words_of_a_match(corpus):
    rows = corpus.frequencies('[pos="VERB"] [lemma="ansvar"]')
    assert [(row["lemma"], row["n"]) for row in rows] == [("have ansvar", 2)]
    assert corpus.frequencies('[lemma="ansvar"]', of="form")[0]["form"] == "ansvaret"


def test_without_a_pattern_the_words_of_the_corpus_are_listed(corpus):
    assert [(row["pos"], row["n"]) for row in corpus.frequencies(of="pos", limit=1)] == [("X", 16)]
    with pytest.raises(QueryError, match="Did you mean 'lemma'"):
        corpus.frequencies(of="lema")


def test_collocations_count_what_stands_near(corpus):
    rows = {row["lemma"]: row for row in corpus.collocations('[lemma="ansvar"]', window=1, least=1)}
    assert {lemma: row["near"] for lemma, row in rows.items()} == {"stor": 1, "for": 1, "have": 2, "længe": 1}
    assert (rows["have"]["n"], rows["stor"]["n"]) == (6, 1)
    assert rows["stor"]["logdice"] == log_dice(1, 3, 1)


def test_collocations_take_the_positions_near_as_their_sample(corpus):
    rows = corpus.collocations('[lemma="ansvar"]', window=1, least=2)
    size = sum(row["n"] for row in corpus.frequencies(of="pos") if row["pos"] != "PUNCT")
    assert rows[0]["log_likelihood"] == pytest.approx(log_likelihood(2, 5, 6, size))
    assert rows[0]["expected"] == pytest.approx(5 * 6 / size)


def test_collocations_can_be_those_of_the_sentence(corpus):
    near = {row["lemma"] for row in corpus.collocations('"folkeskolen"', window=None, least=1)}
    assert near == {"have", "ansvar"}


def test_collocations_refuse_an_unknown_measure(corpus):
    with pytest.raises(QueryError, match="Did you mean 'logdice'"):
        corpus.collocations('"har"', measure="log_dice2")
    with pytest.raises(QueryError, match="Did you mean 'delta_p_"):
        corpus.collocations('"har"', measure="delta_p")


def test_both_directions_of_delta_p_are_what_one_counts_token_by_token(corpus):
    """Gries (2013): ΔP(word | node) = P(word | near) - P(word | not near), and the same with the two exchanged."""
    tokens = corpus.store.read("SELECT passage, i, lemma, pos FROM lemma_index WHERE pos <> 'PUNCT'")
    nodes = {(token["passage"], token["i"]) for token in tokens if token["lemma"] == "ansvar"}
    near = {(passage, i + step) for passage, i in nodes for step in (-2, -1, 1, 2)} - nodes
    for measure in ("delta_p_word", "delta_p_node"):
        rows = corpus.collocations('[lemma="ansvar"]', measure, window=2, least=1)
        assert [row[measure] for row in rows] == sorted((row[measure] for row in rows), reverse=True)
    assert len(rows) > 4
    for row in rows:
        seen = [
            ((token["lemma"], token["pos"]) == (row["lemma"], row["pos"]), (token["passage"], token["i"]) in near)
            for token in tokens
        ]
        assert row["delta_p_word"] == pytest.approx(_share(seen, 0, 1, True) - _share(seen, 0, 1, False))
        assert row["delta_p_node"] == pytest.approx(_share(seen, 1, 0, True) - _share(seen, 1, 0, False))


def _share(seen, of, given, holds):
    """Return how many of those pairs that have `given` also have `of`."""
    chosen = [pair[of] for pair in seen if pair[given] is holds]
    return sum(chosen) / len(chosen)


def test_keyness_compares_two_parts_of_the_corpus(corpus):
    rows = corpus.keyness("parti:V", "parti:A", least=1)
    row = next(row for row in rows if row["lemma"] == "ansvar")
    assert (row["one"], row["other"]) == (2, 1)
    words = {side: sum(r[side] for r in rows) for side in ("one", "other")}
    assert row["log_likelihood"] == pytest.approx(log_likelihood(2, words["one"], 3, sum(words.values())))
    assert all(0 <= r["q"] <= 1 for r in rows)


def test_keyness_without_a_second_part_takes_the_rest(corpus):
    assert list(corpus.keyness("parti:V")) == list(corpus.keyness("parti:V", "parti:A"))


@pytest.mark.parametrize(
    ("one", "other", "says"), [("parti:Ø", "", "no passages"), ("parti:A", "kommune:Køge", "share")]
)
def test_keyness_refuses_sides_that_cannot_be_compared(corpus, one, other, says):
    with pytest.raises(QueryError, match=says):
        corpus.keyness(one, other)


def test_dispersion_is_measured_over_articles_or_groups(corpus):
    row = corpus.dispersion('[lemma="ansvar"]')[0]
    sizes, counts = [24, 14, 18], [1, 0, 2]
    dp = sum(abs(c / 3 - s / 56) for c, s in zip(counts, sizes, strict=True)) / 2
    assert (row["parts"], row["range"], row["n"]) == (3, 2, 3)
    assert row["dp"] == pytest.approx(dp)
    assert corpus.dispersion('[lemma="ansvar"]', over="parti")[0]["parts"] == 2
    with pytest.raises(QueryError, match="no match"):
        corpus.dispersion('"findesikke"')


def test_style_measures_each_author(corpus):
    rows = {row["forfatter"]: row for row in corpus.style()}
    words = 12 + 8
    assert (rows["Ida Holm"]["words"], rows["Ida Holm"]["words_per_sentence"]) == (words, words / 3)
    assert rows["Ida Holm"]["lix"] == pytest.approx(words / 3 + 100 * 2 / words)


def test_views_turn_into_frames(corpus):
    assert corpus.concordance('"har"').rows.polars().height == 5
    assert list(corpus.count("ansvar", "aar").pandas()["aar"]) == [2020, 2021]


def test_a_pattern_that_takes_too_long_is_stopped(corpus):
    with pytest.raises(QueryError, match="stopped"), matches(corpus.store, Question('"har"'), seconds=0.3) as found:
        found.cursor.execute(
            "SELECT count(*) FROM range(10000000000) AS a, range(10000) AS b WHERE (a.range * b.range) % 7 = 1"
        )


def test_too_many_matches_are_refused(corpus, monkeypatch):
    monkeypatch.setattr("klumme.query.matches.MATCHES", 3)
    with pytest.raises(QueryError, match="more than 3 matches"):
        corpus.concordance('[pos="NOUN"]')
