import xml.etree.ElementTree as ET

import pytest

from klumme.charts.drawing import by_group, over_time

THEMES = {"Økonomi & ressourcer": "#0072b2", "Fælles mål": "#d55e00"}


def _rows(groups):
    return [
        {"group": group, "theme": theme, "share": 0.25, "tagged": 5, "passages": 20, "href": f"#{group}-{i}"}
        for group in groups
        for i, theme in enumerate(THEMES)
    ]


@pytest.mark.parametrize("draw", [over_time, by_group])
def test_every_mark_links_to_the_passages_behind_it(draw):
    drawing = ET.fromstring(draw(_rows(["2021", "2022"]), THEMES))
    links = {link.get("{http://www.w3.org/1999/xlink}href") for link in drawing.iter("{http://www.w3.org/2000/svg}a")}
    assert links == {"#2021-0", "#2021-1", "#2022-0", "#2022-1"}


@pytest.mark.parametrize("draw", [over_time, by_group])
def test_themes_are_named_and_keep_their_colours(draw):
    svg = draw(_rows(["2021", "2022"]), THEMES)
    assert all(label.replace("&", "&amp;") in svg for label in THEMES)
    assert all(colour in svg for colour in THEMES.values())


def test_shares_are_written_as_danes_write_percentages():
    assert "25\u202f%" in over_time(_rows(["2021", "2022"]), THEMES)


@pytest.mark.parametrize("draw", [over_time, by_group])
def test_a_corpus_without_numbers_gives_an_empty_drawing_and_no_error(draw):
    assert draw([], THEMES).startswith("<svg")


def test_shares_are_drawn_from_zero():
    rows = [row | {"share": share} for row, share in zip(_rows(["2021", "2022"]), (0.4, 0.41, 0.42, 0.43), strict=True)]
    assert ">0\u202f%<" in over_time(rows, THEMES)
