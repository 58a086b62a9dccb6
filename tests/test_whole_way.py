"""The main job from end to end, as a user calls it: in a process of its own, on a corpus of its own."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from klumme.cli.main import run
from klumme.schemas import SCHEMAS
from klumme.tables import Tables
from klumme.workspace import find_home, open_workspace

CLOCKS = {"fetched_at", "at", "warc", "offset", "last_modified"}
SLUGS = [
    "brevet-om-roeret",
    "brevet-om-roeret@2",
    "den-sidste-plejefamilie-i-sindal",
    "hurtigbaaten-klokka-seks",
    "om-raadhustrappen",
    "otte-doere-paa-en-villavej",
    "rotten-paa-blaagaards-plads",
    "taenderne-i-glasset",
]


def _corpus(folder: Path) -> Path:
    """Make a root whose sample is a handful of the embedded articles, one of each special kind."""
    articles = folder / "corpus" / "sample" / "articles"
    articles.mkdir(parents=True)
    for slug in SLUGS:
        source = find_home() / "corpus" / "sample" / "articles" / f"{slug}.txt"
        (articles / source.name).write_bytes(source.read_bytes())
    return folder


def _rows(root: Path, table: str) -> list[str]:
    """Return the rows of a table without what a clock or a chance name put there, sorted."""
    view = {"articles": "current_articles", "passages": "current_passages", "skipped": "current_skipped"}
    rows = Tables(open_workspace(root)).read(f"SELECT * FROM {view.get(table, table)}")
    plain = [{k: v for k, v in row.items() if k not in CLOCKS} for row in rows]
    return sorted(json.dumps(row, default=str, sort_keys=True) for row in plain)


def _start(root: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", "from klumme.cli.main import main; main()"]
    return subprocess.Popen(
        [*command, "--root", str(root), "--quiet", "run"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    )


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    root = _corpus(tmp_path_factory.mktemp("undisturbed"))
    process = _start(root)
    assert process.wait() == 0, process.stderr.read().decode()
    return root


def test_the_whole_way_ends_with_tagged_passages_and_a_report(undisturbed):
    counts = {table: len(_rows(undisturbed, table)) for table in ("articles", "passages", "tokens", "theme_scores")}
    assert counts["articles"] == 3
    assert counts["passages"] > 20
    assert counts["tokens"] > 1500
    assert counts["theme_scores"] == 8 * counts["passages"]
    assert "Hvad lokalpolitikerne skriver om" in (undisturbed / "corpus" / "report.html").read_text(encoding="utf-8")


def test_what_was_left_out_is_named_with_its_reason(undisturbed):
    left_out = {Path(json.loads(row)["item"]).name: json.loads(row)["reason"] for row in _rows(undisturbed, "skipped")}
    assert set(left_out) >= {
        "den-sidste-plejefamilie-i-sindal",
        "hurtigbaaten-klokka-seks",
        "om-raadhustrappen",
        "taenderne-i-glasset",
    }


def test_a_second_run_finds_nothing_new_and_repeats_nothing(undisturbed, capsys):
    before = {table: _rows(undisturbed, table) for table in SCHEMAS}
    assert run(["--root", str(undisturbed), "--quiet", "run"]) == 0
    assert {table: _rows(undisturbed, table) for table in SCHEMAS} == before


# The moments are spread over the time that a run takes on this machine, so that every stage is hit somewhere.
@pytest.mark.parametrize("parts", [10])
def test_a_run_killed_at_ten_moments_ends_with_the_tables_of_one_never_killed(undisturbed, tmp_path, parts):
    root = _corpus(tmp_path / "killed")
    for moment in range(1, parts + 1):
        process = _start(root)
        time.sleep(0.8 * moment)
        process.send_signal(signal.SIGKILL)
        process.wait()
    process = _start(root)
    assert process.wait() == 0, process.stderr.read().decode()
    assert {table: _rows(root, table) for table in SCHEMAS} == {table: _rows(undisturbed, table) for table in SCHEMAS}
