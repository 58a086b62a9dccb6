import xml.etree.ElementTree as ET
from collections import Counter

import pytest

from klumme.charts.municipality_map import FEW, draw_map, shade, tiles
from klumme.gazetteer import all_municipalities

SVG = "{http://www.w3.org/2000/svg}"
PLACES = {tile.name: (tile.column, tile.row) for tile in tiles()}


def row(group, share=0.25, **more):
    return {"group": group, "share": share, "tagged": 10, "passages": 40, "href": f"/soeg?q={group}", **more}


def drawn(*rows):
    return ET.fromstring(draw_map(rows, "Penge & ting"))


def tile(svg, name):
    return next(g for g in svg.iter(f"{SVG}g") if (g.findtext(f"{SVG}title") or "").startswith(f"{name}:"))


def test_each_of_the_98_municipalities_has_one_tile_of_its_own():
    assert Counter(one.name for one in tiles()) == Counter(one.name for one in all_municipalities())
    assert len({(one.column, one.row) for one in tiles()}) == 98


def test_no_label_is_wider_than_its_tile():
    assert {one.label for one in tiles() if len(one.label) > 10} == set()


@pytest.mark.parametrize(
    ("name", "others"),
    [
        ("Aalborg", ["Brønderslev", "Jammerbugt", "Rebild", "Vesthimmerlands"]),
        ("Viborg", ["Skive", "Silkeborg", "Randers", "Herning", "Favrskov"]),
        ("Aarhus", ["Favrskov", "Skanderborg", "Odder", "Syddjurs"]),
        ("Vejle", ["Billund", "Hedensted", "Kolding", "Fredericia", "Ikast-Brande"]),
        ("Esbjerg", ["Varde", "Vejen", "Fanø", "Tønder"]),
        ("Odense", ["Nordfyns", "Assens", "Kerteminde", "Nyborg", "Faaborg-Midtfyn"]),
        ("Ringsted", ["Sorø", "Køge", "Næstved", "Holbæk"]),
        ("Hillerød", ["Gribskov", "Halsnæs", "Allerød", "Fredensborg", "Frederikssund"]),
        ("Gladsaxe", ["Herlev", "Gentofte", "Lyngby-Taarbæk", "Furesø", "Rudersdal"]),
        ("København", ["Frederiksberg", "Gentofte", "Tårnby"]),
        ("Guldborgsund", ["Lolland", "Vordingborg"]),
    ],
)
def test_neighbours_touch(name, others):
    for other in others:
        apart = [abs(a - b) for a, b in zip(PLACES[name], PLACES[other], strict=True)]
        assert max(apart) == 1, other


def test_the_parts_of_the_country_lie_where_they_do():
    west_to_east = ["Fanø", "Kolding", "Odense", "Slagelse", "Roskilde", "København"]
    north_to_south = ["Hjørring", "Aalborg", "Randers", "Aarhus", "Horsens", "Haderslev", "Sønderborg"]
    assert [PLACES[name][0] for name in west_to_east] == sorted({PLACES[name][0] for name in west_to_east})
    assert [PLACES[name][1] for name in north_to_south] == sorted({PLACES[name][1] for name in north_to_south})
    assert PLACES["Bornholm"][0] > PLACES["Stevns"][0] + 1


@pytest.mark.parametrize("between", [("Sønderborg", "Assens"), ("Nyborg", "Slagelse"), ("Stevns", "Bornholm")])
def test_water_lies_between_the_islands(between):
    one, other = (PLACES[name][0] for name in between)
    assert other - one > 1


def test_a_tile_tells_its_share_in_writing_and_leads_to_its_passages():
    svg = drawn(row("Køge"))
    link = next(svg.iter(f"{SVG}a"))
    assert link.get("href") == "/soeg?q=Køge"
    assert [text.text for text in link.iter(f"{SVG}text")] == ["Køge", "25\u202f%"]
    assert tile(svg, "Køge").findtext(f"{SVG}title") == "Køge: 25\u202f%, 10 af 40 afsnit"


def test_a_municipality_without_passages_is_named_and_leads_nowhere():
    svg = drawn(row("Køge"))
    assert len(list(svg.iter(f"{SVG}a"))) == 1
    assert tile(svg, "Læsø").get("class") == "tom"
    assert tile(svg, "Læsø").findtext(f"{SVG}title") == "Læsø: ingen afsnit"


def test_few_passages_and_an_unknown_share_are_shown_as_such():
    svg = drawn(row("Køge", passages=FEW - 1), row("Vejle", None))
    assert tile(svg, "Køge").get("class").endswith(" faa")
    assert "?" in [text.text for text in tile(svg, "Vejle").iter(f"{SVG}text")]
    assert tile(svg, "Vejle").get("class") == "v0"


def test_shades_rise_with_the_share_and_the_legend_names_their_ends():
    assert [shade(share, 0.05) for share in (0, 0.01, 0.05, 0.15, 0.2, 0.9)] == [0, 1, 3, 7, 9, 9]
    legend = "".join(drawn(row("Køge", 0.21)).itertext())
    assert "0–5\u202f%" in legend
    assert "20–25\u202f%" in legend


def test_a_hostile_group_or_heading_stays_text():
    svg = draw_map([row("Køge", href='"><script>')], '"><script>')
    assert "<script>" not in svg
    assert draw_map([], "Penge").startswith("<svg")
