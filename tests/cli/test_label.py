import json

import pytest
from click.testing import CliRunner

from klumme.cli.label import sit
from klumme.cli.main import klumme, run
from klumme.errors import LabelError
from klumme.themes.codebook import load_codebook
from klumme.themes.labelling import THEME_KEYS, Card, Desk
from klumme.themes.labels import read_labels
from klumme.themes.passages import Known
from klumme.themes.suspicious import Suspicion
from klumme.workspace import Workspace

TEXTS = ["Byrådet sov, og " + "ingen sagde noget " * 12 + "om det.", "Det regnede.", "Skolen manglede penge."]


def _codebook(count):
    return "version = 1\n" + "".join(
        f'[[theme]]\nid = "t{n}"\nda = "Tema nummer {n}"\nen = "T"\ndefinition_da = "Det er {n}."\n'
        for n in range(1, count + 1)
    )


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    """A workspace of its own with three passages and a codebook of twelve themes."""
    monkeypatch.setenv("KLUMME_HOME", str(tmp_path))
    (tmp_path / "corpus" / "sample" / "articles").mkdir(parents=True)
    (tmp_path / "corpus" / "codebook.toml").write_text(_codebook(12), encoding="utf-8")
    (tmp_path / "corpus" / "sample" / "passages").mkdir()
    rows = [{"id": f"k{n}", "text": text, "field": "f"} for n, text in enumerate(TEXTS)]
    lines = "\n".join(json.dumps(row) for row in rows)
    (tmp_path / "corpus" / "sample" / "passages" / "p1.jsonl").write_text(lines, encoding="utf-8")
    return Workspace(tmp_path, tmp_path)


def _call(workspace, *words, keys=""):
    return CliRunner().invoke(klumme, ["--root", str(workspace.root), *words], input=keys)


def _code(workspace, coder, keys, *names):
    """Code passages by their ids, since those written for training are not laid out."""
    named = [word for name in names for word in ("--passage", name)]
    return _call(workspace, "label", "--coder", coder, *named, keys=keys)


def _typed(monkeypatch, *chunks):
    """Let the terminal hand over these chunks, then close."""
    left = iter(chunks)
    monkeypatch.setattr("click.getchar", lambda: next(left, ""))


def test_twelve_themes_are_shown_with_their_keys_and_given_by_them(workspace):
    done = _code(workspace, "anna", "9acub\r", "k1")
    assert "1-9 and a-c yes/no" in done.output
    assert "a [x] Tema nummer 10" in done.output
    assert "b [?] Tema nummer 11" in done.output
    [label] = read_labels([workspace.labels])
    assert [theme for theme, answer in label.themes.items() if answer] == ["t9", "t10", "t12"]
    assert label.themes["t11"] is None


@pytest.mark.parametrize(("themes", "keys"), [(1, "1 yes/no"), (9, "1-9 yes/no"), (10, "1-9 and a yes/no")])
def test_the_keys_named_are_those_that_there_are(workspace, themes, keys):
    workspace.codebook.write_text(_codebook(themes), encoding="utf-8")
    assert _code(workspace, "anna", "q", "k1").output.startswith(keys)


def test_more_themes_than_keys_are_refused_with_a_way_out(workspace):
    workspace.codebook.write_text(_codebook(len(THEME_KEYS) + 1), encoding="utf-8")
    done = _code(workspace, "anna", "q", "k1")
    assert isinstance(done.exception, LabelError)
    assert "--theme" in str(done.exception)
    assert "Tema nummer 32" in _call(workspace, "label", "--coder", "a", "--theme", "t32", "--passage", "k1").output


def test_no_line_is_longer_than_the_terminal_is_wide(workspace):
    lines = _code(workspace, "anna", "q", "k0").output.splitlines()
    assert max(map(len, lines)) <= 100
    assert " ".join(TEXTS[0].split()) in " ".join(" ".join(lines).split())


def test_keys_typed_ahead_are_all_heard(workspace, monkeypatch):
    _typed(monkeypatch, "12\r3\r", "\x1b[A", "4\rq")
    assert run(["--root", str(workspace.root), "label", "--coder", "anna", *_named("k0", "k1", "k2")]) == 0
    said = {x.passage_id: [t for t, yes in x.themes.items() if yes] for x in read_labels([workspace.labels])}
    assert said == {"k0": ["t1", "t2"], "k1": ["t3"], "k2": ["t4"]}


def _named(*names):
    return [word for name in names for word in ("--passage", name)]


@pytest.mark.parametrize("last", ["", "\x03\r", "\x04\r"])
def test_a_terminal_that_closes_ends_the_work_with_what_was_saved(workspace, monkeypatch, capsys, last):
    _typed(monkeypatch, "1\r1" + last)
    assert run(["--root", str(workspace.root), "label", "--coder", "anna", *_named("k0", "k1")]) == 0
    assert "1 passage coded." in capsys.readouterr().out
    assert len(read_labels([workspace.labels])) == 1


def test_where_there_is_no_terminal_it_is_said(workspace, monkeypatch, capsys):
    def closed():
        raise OSError(6, "No such device or address")

    monkeypatch.setattr("click.getchar", closed)
    assert run(["--root", str(workspace.root), "label", "--coder", "anna", *_named("k0")]) == 2
    assert "no terminal" in capsys.readouterr().err


def test_behind_the_last_passage_one_can_still_go_back(workspace):
    done = _code(workspace, "anna", "1\rz1\rq", "k0")
    assert "That was the last one." in done.output
    assert [label.themes["t1"] for label in read_labels([workspace.labels])] == [True, False]


def test_options_that_do_not_go_together_are_refused(workspace, capsys):
    assert run(["--root", str(workspace.root), "label", "--coder", "a", "--size", "3", "--passage", "k0"]) == 2
    assert "Leave one of them out" in capsys.readouterr().err
    assert run(["--root", str(workspace.root), "label", "--coder", "a", "--size", "0"]) == 2


def test_the_judge_is_told_how_much_is_open_and_who_said_what_of_each_theme(workspace):
    _code(workspace, "anna", "1u2\r1\r", "k0", "k1")
    _code(workspace, "bo", "\ru1\r", "k0", "k1")
    done = _call(workspace, "adjudicate", "--coder", "cille", keys="12\r\r")
    assert "Open: 1 yes against no, 1 yes against unsure." in done.output
    assert "1 [ ] Tema nummer 1   yes against no: anna yes, bo no" in done.output
    assert "2 [ ] Tema nummer 2   no against unsure: anna unsure, bo no" in done.output
    assert "1 [ ] Tema nummer 1   yes against unsure: anna yes, bo unsure" in done.output
    assert "2 passages settled." in done.output
    assert "leave no question open" in str(_call(workspace, "adjudicate", "--coder", "cille").exception)
    again = _call(workspace, "adjudicate", "--coder", "cille", "--passage", "k0", "--theme", "t1", keys="1\r")
    assert "1 [x] Tema nummer 1   not open: anna yes, bo no" in again.output
    last = [label for label in read_labels([workspace.labels]) if label.coder == "cille"][-1]
    assert last.themes == {"t1": False}


def test_what_is_left_out_is_said_before_one_begins(workspace, capsys, monkeypatch):
    cards = [Card(Known("k0", "a#1", "Byrådet sov.", "a", "a"), ("t1",))]
    desk = Desk(cards, load_codebook(workspace.codebook), "anna", "coder", lambda _: None, ("2 are not here.",))
    _typed(monkeypatch, "q")
    sit(desk)
    assert "2 are not here." in capsys.readouterr().out


def test_likely_errors_lead_to_where_they_are_put_right(workspace, monkeypatch):
    found = [Suspicion(Known("k0", "a#1", "Byrådet sov.", "a", "a"), "t1", True, 0.01)]
    monkeypatch.setattr("klumme.themes.suspicious.suspicious", lambda _: found)
    done = _call(workspace, "labels", "suspicious", "--format", "json")
    assert [row["passage"] for row in json.loads(done.stdout)] == ["k0"]
    assert "klumme label --passage ID" in done.stderr
    found.clear()
    assert "--passage" not in _call(workspace, "labels", "suspicious").stderr
