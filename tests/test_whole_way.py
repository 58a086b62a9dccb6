"""The main job from end to end, as a user calls it: in a process of its own, on a corpus of its own."""

import json
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
    "rotten-der-saa-mig-foerst",
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


def _command(root: Path) -> list[str]:
    return [sys.executable, "-c", "from klumme.cli.main import main; main()", "--root", str(root), "--quiet", "run"]


def _run_whole(root: Path) -> None:
    done = subprocess.run(_command(root), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def _run_and_kill(root: Path, seconds: float) -> None:
    with subprocess.Popen(_command(root), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    root = _corpus(tmp_path_factory.mktemp("undisturbed"))
    began = time.monotonic()
    _run_whole(root)
    return root, time.monotonic() - began


def test_the_whole_way_ends_with_tagged_passages_and_a_report(undisturbed):
    root, _ = undisturbed
    counts = {table: len(_rows(root, table)) for table in ("articles", "passages", "tokens", "theme_scores")}
    assert counts["articles"] == 3
    assert counts["passages"] > 20
    assert counts["tokens"] > 1500
    assert counts["theme_scores"] == 8 * counts["passages"]
    assert "Hvad lokalpolitikerne skriver om" in (root / "corpus" / "report.html").read_text(encoding="utf-8")


def test_what_was_left_out_is_named_with_its_reason(undisturbed):
    left_out = {
        Path(json.loads(row)["item"]).name: json.loads(row)["reason"] for row in _rows(undisturbed[0], "skipped")
    }
    assert set(left_out) >= {
        "den-sidste-plejefamilie-i-sindal",
        "hurtigbaaten-klokka-seks",
        "om-raadhustrappen",
        "taenderne-i-glasset",
    }


def test_a_second_run_finds_nothing_new_and_repeats_nothing(undisturbed, capsys):
    root, _ = undisturbed
    before = {table: _rows(root, table) for table in SCHEMAS}
    assert run(["--root", str(root), "--quiet", "run"]) == 0
    assert "0 new" in capsys.readouterr().out
    assert {table: _rows(root, table) for table in SCHEMAS} == before


def test_a_run_killed_at_ten_moments_ends_with_the_tables_of_one_never_killed(undisturbed, tmp_path):
    whole, seconds = undisturbed
    root = _corpus(tmp_path / "killed")
    # The moments are spread over the time that an undisturbed run took here, so that every stage is hit somewhere.
    for moment in range(1, 11):
        _run_and_kill(root, seconds * moment / 10)
    _run_whole(root)
    assert {table: _rows(root, table) for table in SCHEMAS} == {table: _rows(whole, table) for table in SCHEMAS}
