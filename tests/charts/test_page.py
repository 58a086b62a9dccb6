import re
from datetime import datetime

import pytest

from klumme.charts.page import date, number, percent, write_report
from klumme.cli.main import run
from klumme.query.index import run as index
from klumme.tables import Tables
from klumme.workspace import Workspace, find_home

THEMES = ("politisk-ejerskab", "oekonomi")


def _article(i, **changes):
    row = {
        "id": f"a{i}",
        "url": f"https://avis.example/{i}",
        "source": "avis",
        "title": f"Klumme {i}",
        "author": "Nis Ravn",
        "party": "A",
        "municipality": "Køge",
        "published": datetime(2021 + i, 5, 4),
        "fetched_at": datetime(2025, 1, 1),
        "duplicate_of": "",
        "blocks": [],
    }
    return row | changes


@pytest.fixture
def workspace(tmp_path):
    """A corpus of three articles with one passage each; the first passage carries both themes, the last none."""
    workspace = Workspace(tmp_path, find_home())
    articles = [_article(0, title="<script>alert(1)</script>"), _article(1, party="V"), _article(2, published=None)]
    passages = [
        {"id": f"p{i}", "article_id": f"a{i}", "ordinal": 0, "kind": "paragraph", "text": f"Byrådet & nr. {i}."}
        for i in range(3)
    ]
    tokens = [
        {"passage_id": f"p{i}", "i": 0, "sentence": 0, "start": 0, "form": "Byrådet", "lemma": "byråd"}
        for i in range(3)
    ]
    done = [{"passage_id": f"p{i}", "tokens": 1, "sentences": 1} for i in range(3)]
    scores = [
        {"passage_id": f"p{i}", "theme": theme, "p": 0.9 - 0.3 * i, "tagged": i == 0, "why": []}
        for i in range(3)
        for theme in THEMES
    ]
    tables = Tables(workspace)
    skipped = {
        "stage": "extract",
        "source": "avis",
        "item": "https://avis.example/9",
        "reason": "paywall",
        "detail": "",
    }
    tables.append({"passages": passages, "articles": articles})
    tables.append({"skipped": [skipped | {"at": datetime(2025, 1, 1)}]})
    tables.append({"tokens": tokens, "annotations": done}, version="v1")
    tables.append({"theme_scores": scores}, version="m1")
    for table, version in {"tokens": "v1", "annotations": "v1", "theme_scores": "m1"}.items():
        tables.set_version(table, version)
    index(workspace)
    return workspace


def _html(workspace):
    write_report(workspace)
    return workspace.report.read_text(encoding="utf-8")


def test_every_link_within_the_page_has_its_target(workspace):
    html = _html(workspace)
    wanted = set(re.findall(r'href="#([^"]+)"', html))
    assert wanted
    assert wanted <= set(re.findall(r'id="([^"]+)"', html))


def test_a_title_with_markup_is_harmless(workspace):
    html = _html(workspace)
    assert "<script" not in html
    assert "&lt;script&gt;" in html


def test_the_page_asks_nothing_of_the_outside(workspace):
    html = _html(workspace)
    assert "default-src &#39;none&#39;" in html or "default-src 'none'" in html
    assert not re.search(r'<(?:img|script|link|iframe)[^>]+(?:src|href)="https?:', html)


def test_only_tagged_passages_stand_on_it_and_what_was_left_out_is_named(workspace):
    html = _html(workspace)
    assert "Byrådet &amp; nr. 0." in html
    assert "Byrådet &amp; nr. 1." not in html
    assert "paywall" in html


def test_the_numbers_are_those_of_the_tables(workspace):
    assert re.search(r"Politisk ejerskab, Socialdemokratiet</b>: 1 af 2 afsnit", _html(workspace))


def test_what_has_no_date_is_counted_but_not_drawn_as_a_year(workspace):
    html = _html(workspace)
    assert "Politisk ejerskab, uden dato</b>: 0 af 1 afsnit" in html
    assert not re.search(r"<text[^>]*>uden dato</text>", html)


def test_a_model_that_was_never_measured_is_said_to_be_so(workspace):
    assert "dens fejl er ukendte" in _html(workspace)


def test_an_empty_corpus_gets_a_message_and_no_page(tmp_path, capsys):
    assert run(["--root", str(tmp_path), "report"]) == 1
    assert "klumme run" in capsys.readouterr().err
    assert not (tmp_path / "corpus" / "report.html").exists()


def test_numbers_shares_and_days_are_written_as_in_danish():
    assert number(12345) == "12.345"
    assert percent(0.126) == "13\u202f%"
    assert date(datetime(2021, 3, 4)) == "4.3.2021"
    assert date(None) == "uden dato"


def test_each_theme_has_a_map_whose_tiles_lead_to_their_numbers(workspace):
    html = _html(workspace)
    assert html.count('<svg class="danmark"') == html.count("på kortet</summary>") == 8
    assert re.search(r'<a href="#kommune-[^"]+-politisk-ejerskab"><g class="v', html)
