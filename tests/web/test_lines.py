"""Lines in context on the page Søg: how often and of what, a sample that is sorted, and words within compounds."""

import csv
import io
import sys
from pathlib import Path

import pytest

from klumme.workspace import Workspace, find_home

sys.path.insert(0, str(Path(__file__).parent.parent / "query"))

import sample


@pytest.fixture(scope="module")
def sampled(tmp_path_factory):
    """The folder of a corpus with compounds, and with parties and places."""
    return sample.build(Workspace(tmp_path_factory.mktemp("sample"), find_home()), sample.numbered()).root


@pytest.fixture
def reader(sampled, visit):
    """A browser over it."""
    return visit(sampled)


def _json(address):
    path, _, query = address.partition("?")
    return f"{path}.json?{query}"


def _places(lines):
    return [(line["passage_id"], line["b"]) for line in lines]


def _sizes(kept):
    rows = [row for row in sample.rows() if kept(row)]
    return sum(len(row["tokens"]) for row in rows), len(rows)


@pytest.mark.parametrize(
    ("query", "kept", "said"),
    [
        ("kommune", lambda row: True, "af hele korpusset: "),
        ("kommune parti:V", lambda row: row["party"] == "V", "af det, som felterne lader tilbage: "),
        ('[lemma="kommune"] :: parti="V"', lambda row: row["party"] == "V", "af det, som felterne lader tilbage: "),
    ],
)
def test_lines_say_how_often_they_occur_in_what_the_fields_leave(reader, query, kept, said):
    tokens, passages = _sizes(kept)
    found = reader.json(f"/soeg.json?q={query}&vis=kwic")
    assert found["rate"] == {
        "per_million": pytest.approx(found["total"] * 1_000_000 / tokens),
        "tokens": tokens,
        "passages": passages,
        "whole": "parti" not in query,
    }
    page = reader.get(f"/soeg?q={query}&vis=kwic").text
    points = str.maketrans(",.", ".,")
    rate, counted = f"{found['rate']['per_million']:,.1f}".translate(points), f"{tokens:,}".translate(points)
    assert f"{rate} pr. million ord og tegn {said}{counted} i {passages} afsnit." in page


def test_where_there_is_nothing_to_be_a_rate_of_none_is_shown(reader):
    assert reader.json("/soeg.json?q=&vis=kwic")["rate"] is None
    assert reader.json("/soeg.json?q=kommune parti:V parti:A&vis=kwic")["rate"]["per_million"] is None
    for query in ("", "kommune parti:V parti:A"):
        assert "pr. million" not in reader.get(f"/soeg?q={query}&vis=kwic").text


def test_a_sample_is_drawn_and_then_sorted_and_every_way_onwards_keeps_it(reader):
    whole = reader.json("/soeg.json?q=kommune&vis=kwic")
    drawn = reader.json("/soeg.json?q=kommune&vis=kwic&stikproeve=60&sorter=right")
    assert (drawn["total"], drawn["drawn"], drawn["pages"], len(drawn["lines"])) == (whole["total"], 60, 2, 50)
    rest = reader.json(_json(drawn["after"]))["lines"]
    places = _places(drawn["lines"] + rest)
    assert len(set(places)) == len(places) == 60
    for sort in drawn["sorts"]:
        if sort["key"] != "random":
            one = reader.json(_json(sort["address"]))
            assert set(_places(one["lines"] + reader.json(_json(one["after"]))["lines"])) == set(places)
    again = reader.json(_json(drawn["again"]))
    assert (again["drawn"], again["sort"]) == (60, "right")
    assert set(_places(again["lines"] + reader.json(_json(again["after"]))["lines"])) != set(places)
    assert reader.json(_json(again["again"]))["lines"] != again["lines"]


def test_the_file_of_a_sample_holds_its_lines_in_their_order(reader):
    found = reader.json("/soeg.json?q=kommune&vis=kwic&stikproeve=12&sorter=left&froe=5")
    files = {one["form"]: one["address"] for one in found["exports"]}
    rows = list(csv.DictReader(io.StringIO(reader.get(files["csv"]).text)))
    assert [(row["passage_id"], int(row["b"])) for row in rows] == _places(found["lines"])
    assert reader.json(files["json"])["lines"] == found["lines"]


def test_the_page_has_a_box_for_the_sample_and_says_that_it_drew(reader):
    page = reader.get("/soeg?q=kommune&vis=kwic&stikproeve=12&sorter=left").text
    assert 'name="stikproeve" min="1" max="999999" value="12"' in page
    assert '<input type="hidden" name="sorter" value="left">' in page
    assert "12 trukket tilfældigt" in page
    assert 'name="stikproeve"' not in reader.get("/soeg?q=kommune").text
    assert reader.json("/soeg.json?q=kommune&vis=kwic&stikproeve=")["drawn"] > 100


@pytest.mark.parametrize("asked", ["stikproeve=0", "stikproeve=mange", "stikproeve=-3", "stikproeve=9999999", "froe=x"])
def test_a_sample_that_is_no_number_is_refused_in_danish(reader, asked):
    answer = reader.get(f"/soeg.json?q=kommune&vis=kwic&{asked}")
    assert answer.status_code == 400
    assert answer.json()["error"]["what"].endswith(f"er ikke et antal ({asked.split('=')[0]}).")


def test_words_are_found_within_compounds_in_passages_lines_and_files_alike(reader):
    for view, way in (("", "hits"), ("&vis=kwic", "lines")):
        less, more = (reader.json(f"/soeg.json?q=skole{view}{how}") for how in ("", "&dele=1"))
        assert 0 < less["total"] < more["total"]
        files = {one["form"]: one["address"] for one in more["exports"]}
        rows = list(csv.DictReader(io.StringIO(reader.get(files["csv"]).text)))
        assert len(rows) == more["total"], way
        assert reader.json(_json(more["other_view"]))["compounds"] is True


def test_every_count_leads_to_as_many_hits_where_words_are_found_within_compounds(reader):
    counted = 0
    for facet in reader.json("/soeg.json?q=skole&dele=1")["facets"]:
        for value in facet["values"][:4]:
            found = reader.json(_json(value["address"]))
            assert found["total"] == value["count"], value
            counted += 1
    assert counted > 10


def test_a_pattern_with_compounds_asked_for_is_answered_and_says_how_it_names_them(reader):
    found = reader.json('/soeg.json?q=[lemma="skole"]&dele=1')
    assert found["total"] == reader.json('/soeg.json?q=[lemma="skole"]')["total"] > 0
    assert found["notes"] == ['Et mønster finder dele af sammensatte ord, når det nævner dem: [part="skole"].']
    assert "dele=1" not in "".join(one["address"] for one in found["exports"] + found["sorts"])
    assert 'name="dele"' not in reader.get('/soeg?q=[lemma="skole"]').text
