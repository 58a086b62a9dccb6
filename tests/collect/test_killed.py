"""A run that is killed anywhere is completed by the next one: the same rows, and no page fetched again.

`KILLS=50 pytest tests/collect/test_killed.py` kills as often as that; the suite does it a few times.
"""

import os
import random
import shutil
import subprocess
import sys
from collections import Counter

import pytest
from warcio.archiveiterator import ArchiveIterator

from klumme.collect.fetch import Fetcher
from klumme.collect.pace import Pace
from klumme.collect.recover import recover_pages
from klumme.collect.sources import load_source
from klumme.collect.step import run_with
from klumme.settings import CollectSettings
from klumme.tables import Tables
from klumme.workspace import Workspace

SETTINGS = CollectSettings(retries=0)
KILLS = int(os.environ.get("KILLS", "3"))

# The child kills itself at the n-th time that it opens, renames, removes, cuts or connects to something.
CHILD = """
import os, signal, sys
from pathlib import Path
from klumme.collect import ledger
from klumme.collect.fetch import Fetcher
from klumme.collect.pace import Pace
from klumme.collect.recover import recover_pages
from klumme.collect.sources import load_source
from klumme.collect.step import run_with
from klumme.settings import CollectSettings
from klumme.workspace import Workspace

ledger._BATCH = 3
root, file, last = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
moments = 0

def count(event, details):
    global moments
    if event in ("open", "os.rename", "os.remove", "os.truncate", "socket.connect"):
        moments += 1
        if moments == last:
            os.kill(os.getpid(), signal.SIGKILL)

source, settings = load_source(file), CollectSettings(retries=0)
fetcher = Fetcher(source, settings, Pace(0.0, jitter=0.0))
sys.addaudithook(count)
run_with(fetcher, Workspace(root, root), source, settings)
print(moments)
"""

TABLES = {
    "pages": "url, source, status, content_type, sha256, etag, last_modified, role",
    "visits": "url, source, listed, outcome",
    "permissions": "url, source, allowed, rule, evidence",
    "skipped": "stage, source, item, reason, detail",
}


@pytest.fixture
def column(site, tmp_path):
    """A site with twelve articles on two pages, one reserved, one gone, one closed, one moved."""
    paths = [f"/a{number}" for number in range(12)]
    for path in paths:
        site.page(path, f"<p>{path}" + "æ" * 3000, ETag=f'"{path}"')
    site.page("/a3", "<p>Forbeholdt", **{"tdm-reservation": "1"})
    site.routes["/a5"] = (301, {"Location": "/a6b"}, b"")
    site.page("/a6b")
    site.page(
        "/side2", "".join(f'<article><a href="{path}">x</a></article>' for path in [*paths[6:], "/lukket", "/væk"])
    )
    site.listing(*paths[:6], more='<a class="next" href="/side2">næste</a>')
    site.routes["/robots.txt"] = (200, {}, b"User-agent: *\nDisallow: /lukket\n")
    file = tmp_path / "proeve.toml"
    how = '[[discover]]\naddress = "/"\nentry = "article"\nnext = "a.next"\n'
    file.write_text(f'column = "K"\npublisher = "P"\nbase = "{site.base}"\n{how}', encoding="utf-8")
    return file


def _child(root, file, last=0, seconds=None):
    command = [sys.executable, "-W", "ignore", "-c", CHILD, str(root), str(file), str(last)]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        out, err = child.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        child.kill()
        out, err = child.communicate()
    assert "Traceback" not in err, err
    return out


def _here(root, file):
    """Run in this process."""
    source = load_source(file)
    fetcher = Fetcher(source, SETTINGS, Pace(0.0, jitter=0.0))
    run_with(fetcher, Workspace(root, root), source, SETTINGS)


def _rows(root):
    tables = Tables(Workspace(root, root))
    return {
        table: Counter(tuple(row.values()) for row in tables.read(f"SELECT {columns} FROM {table}"))
        for table, columns in TABLES.items()
    }


def _articles_in_archive(root):
    found = Counter()
    for path in sorted((root / "corpus" / "raw").glob("*.warc.gz")):
        with path.open("rb") as file:
            for record in ArchiveIterator(file):
                url = record.rec_headers.get_header("WARC-Target-URI") or ""
                if (
                    record.rec_type in ("response", "revisit")
                    and "/a" in url
                    and record.http_headers.get_statuscode() != "301"
                ):
                    found[url] += 1
    return found


def test_a_run_killed_again_and_again_ends_as_one_that_was_never_killed(column, tmp_path):
    whole = tmp_path / "whole"
    moments = int(_child(whole, column))
    chance = random.Random(2)
    for number in range(KILLS):
        killed = tmp_path / f"killed{number // 5}"
        if number % 2:
            _child(killed, column, seconds=0.6 + 0.8 * chance.random())
        else:
            _child(killed, column, last=chance.randint(1, moments))
        if number % 5 == 4 or number == KILLS - 1:
            _child(killed, column)
            assert _rows(killed) == _rows(whole)
            assert set(_articles_in_archive(killed)) == set(_articles_in_archive(whole))
            assert set(_articles_in_archive(killed).values()) == {1}


def test_an_archive_cut_at_any_byte_is_completed(column, site, tmp_path):
    whole = tmp_path / "whole"
    _here(whole, column)
    (warc,) = (whole / "corpus" / "raw").iterdir()
    size = warc.stat().st_size
    for share in (0.02, 0.5, 0.999):
        cut = tmp_path / f"cut{share}"
        shutil.copytree(whole / "corpus" / "raw", cut / "corpus" / "raw")
        os.truncate(cut / "corpus" / "raw" / warc.name, int(size * share))
        site.requests.clear()
        _here(cut, column)
        assert _rows(cut) == _rows(whole)
        assert set(_articles_in_archive(cut).values()) == {1}


def test_tables_that_were_lost_are_made_again_from_the_archive_without_the_net(column, site, tmp_path):
    _here(tmp_path / "corpus1", column)
    before = _rows(tmp_path / "corpus1")["pages"]
    shutil.rmtree(tmp_path / "corpus1" / "corpus" / "tables")
    site.requests.clear()
    workspace = Workspace(tmp_path / "corpus1", tmp_path / "corpus1")
    assert recover_pages(workspace) == before.total()
    assert recover_pages(workspace) == 0
    assert _rows(workspace.root)["pages"] == before
    assert site.requests == []
    _here(workspace.root, column)
    assert {path for path, _ in site.requests if path.startswith("/a")} == {"/a3"}
