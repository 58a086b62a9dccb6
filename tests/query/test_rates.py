"""A relative frequency is relative to what the fields of the question leave, and every answer says to what."""

import json
import sys
from pathlib import Path

import pytest

from klumme.cli.main import run
from klumme.query.corpus import Corpus
from klumme.workspace import Workspace, find_home

sys.path.insert(0, str(Path(__file__).parent))

import sample

# The tokens of the passages of the small corpus: a1 is by A, the others are by V.
SIZES = {"a1-0": 14, "a1-1": 10, "a2-0": 5, "a2-1": 9, "a3-0": 9, "a3-1": 9}
A, V, ALL = 24, 32, 56


@pytest.mark.parametrize(
    ("question", "tokens"),
    [
        ("ansvar", ALL),
        ("ansvar parti:V", V),
        ("ansvar -parti:V", A),
        ("ansvar kommune:Køge", A),
        ("ansvar forfatter:Lind", V),
        ("ansvar kilde:avisen", SIZES["a3-0"] + SIZES["a3-1"]),
        ("ansvar fra:2021-09", SIZES["a3-0"] + SIZES["a3-1"]),
        ("ansvar til:2020", A),
        ("ansvar parti:V kilde:sample", SIZES["a2-0"] + SIZES["a2-1"]),
        ("ansvar parti:A OR kilde:avisen", A + SIZES["a3-0"] + SIZES["a3-1"]),
        ("ansvar tema:politisk-ejerskab", SIZES["a1-0"] + SIZES["a2-1"] + SIZES["a3-1"]),
        ("ansvar tema:politisk-ejerskab sandsynlighed:0.6", SIZES["a1-0"] + SIZES["a2-1"]),
        ("ansvar sandsynlighed:0.8", SIZES["a1-0"] + SIZES["a3-0"] + SIZES["a3-1"]),
        ("ansvar -skole", ALL),
        ("ansvar OR parti:V", ALL),
        ("ansvar -skole parti:V", V),
        ('"stort ansvar" parti:V', V),
        ('[lemma="ansvar"]', ALL),
        ('[lemma="ansvar"] within s', ALL),
        ('[lemma="ansvar"] :: parti="V"', V),
        ('[lemma="ansvar"] :: parti!="V"', A),
        ('[lemma="ansvar"] :: parti="V" & dato>="2021-09"', SIZES["a3-0"] + SIZES["a3-1"]),
        ('[lemma="ansvar"] :: parti="A" | kilde="avisen"', A + SIZES["a3-0"] + SIZES["a3-1"]),
        ('[lemma="ansvar"] within <tema id="politisk-ejerskab">', SIZES["a1-0"] + SIZES["a2-1"] + SIZES["a3-1"]),
        ('[lemma="ansvar"] !within <tema id="politisk-ejerskab">', SIZES["a1-1"] + SIZES["a2-0"] + SIZES["a3-0"]),
        ('[lemma="ansvar"] within <tema id="politisk-ejerskab" p>=0.6> :: parti="V"', SIZES["a2-1"]),
        ('a:[lemma="ansvar"] :: a.form!="x" & parti="V"', V),
        ('a:[lemma="ansvar"] :: a.form="x" | parti="V"', ALL),
        ('a:[lemma="ansvar"] :: !(a.form="x" | parti="V")', A),
        ('a:[lemma="ansvar"] :: !(a.form="x" & parti="V")', ALL),
    ],
)
def test_a_rate_is_one_of_what_the_fields_leave_whatever_words_there_are(corpus, question, tokens):
    row = corpus.count(question)[0]
    assert row["tokens"] == tokens
    assert row["per_million"] == pytest.approx(row["matches"] * 1_000_000 / tokens)
    assert {listed["tokens"] for listed in corpus.frequencies(question)} <= {tokens}
    found = corpus.concordance(question)
    assert (found.part.tokens, found.per_million) == (tokens, pytest.approx(row["per_million"]))


def test_passages_with_a_match_are_counted_in_a_thousand_of_those_that_are_left(corpus):
    row = corpus.count("byråd parti:V")[0]
    assert (row["passages"], row["of"], row["per_thousand"]) == (2, 4, 500)
    assert corpus.count("byråd")[0]["per_thousand"] == 500
    by_source = corpus.count("byråd parti:V", "kilde")
    assert [(row["kilde"], row["passages"], row["of"]) for row in by_source] == [("avisen", 2, 2), ("sample", 0, 2)]


@pytest.mark.parametrize("question", ["ansvar", "ansvar parti:V", '[lemma="ansvar"]', '[lemma="ansvar"] :: parti="V"'])
@pytest.mark.parametrize("by", ["parti", "aar", "kilde", "tema", ["tema", "aar"]])
def test_the_hits_of_a_group_alone_have_the_rate_that_the_group_has(corpus, question, by):
    rows = corpus.count(question, by)
    assert rows
    for row in rows:
        alone = corpus.count(row["hits"])[0]
        assert {name: row[name] for name in alone if name != "hits"} == {k: v for k, v in alone.items() if k != "hits"}


def test_a_group_in_which_the_fields_leave_nothing_is_not_there_but_one_without_a_match_is(corpus):
    assert [(row["parti"], row["matches"]) for row in corpus.count("ansvar parti:V", "parti")] == [("V", 2)]
    assert [(row["kilde"], row["matches"]) for row in corpus.count("ansvar parti:V", "kilde")] == [
        ("avisen", 2),
        ("sample", 0),
    ]


def test_where_the_fields_leave_nothing_there_is_no_rate(corpus):
    row = corpus.count("ansvar parti:Ø")[0]
    assert (row["matches"], row["tokens"], row["per_million"], row["of"], row["per_thousand"]) == (0, 0, None, 0, None)
    assert corpus.concordance("ansvar parti:Ø").per_million is None


def test_fields_alone_list_all_words_of_what_they_leave(corpus):
    rows = corpus.frequencies("parti:V")
    assert sum(row["n"] for row in rows) == V
    assert sum(row["per_million"] for row in rows) == pytest.approx(1_000_000)
    assert {row["lemma"]: row["n"] for row in rows}["have"] == 6
    whole = {row["lemma"]: row["n"] for row in corpus.frequencies()}
    others = {row["lemma"]: row["n"] for row in corpus.frequencies("-parti:V")}
    assert whole == {lemma: others.get(lemma, 0) + _in(rows, lemma) for lemma in whole}


def _in(rows, lemma):
    return next((row["n"] for row in rows if row["lemma"] == lemma), 0)


LEFT = {
    "parti:V": ('parti="V"', lambda number, row: row["party"] == "V"),
    "fra:2022 -kommune:Aarhus": (
        'år>=2022 & kommune!="Aarhus"',
        lambda number, row: row["published"].year >= 2022 and row["municipality"] != "Aarhus",
    ),
    "tema:ansvarsfordeling": (
        'tema="ansvarsfordeling"',
        lambda number, row: sample.scores(number)["ansvarsfordeling"] >= 0.5,
    ),
}


def _built(folder, kept=lambda number, row: True):
    passages = [(number, row) for number, row in sample.numbered() if kept(number, row)]
    return sample.build(Workspace(folder, find_home()), passages)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The sample."""
    with Corpus(_built(tmp_path_factory.mktemp("whole")).root) as corpus:
        yield corpus


@pytest.fixture(scope="module", params=LEFT)
def left(request, tmp_path_factory):
    """Fields, the same as a constraint, and a corpus that holds what they leave of the sample and nothing else."""
    constraint, kept = LEFT[request.param]
    with Corpus(_built(tmp_path_factory.mktemp("left"), kept).root) as corpus:
        yield request.param, constraint, corpus


ASKED = {
    "count": lambda corpus, question: corpus.count(question),
    "trend": lambda corpus, question: corpus.count(question, "aar"),
    "by theme": lambda corpus, question: corpus.count(question, ["tema", "parti"]),
    "list of forms": lambda corpus, question: corpus.frequencies(question, of="form"),
    "collocations": lambda corpus, question: corpus.collocations(question),
    "collocations of the sentence": lambda corpus, question: corpus.collocations(question, window=None),
    "dispersion": lambda corpus, question: corpus.dispersion(question),
    "dispersion by author": lambda corpus, question: corpus.dispersion(question, "forfatter"),
}


@pytest.mark.parametrize("asked", ASKED)
def test_a_part_says_of_itself_what_a_corpus_of_that_part_alone_says(whole, left, asked):
    fields, constraint, alone = left
    for words, restricted in (
        ("kommune", f"kommune {fields}"),
        ('[lemma="kommune"]', f'[lemma="kommune"] :: {constraint}'),
    ):
        rows = _plain(ASKED[asked](whole, restricted))
        assert rows == _plain(ASKED[asked](alone, words)) != []
        assert rows != _plain(ASKED[asked](whole, words))


def _plain(rows):
    return sorted(str({name: value for name, value in row.items() if name != "hits"}) for row in rows)


def test_fields_alone_list_the_words_of_a_corpus_of_that_part(whole, left):
    fields, _, alone = left
    assert list(whole.frequencies(fields, limit=50)) == list(alone.frequencies(limit=50))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["count", "ansvar parti:V"], "rates are of the 32 tokens in 4 passages that the fields of the query leave"),
        (["count", "ansvar", "--by", "parti"], "rates are of the 56 tokens in 6 passages of the corpus"),
        (
            ["count", "ansvar parti:V", "--list", "form"],
            "the 32 tokens in 4 passages that the fields of the query leave",
        ),
        (["kwic", "ansvar parti:V"], "62,500.0 per million, of the 32 tokens in 4 passages that the fields"),
        (["query", '[lemma="ansvar"]'], "53,571.4 per million, of the 56 tokens in 6 passages of the corpus"),
        (["measure", "collocations", "ansvar parti:V", "--least", "1"], "expected from the 32 tokens in 4 passages"),
        (["measure", "dispersion", "ansvar parti:V"], "over the parts of the 32 tokens in 4 passages"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_the_command_line_says_what_a_number_is_relative_to(shared, capsys, monkeypatch, arguments, said):
    monkeypatch.setenv("COLUMNS", "200")
    assert run(["--root", str(shared.root), *arguments]) == 0
    assert said in " ".join(capsys.readouterr().out.split())


def test_programs_get_the_denominators_in_every_row(shared, capsys):
    for arguments in (["ansvar parti:V", "--by", "aar"], ["ansvar parti:V", "--list", "lemma"]):
        assert run(["--root", str(shared.root), "count", *arguments, "--format", "json"]) == 0
        assert [row["tokens"] for row in json.loads(capsys.readouterr().out)] == [V]


def test_a_query_stands_over_its_table_as_it_was_asked(shared, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    for query in ("ansvar parti:V", '[lemma="ansvar"]'):
        assert run(["--root", str(shared.root), "count", query]) == 0
        assert f"{query}: rates" in capsys.readouterr().out
