"""The page Ord: each number is that of the command line, and leads to the lines behind it."""

import csv
import io

import pytest


def _lines(shared, address):
    path, _, asked = address.partition("?")
    return shared.json(f"{path}.json?{asked}")["total"]


@pytest.mark.parametrize("by", ["aar", "parti", "kommune", "forfatter", "kilde"])
def test_every_number_leads_to_as_many_lines_and_is_the_one_that_python_gives(shared, room, by):
    found = shared.json(f"/ord.json?ord=byrådet; million&efter={by}")
    cells = [cell for row in found["rows"] for cell in row["cells"] if cell]
    assert sum(cell["matches"] for cell in cells) == sum(one["matches"] for one in found["words"]) > 40
    assert all(_lines(shared, cell["address"]) == cell["matches"] for cell in cells if cell["matches"])
    rows = room.corpus.count("byrådet", by)
    mine = [cell for cell in cells if cell["word"] == "byrådet"]
    assert sorted(row["per_million"] for row in rows) == sorted(cell["per_million"] for cell in mine)


def test_years_are_drawn_with_a_line_for_each_word_and_other_groups_are_not(shared):
    chart = shared.json("/ord.json?ord=byrådet; million")["chart"]
    assert 'aria-label="Ord over tid: byrådet, million"' in chart
    assert 'href="/soeg?q=million' in chart
    assert "pr. million ord og tegn" in chart
    assert shared.json("/ord.json?ord=byrådet&efter=parti")["chart"] == ""


def test_of_one_word_the_words_of_content_near_it_are_told(shared):
    found = shared.json("/ord.json?ord=byrådet")
    assert {"NOUN", "PROPN", "VERB", "ADJ"} >= {one["pos"] for one in found["near"]}
    assert shared.json("/ord.json?ord=byrådet; million")["near"] == []


def test_words_in_a_part_of_the_corpus_are_told_of_how_much(shared):
    text = shared.get("/ord?ord=byrådet; byrådet tema:penge").text
    assert "; byrådet: i alt " in text
    assert "byrådet tema:penge: i alt " in text
    assert "Pr. million ord og tegn i gruppens tekster; i alt " in shared.get("/ord?ord=byrådet; million").text


def test_the_counts_are_a_file_too(shared):
    rows = list(csv.DictReader(io.StringIO(shared.get("/ord.csv?ord=byrådet; million&efter=parti").text)))
    shown = shared.json("/ord.json?ord=byrådet; million&efter=parti")["rows"]
    assert {row["word"] for row in rows} == {"byrådet", "million"}
    assert len(rows) == sum(cell is not None for row in shown for cell in row["cells"])
    assert shared.get("/ord.pdf?ord=byrådet").status_code == 422


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("ord=a;b;c;d;e;f;g", "Det er 7 ord på én gang."),
        ("ord=byrådet&efter=farve", "Der kan ikke tælles efter »farve«."),
        ("ord=tema:penge", "Der er intet ord at tælle i »tema:penge«."),
        ("ord=tama:x", "Der er intet felt »tama:«"),
    ],
)
def test_what_cannot_be_counted_says_what_to_do(shared, asked, said):
    answer = shared.get(f"/ord.json?{asked}")
    assert answer.status_code == 400
    assert said in answer.json()["error"]["what"]
    assert answer.json()["error"]["way_out"]


def test_a_word_that_the_corpus_does_not_have_is_named_with_what_may_have_been_meant(shared):
    assert shared.json("/ord.json?ord=byrådet; budgettte")["notes"] == [
        "Korpusset har ikke ordet »budgettte«. Mente du »budgettet«?"
    ]


def test_without_words_there_are_examples(shared):
    text = shared.get("/ord").text
    assert "Prøv for eksempel" in text
    assert "<table" not in text


def test_a_search_leads_to_its_counts_where_it_has_words(shared):
    assert shared.json("/soeg.json?q=byrådet tema:penge")["counted"] == "/ord?ord=byr%C3%A5det+tema%3Apenge"
    assert "Vis som tal" in shared.get("/soeg?q=byrådet").text
    assert shared.json('/soeg.json?q=[lemma="byråd"]')["counted"].startswith("/ord?ord=%5Blemma")
    for wordless in ("tema:penge", "", "-skole", "a;b"):
        assert shared.json(f"/soeg.json?q={wordless}")["counted"] == ""
