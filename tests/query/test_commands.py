import csv
import json

import pytest

from klumme.cli.main import run


@pytest.fixture
def klumme(shared, capsys):
    """Run one command on the shared corpus and return what it printed."""

    def call(*arguments):
        code = run(["--root", str(shared.root), *arguments])
        said = capsys.readouterr()
        assert code == 0, said.err
        return said.out

    return call


def test_query_prints_hits_for_people(klumme):
    said = klumme("query", "stort tema:politisk-ejerskab kommune:Køge")
    assert "Hvem har ansvaret?" in said
    assert "Ida Holm (A), Køge, 2020-05-01" in said
    assert "et [stort] ansvar" in said
    assert "*politisk-ejerskab 0.90" in said
    assert "a1-0  https://avis.example/a1" in said
    assert "1 passages, shown 1-1" in said


def test_query_takes_its_words_apart_or_together(klumme):
    assert klumme("query", "ansvar", "skole") == klumme("query", "ansvar skole")


def test_query_prints_each_form_for_programs(klumme):
    as_json = json.loads(klumme("query", "stort", "--format", "json"))
    as_lines = [json.loads(line) for line in klumme("query", "stort", "--format", "jsonl").splitlines()]
    as_csv = list(csv.DictReader(klumme("query", "stort", "--format", "csv").splitlines()))
    assert as_json == as_lines
    assert as_json[0]["passage_id"] == as_csv[0]["passage_id"] == "a1-0"


def test_query_offers_the_word_that_was_meant(klumme):
    assert "Did you mean 'samarbejde'?" in klumme("query", "samarbjede")


def test_show_prints_where_an_article_comes_from(klumme):
    said = klumme("show", "a1-0")
    assert "Byrådet har et stort ansvar" in said
    assert "da-1" in said
    assert "model-1" in said


def test_show_prints_everything_as_json(klumme):
    assert json.loads(klumme("show", "a1", "--format", "json"))["provenance"]["page_sha256"] == "f" * 64


def test_themes_prints_counts_with_their_denominators(klumme):
    rows = json.loads(klumme("themes", "--by", "parti", "--format", "json"))
    assert rows[0] == {
        "parti": "A",
        "theme": "ansvarsfordeling",
        "passages": 1,
        "of": 2,
        "share": 0.5,
        "mean_p": pytest.approx(0.4),
        "articles": 1,
    }


def test_export_says_how_many_passages_it_wrote_where(klumme, tmp_path):
    assert klumme("export", "ansvar", "--to", str(tmp_path / "x.csv")) == f"3 written to {tmp_path / 'x.csv'}\n"


def test_sql_prints_rows(klumme):
    assert klumme("sql", "SELECT count(*) AS n FROM current_articles", "--format", "csv").split() == ["n", "3"]


@pytest.mark.parametrize(
    "arguments", [["query", "ansvar"], ["show", "a1"], ["themes"], ["export", "--to", "x.csv"]], ids=lambda a: a[0]
)
def test_an_empty_corpus_says_how_to_fill_it(tmp_path, capsys, arguments):
    assert run(["--root", str(tmp_path), *arguments]) == 1
    assert "klumme run" in capsys.readouterr().err


def test_a_query_error_leaves_with_2_and_a_caret(shared, capsys):
    assert run(["--root", str(shared.root), "query", "ansvar temo:x"]) == 2
    assert "  ansvar temo:x\n         ^\n" in capsys.readouterr().err


def test_kwic_prints_each_match_in_its_context(klumme):
    said = klumme("kwic", '[lemma="have"] [lemma="ansvar"]', "--words")
    assert "har ansvaret" in said
    assert "have/VERB" in said
    assert said.count("/") > 2 * 2
    assert "2 matches, shown 2" in said


def test_query_shows_a_pattern_as_a_concordance(klumme):
    assert "2 matches, shown 2" in klumme("query", '[lemma="have"] [lemma="ansvar"]')


def test_count_prints_relative_frequencies_and_the_way_to_the_hits(klumme):
    rows = json.loads(klumme("count", "ansvar", "--by", "parti", "--format", "json"))
    assert [(row["parti"], row["matches"], row["hits"]) for row in rows] == [
        ("A", 1, "ansvar parti:A"),
        ("V", 2, "ansvar parti:V"),
    ]


def test_count_lists_the_words_of_the_corpus(klumme):
    assert json.loads(klumme("count", "--list", "pos", "--limit", "1", "--format", "json"))[0]["n"] == 16


@pytest.mark.parametrize(
    "arguments",
    [
        ["collocations", '[lemma="ansvar"]', "--least", "1"],
        ["collocations", "ansvar", "--sentence", "--least", "1", "--measure", "t"],
        ["keyness", "parti:A", "--least", "1"],
        ["dispersion", "ansvar", "--over", "parti"],
        ["style", "--by", "parti"],
    ],
    ids=lambda arguments: " ".join(arguments[:1]),
)
def test_measure_prints_its_rows(klumme, arguments):
    assert json.loads(klumme("measure", *arguments, "--format", "json"))


def test_count_without_anything_says_what_it_needs(shared, capsys):
    assert run(["--root", str(shared.root), "count"]) == 2
    assert "--list lemma" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("command", "rows"),
    [
        (["query", "samarbejde"], (3, 4)),
        (["query", "samarbejde", "--like", "a1-0"], (2, 3)),
        (["kwic", "samarbejde"], (3, 5)),
        (["count", "samarbejde", "--list", "lemma"], (1, 3)),
        (["measure", "collocations", "samarbejde", "--least", "1", "--window", "1"], (3, 6)),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_commands_find_parts_of_compounds_where_that_is_asked(klumme, command, rows):
    found = [len(json.loads(klumme(*command, *more, "--format", "json"))) for more in ([], ["--compounds"])]
    assert found == list(rows)


def test_other_commands_find_parts_of_compounds_too(klumme, tmp_path):
    for command, column in (
        (["count", "samarbejde"], "matches"),
        (["measure", "dispersion", "samarbejde"], "n"),
        (["measure", "keyness", "samarbejde", "--least", "1"], "one"),
        (["themes", "--query", "samarbejde"], "of"),
    ):
        less, more = (json.loads(klumme(*command, *how, "--format", "json")) for how in ([], ["--compounds"]))
        assert sum(row[column] for row in less) < sum(row[column] for row in more), command
    for how, written in (([], 3), (["--compounds"], 4)):
        assert klumme("export", "samarbejde", "--to", str(tmp_path / "x.csv"), *how).startswith(f"{written} written")
    for how, written in (([], 2), (["--compounds"], 3)):
        said = klumme("export", "samarbejde", "--like", "a1-0", "--to", str(tmp_path / "x.csv"), *how)
        assert said.startswith(f"{written} written")


def test_kwic_draws_as_many_lines_as_asked_and_sorts_them(klumme):
    drawn = json.loads(klumme("kwic", '[pos!="PUNCT"]', "--sample", "25", "--sort", "date", "--format", "json"))
    days = [line["published"] for line in drawn]
    assert (len(drawn), days) == (25, sorted(days))
    assert len(json.loads(klumme("kwic", '[pos="NOUN"]', "--sample", "12", "--limit", "5", "--format", "json"))) == 5
    assert "matches, 4 drawn at random, shown 4" in klumme("kwic", '[pos="NOUN"]', "--sample", "4", "--seed", "2")
    first, again, other = (
        klumme("kwic", '[pos="NOUN"]', "--sample", "4", "--seed", seed, "--format", "json") for seed in "112"
    )
    assert first == again != other
