"""Temaer: shares, figures and maps, and what each says where it cannot be told."""

import json
from dataclasses import replace

import pytest

from klumme.themes import registry
from klumme.themes.keeping import all_labels
from klumme.themes.labels import append_labels, make_label, text_hash
from klumme.themes.passages import known_passages
from klumme.web import danish


def test_themes_stand_beside_the_figures_of_the_model(shared):
    rows = shared.json("/temaer.json")["themes"]
    assert {row["id"] for row in rows} == {"ejerskab", "penge"}
    assert all(row["passages"] > 0 and len(row["f1"][0]) == 3 for row in rows)
    assert all(row["share"]["corrected"] is None for row in rows)
    assert f'<span class="svag af">af {rows[0]["positives"][0]}</span>' in shared.get("/temaer").text
    assert "for få tilfældige" in shared.get("/temaer").text


def test_where_the_tagging_model_has_no_figures_the_page_of_themes_says_so_instead_of_naming_them(room, browser):
    assert "F1 ved siden af" in browser.get("/temaer").text
    (registry.find(room.workspace) / registry.METRICS).unlink()
    text = browser.get("/temaer").text
    assert "F1 ved siden af" not in text
    assert "Hvor ofte den har ret, kan ikke siges" in text


def test_the_number_of_a_theme_is_the_number_of_its_hits(shared):
    for row in shared.json("/temaer.json")["themes"]:
        assert shared.json(f"/soeg.json?q=tema:{row['id']}")["total"] == row["passages"]


def test_marks_of_a_chart_lead_to_the_search_behind_them(shared):
    charts = "".join(shared.json("/temaer.json")["years"])
    assert 'href="/soeg?q=tema%3Apenge+fra%3A2019+til%3A2019"' in charts
    assert "https://vega" not in charts


def test_a_theme_page_has_its_codebook_entry(shared):
    page = shared.get("/temaer/ejerskab").text
    for part in ("Byrådet tager sagen på sig.", "byrådet viser vilje", "at være for eller imod", "F1"):
        assert part in page


def test_a_tile_of_the_map_leads_to_as_many_hits_as_it_says(shared):
    found = shared.json("/temaer.json?kort=penge")["map"]
    assert {row["group"] for row in found["rows"]} == {"Køge", "Aarhus", "Thisted", "Vejle"}
    for row in found["rows"]:
        path, _, query = row["href"].partition("?")
        assert shared.json(f"{path}.json?{query}")["total"] == (row["tagged"] or row["passages"])
    assert 'href="/soeg?q=tema%3Apenge+kommune%3A%22K%C3%B8ge%22"' in shared.get("/temaer?kort=penge").text


def test_the_map_says_where_a_corrected_share_cannot_be_told(shared):
    found = shared.json("/temaer/penge.json?andel=rettet")["map"]
    assert [row["share"] for row in found["rows"]] == [None] * 4
    assert "4 kommuner har for få" in shared.get("/temaer/penge?andel=rettet").text
    assert shared.get("/temaer.json?andel=gættet").status_code == 400


def test_where_all_passages_of_a_group_are_labelled_its_share_is_counted(shared):
    found = shared.json("/temaer/penge.json")
    years = next(part["rows"] for part in found["shares"] if part["title"] == "År")
    read = {row["group"]: (row["settled"] == row["passages"], row["by_labels"] is not None) for row in years}
    assert read == {"2019": (True, True)} | dict.fromkeys(("2020", "2021", "2022", "2023"), (False, False))
    (whole,) = found["overall"]
    page = shared.get("/temaer/penge").text
    assert f"{whole['settled']} af {whole['passages']} afsnit er mærket og afgjort" in page
    assert f"Modellen har lært af mærkerne i {whole['learnt']} af afsnittene" in page
    counted = danish.share(next(row["by_labels"] for row in years if row["group"] == "2019"))
    assert f'<td class="n">{counted}</td>' in page


def test_the_map_says_where_passages_are_not_all_labelled(shared):
    asked = "/temaer/penge{}?andel=maerker"
    assert [row["share"] for row in shared.json(asked.format(".json"))["map"]["rows"]] == [None] * 4
    assert "4 kommuner har afsnit, der ikke er mærket og afgjort" in shared.get(asked.format("")).text


def test_the_map_shows_shares_by_labels_with_what_they_are_of(room, browser):
    held = {label.passage_id: label.themes["penge"] for label in all_labels(room.workspace)}
    known = {passage.id: passage for passage in known_passages(room.workspace)}
    plain = all_labels(room.workspace)[0]
    append_labels(
        room.workspace.labels,
        [
            make_label(replace(plain, id="", passage_id=name, text_sha256=text_hash(p.text), themes={"penge": False}))
            for name, p in known.items()
            if name not in held
        ],
    )
    koege = [held.get(name, False) for name, passage in known.items() if passage.municipality == "Køge"]
    rows = browser.json("/temaer/penge.json?andel=maerker")["map"]["rows"]
    shares = {row["group"]: row["share"] for row in rows}
    assert shares["Køge"] == pytest.approx(sum(koege) / len(koege))
    assert None not in shares.values()
    assert f"\u202f% af {len(koege)} afsnit</title>" in browser.get("/temaer/penge?andel=maerker").text


def test_beside_the_shares_stand_other_authors_and_the_sets_of_other_hands(room, browser):
    folder = registry.find(room.workspace)
    known = registry.metrics(folder)
    [found] = known["sets"].values()
    names = ("held-out passages of the sample", "other authors", "after 2023", "independent columns")
    registry.write(folder / registry.METRICS, json.dumps(known | {"sets": dict.fromkeys(names, found)}))
    assert [one["name"] for one in browser.json("/temaer.json")["sets"]] == ["andre forfattere", "uafhængige klummer"]
    assert len(browser.json("/temaer/penge.json")["scores"]) == 4
