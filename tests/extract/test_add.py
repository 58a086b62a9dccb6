"""`klumme add`, from the command line to the tables."""

import json

import pytest

from klumme.cli.main import run
from klumme.extract.added import add_files
from klumme.tables import Tables
from klumme.workspace import Workspace

TEXT = "Broen\n\n" + "\n\n".join(
    f"Afsnit nummer {i} handler om broen, og nogen må sige, hvad den skal koste os." for i in range(4)
)


@pytest.fixture
def workspace(tmp_path):
    return Workspace(tmp_path / "corpus", tmp_path)


@pytest.fixture
def quick(monkeypatch):
    """Leave out the later stages, which other rooms prove."""
    calls = []
    monkeypatch.setattr("klumme.cli.run.process", lambda session: calls.append(session) or [])
    return calls


def _file(tmp_path, name, text=TEXT):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_the_same_text_is_added_once(workspace, tmp_path):
    paths = [_file(tmp_path, "a.txt"), _file(tmp_path, "b.txt")]
    assert add_files(workspace, paths).report.counts["articles"] == 1
    again = add_files(workspace, paths).report.counts
    assert (again["articles"], again["known"]) == (0, 2)
    assert Tables(workspace).read("SELECT count(*) AS n FROM passages") == [{"n": 4}]


def test_what_was_added_says_from_which_file_it_came(workspace, tmp_path):
    add_files(workspace, [_file(tmp_path, "a.txt")])
    (row,) = Tables(workspace).read("SELECT source, origin, page_sha256 FROM current_articles")
    assert row == {"source": "added", "origin": "a.txt", "page_sha256": ""}


def test_files_that_cannot_be_read_keep_no_other_out(workspace, tmp_path):
    broken = _file(tmp_path, "rows.jsonl", json.dumps({"text": TEXT}) + "\n{")
    added = add_files(workspace, [tmp_path, _file(tmp_path, "tom.txt", ""), broken])
    assert added.report.counts["articles"] == 1
    assert [str(problem).split()[0] for problem in added.problems] == [str(tmp_path), "tom.txt", "rows.jsonl,"]


def test_half_a_character_keeps_no_other_line_out(workspace, tmp_path):
    rows = _file(tmp_path, "rows.jsonl", '{"text": "Skolen \\ud83d er"}\n' + json.dumps({"text": TEXT}))
    added = add_files(workspace, [rows])
    assert added.report.counts["articles"] == 1
    assert [str(problem) for problem in added.problems] == [
        "rows.jsonl, line 1 is not valid JSON: half a character stands in it. Mend the line and add the file again."
    ]


def test_a_text_in_another_language_is_left_out_with_its_reason(workspace, tmp_path):
    swedish = _file(tmp_path, "s.txt", "Bron\n\n" + "Jag vet inte vad som är rätt och det är också allt. " * 5)
    assert add_files(workspace, [swedish]).report.skipped == {"language": 1}
    assert Tables(workspace).read("SELECT stage, item, reason FROM current_skipped") == [
        {"stage": "add", "item": "s.txt", "reason": "language"}
    ]


def test_the_command_adds_and_lets_the_later_stages_run(tmp_path, quick, capsys):
    assert run(["--root", str(tmp_path / "root"), "--quiet", "add", str(_file(tmp_path, "a.txt"))]) == 0
    assert len(quick) == 1
    assert "articles" in capsys.readouterr().out


def test_the_command_leaves_with_1_and_one_line_for_each_problem(tmp_path, quick, capsys):
    good, empty = _file(tmp_path, "a.txt"), _file(tmp_path, "tom.txt", "")
    assert (
        run(["--root", str(tmp_path / "root"), "--quiet", "add", str(empty), str(tmp_path / "x.txt"), str(good)]) == 1
    )
    lines = capsys.readouterr().err.splitlines()
    assert [line.split(": ")[0] for line in lines] == ["klumme", "klumme"]
    assert "tom.txt is empty" in lines[0]
    assert len(quick) == 1


def test_nothing_new_needs_no_later_stage(tmp_path, quick):
    arguments = ["--root", str(tmp_path / "root"), "--quiet", "add", str(_file(tmp_path, "a.txt"))]
    assert (run(arguments), run(arguments)) == (0, 0)
    assert len(quick) == 1
