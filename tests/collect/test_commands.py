import csv
import io
import json

import pytest

from klumme.cli.main import run
from klumme.tables import Tables
from klumme.workspace import Workspace

SOURCE = """column = "Klumme"
publisher = "Prøven"
base = "{}"
[[discover]]
address = "/"
entry = "article"
[[selectors]]
title = "h1"
body = "main"
"""
PAGE = (
    "<h1>Skolen bliver</h1><main>"
    + "<p>Byrådet har besluttet, at skolen i byen bliver liggende her.</p>" * 12
    + "</main>"
)


@pytest.fixture
def klumme(site, tmp_path, capsys):
    """A command line on a corpus with one source, whose site reserves one of its two articles."""
    sources = tmp_path / "corpus" / "sources"
    sources.mkdir(parents=True)
    (sources / "proeve.toml").write_text(SOURCE.format(site.base), encoding="utf-8")
    site.listing("/a", "/b")
    site.page("/a", PAGE)
    site.page("/b", PAGE, **{"tdm-reservation": "1"})

    def call(*arguments):
        code = run(["--root", str(tmp_path), "--quiet", *arguments])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    call.root = tmp_path
    return call


def test_collect_says_what_is_new_and_what_was_left_out(klumme):
    code, out, _ = klumme("collect", "--source", "proeve")
    assert code == 0
    assert "reserved" in out
    assert len(Tables(Workspace(klumme.root, klumme.root)).read("SELECT 1 FROM pages WHERE role = 'article'")) == 1


def test_an_unknown_source_is_answered_with_the_nearest_one(klumme):
    code, _, err = klumme("collect", "--source", "proev")
    assert (code, err) == (1, "klumme: There is no source 'proev'. Did you mean 'proeve'?\n")


def test_a_real_source_is_not_collected_without_a_contact(klumme):
    code, _, err = klumme("collect", "--source", "kommunale-roedder")
    assert code == 1
    assert "contact" in err


def test_permissions_are_counted_and_each_shown_with_its_evidence(klumme):
    klumme("collect", "--source", "proeve")
    _, out, _ = klumme("permissions", "--format", "json")
    assert {(row["rule"], row["allowed"], row["pages"]) for row in json.loads(out)} == {
        ("tdm-header", False, 1),
        ("none", True, 2),
    }
    _, out, _ = klumme("permissions", "--each", "--denied", "--source", "proeve", "--format", "csv")
    (row,) = csv.DictReader(io.StringIO(out))
    assert row["url"].endswith("/b")
    assert row["evidence"].startswith("header: tdm-reservation 1")
    _, out, _ = klumme("permissions", "--source", "andet", "--format", "json")
    assert json.loads(out) == []


def test_source_check_shows_what_the_first_articles_would_give(klumme):
    code, out, err = klumme("source", "check", "proeve", "--format", "json")
    kept, reserved = json.loads(out)
    assert (code, kept["title"], kept["paragraphs"]) == (0, "Skolen bliver", 12)
    assert reserved["problem"].startswith("reserved by tdm-header")
    assert "lists 2 pieces" in err
    assert not (klumme.root / "corpus" / "raw").exists()
    _, out, _ = klumme("source", "check", "proeve")
    assert "Skolen bliver" in out


def test_source_new_prints_a_file_and_what_to_do_next(klumme, site):
    code, out, err = klumme("source", "new", f"{site.base}/")
    assert code == 0
    assert f'base = "{site.base}"' in out
    assert "klumme source check NAME" in err


def test_forget_asks_for_one_of_author_and_address(klumme):
    for arguments in ([], ["--author", "x", "--url", "y"]):
        code, _, err = klumme("forget", "--yes", *arguments)
        assert code == 2
        assert "either --author or --url" in err


def test_forget_removes_a_piece_and_says_what_is_gone(klumme, site):
    klumme("collect", "--source", "proeve")
    code, out, _ = klumme("forget", "--yes", "--url", f"{site.base}/a")
    assert code == 0
    assert "nothing left" in " ".join(out.split())
    code, _, err = klumme("forget", "--yes", "--url", f"{site.base}/a")
    assert code == 1
    assert "There is no piece" in err
