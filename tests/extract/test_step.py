"""The stage: pages in, tables out; run again, killed, changed, repeated."""

import signal
import subprocess
import sys
from datetime import datetime, timedelta

import pytest

from klumme.collect.archive import Archive
from klumme.collect.fetch import Answer
from klumme.collect.permission import Decision
from klumme.extract import step
from klumme.extract.duplicates import Duplicates
from klumme.tables import Tables
from klumme.workspace import Workspace

NOW = datetime(2025, 1, 2, 3, 4, 5)
HEAD = '<meta property="og:type" content="article">'
NOTE = "<p>Ea Lund (f. 1980) er smed og har siddet i byrådet i Køge for SF siden 2014.</p>"


@pytest.fixture
def workspace(tmp_path):
    return Workspace(tmp_path, tmp_path)


def _html(title, matter="broen", published="2024-05-06", extra=""):
    lines = [
        f"Sag nummer {i} handler om {matter}, og nogen i byrådet må sige, hvad {matter} skal koste os alle i år {i}, "
        f"for det spurgte {title} om, da vi mødtes på kajen ved klokken {i}, og ingen af os havde et svar."
        for i in range(5)
    ]
    stamp = f'<meta property="article:published_time" content="{published}T06:00:00">'
    body = "".join(f"<p>{line}</p>" for line in lines)
    return f"<html><head>{HEAD}{stamp}</head><body><article><h1>{title}</h1>{body}{extra}{NOTE}</article></body></html>"


def _store(workspace, pages, fetched_at=NOW):
    """Put pages into archive and tables as the collector does."""
    archive, rows = Archive(workspace.raw, "prøve"), []
    for url, html in pages.items():
        answer = Answer(
            url, 200, "OK", (("Content-Type", "text/html; charset=utf-8"),), html.encode(), html.encode(), fetched_at
        )
        decision = Decision(url, "prøve", True, "none", "", fetched_at)
        rows.append(archive.keep(answer, "article", url, "", decision).page)
    Tables(workspace).append({"pages": rows})


def _all(workspace):
    tables = Tables(workspace)
    queries = (
        "articles ORDER BY id",
        "passages ORDER BY id",
        "politicians ORDER BY article_id",
        "current_skipped ORDER BY item",
    )
    return [tables.read(f"SELECT * FROM {query}") for query in queries]


def test_pages_become_articles_passages_and_politicians(workspace):
    _store(workspace, {"https://a.example/1": _html("Broen"), "https://a.example/om": "<html><p>Om os</p></html>"})
    report = step.run(workspace)
    assert (report.counts["pages"], report.counts["articles"], report.counts["passages"]) == (2, 1, 5)
    articles, passages, politicians, skipped = _all(workspace)
    assert articles[0]["title"] == "Broen"
    assert [passage["ordinal"] for passage in sorted(passages, key=lambda row: row["ordinal"])] == [1, 2, 3, 4, 5]
    assert politicians[0]["born"] == 1980
    assert politicians[0]["offices"][0]["start"] == 2014
    assert [(row["item"], row["reason"]) for row in skipped] == [("https://a.example/om", "no article")]


def test_a_second_run_does_nothing(workspace):
    _store(workspace, {"https://a.example/1": _html("Broen"), "https://a.example/om": "<html></html>"})
    step.run(workspace)
    before = _all(workspace)
    assert step.run(workspace).counts["pages"] == 0
    assert _all(workspace) == before


def test_a_changed_page_is_a_new_version_and_the_old_one_stays(workspace):
    _store(workspace, {"https://a.example/1": _html("Broen")})
    step.run(workspace)
    _store(
        workspace,
        {"https://a.example/1": _html("Broen", extra="<p>Rettelse: prisen var en anden.</p>")},
        NOW + timedelta(days=1),
    )
    assert step.run(workspace).counts["revisions"] == 1
    tables = Tables(workspace)
    assert tables.read("SELECT count(*) AS n FROM articles") == [{"n": 2}]
    assert tables.read("SELECT count(*) AS n FROM current_articles") == [{"n": 1}]
    assert tables.read("SELECT count(*) AS n FROM current_passages") == [{"n": 6}]
    assert tables.read("SELECT count(DISTINCT duplicate_of) AS n FROM articles") == [{"n": 1}]


def test_a_page_of_which_only_the_adverts_changed_is_the_same_article(workspace):
    _store(workspace, {"https://a.example/1": _html("Broen")})
    step.run(workspace)
    _store(workspace, {"https://a.example/1": _html("Broen") + "<div class=annonce>Køb</div>"}, NOW + timedelta(days=1))
    assert step.run(workspace).counts["articles"] == 0
    assert step.run(workspace).counts["pages"] == 0


def test_what_was_left_out_and_is_an_article_now_is_not_left_out_any_more(workspace):
    _store(workspace, {"https://a.example/1": "<html><p>Kommer snart</p></html>"})
    step.run(workspace)
    _store(workspace, {"https://a.example/1": _html("Broen")}, NOW + timedelta(days=1))
    step.run(workspace)
    assert Tables(workspace).read("SELECT * FROM current_skipped") == []


def test_what_repeats_an_older_piece_under_another_address_is_shown_once(workspace):
    again = _html("Broen", published="2024-06-01").replace("<h1>Broen</h1>", "<h1>Hvad koster broen?</h1>")
    _store(
        workspace,
        {
            "https://b.example/9": again,
            "https://a.example/1": _html("Broen"),
            "https://a.example/2": _html("Vej", "vejen"),
        },
    )
    assert step.run(workspace).counts["duplicates"] == 1
    shown = Tables(workspace).read("SELECT url FROM current_articles ORDER BY url")
    assert [row["url"] for row in shown] == ["https://a.example/1", "https://a.example/2"]


def test_a_repetition_is_found_in_a_later_run_too(workspace):
    _store(workspace, {"https://a.example/1": _html("Broen")})
    step.run(workspace)
    _store(workspace, {"https://b.example/9": _html("Broen")}, NOW + timedelta(days=1))
    assert step.run(workspace).counts["duplicates"] == 1


def test_near_duplicates_may_lose_an_end_and_other_pieces_are_none():
    known, text = Duplicates(), " ".join(f"ord{i}" for i in range(300))
    assert known.original("a", "https://a.example/", text) == ""
    assert known.original("b", "https://b.example/", text[: len(text) * 4 // 5]) == "a"
    assert known.original("c", "https://c.example/", " ".join(f"andet{i}" for i in range(300))) == ""
    assert known.original("d", "https://a.example/", text + " rettet") == ""


def test_reading_everything_again_gives_the_same_tables(workspace):
    _store(
        workspace,
        {f"https://a.example/{i}": _html(f"Bro {i}", f"bro{i}") for i in range(3)}
        | {"https://a.example/om": "<p>x</p>"},
    )
    step.run(workspace)
    before = _all(workspace)
    assert step.run(workspace, everything=True).counts["articles"] == 3
    after = _all(workspace)
    assert after[:3] == before[:3]
    assert [(row["item"], row["reason"]) for row in after[3]] == [(row["item"], row["reason"]) for row in before[3]]
    assert len(list((workspace.tables / "articles").glob("*.parquet"))) == 1


def test_a_newer_extractor_reads_all_pages_again(workspace, monkeypatch):
    _store(workspace, {"https://a.example/1": _html("Broen")})
    step.run(workspace)
    monkeypatch.setattr(step, "EXTRACTOR", "next")
    assert step.run(workspace).counts["pages"] == 1
    assert step.run(workspace).counts["pages"] == 0


def test_an_exchange_that_was_cut_short_is_completed_by_the_next_writer(workspace, monkeypatch):
    _store(workspace, {"https://a.example/1": _html("Broen")})
    step.run(workspace)
    before = _all(workspace)
    monkeypatch.setattr(Tables, "_complete_exchange", lambda self: None)
    step.run(workspace, everything=True)
    monkeypatch.undo()
    assert len(_all(workspace)[0]) == 2
    step.run(workspace)
    assert _all(workspace) == before


# Extract, and die at the given write.
DYING = """
import os, signal, sys
from pathlib import Path
from klumme.extract import step
from klumme.workspace import Workspace
real, left = os.fsync, [int(sys.argv[2])]
def fsync(number):
    real(number)
    left[0] -= 1
    if not left[0]:
        os.kill(os.getpid(), signal.SIGKILL)
os.fsync, step.PAGES_PER_PART = fsync, 2
step.run(Workspace(Path(sys.argv[1]), Path(sys.argv[1])))
"""


@pytest.mark.parametrize("after", [1, 3, 4, 6])
def test_a_run_that_is_killed_at_any_write_is_completed_by_the_next(workspace, tmp_path, after):
    pages = {f"https://a.example/{i}": _html(f"Bro {i}", f"bro{i}") for i in range(4)} | {
        "https://a.example/om": "<p>x</p>"
    }
    undisturbed = Workspace(tmp_path / "other", tmp_path)
    for place in (workspace, undisturbed):
        _store(place, pages)
    step.run(undisturbed)
    died = subprocess.run([sys.executable, "-c", DYING, str(workspace.root), str(after)], check=False)
    assert died.returncode == -signal.SIGKILL
    step.run(workspace)
    assert _all(workspace) == _all(undisturbed)
