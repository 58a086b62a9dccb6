"""The walk-through of corpus/own-theme.md, step by step."""

import json
import random
import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from klumme.cli.main import klumme
from klumme.tables import Tables
from klumme.themes import registry
from klumme.themes.desks import label_desk

GUIDE = Path(__file__).parents[2] / "corpus" / "own-theme.md"
ASKED = ["holdt kommunen borgermøde før tegningen", "sendte udvalget planen i høring først", "spurgte beboerne ingen"]
OTHER = ["manglede der fem millioner kroner", "cyklede børnene til skole", "sang solsorten", "tog byrådet sagen på sig"]


def _fenced(language):
    return re.findall(rf"```{language}\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)


@pytest.fixture
def corpus(workspace):
    """Thirty invented articles by ten authors, a third of whose passages are about taking residents along."""
    chance, rows = random.Random(2), []
    for number in range(30):
        said = [
            f"I uge {chance.randint(1, 52)} {chance.choice(ASKED if chance.random() < 0.4 else OTHER)} nummer {k}."
            for k in range(number * 6, number * 6 + 6)
        ]
        rows.append(
            {
                "title": f"Klumme {number}",
                "author": f"Forfatter {number % 10}",
                "municipality": "Aalborg",
                "published": f"20{19 + number % 6}-03-04",
                "text": "\n\n".join(said),
            }
        )
    path = workspace.root / "mine.jsonl"
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    return path


def _run(workspace, line, keys=""):
    done = CliRunner().invoke(klumme, ["--quiet", "--root", str(workspace.root), *shlex.split(line)[1:]], input=keys)
    assert done.exception is None, f"{line}: {done.exception!r} {done.output}"
    return done.output


def _keys(workspace):
    """What a coder presses who finds the theme where residents are asked."""
    desk = label_desk(workspace, "anna", "borgerinddragelse", 40)
    found = [any(said in card.passage.text for said in ASKED) for card in desk.cards]
    assert sum(found) >= 10
    return "".join("1\r" if yes else "\r" for yes in found)


def test_the_walk_through_of_a_theme_of_ones_own_works_as_it_stands(workspace, corpus):
    from klumme.annotate.step import run as annotate
    from klumme.extract.added import add_files
    from klumme.query.index import run as index
    from klumme.settings import load_settings

    add_files(workspace, [corpus])
    annotate(workspace, load_settings(workspace.settings).annotate)
    index(workspace)
    with workspace.codebook.open("a", encoding="utf-8") as file:
        file.write("\n" + "".join(_fenced("toml")))
    said = {}
    for line in "".join(_fenced("sh")).splitlines():
        said[line.split()[1]] = _run(workspace, line, _keys(workspace) if " label " in line else "")
    assert "Borgere tages med" in said["codebook"]
    assert "40 passages coded" in said["label"]
    assert "In use now" in said["retrain"]
    assert registry.load_model(workspace).themes == ("borgerinddragelse",)
    tagged = Tables(workspace).read("SELECT text FROM theme_scores s JOIN passages p ON p.id = passage_id WHERE tagged")
    right = [any(words in row["text"] for words in ASKED) for row in tagged]
    assert len(tagged) > 40
    assert sum(right) / len(right) > 0.9
    assert "høring" in said["query"] or "borgermøde" in said["query"]
    assert "borgerinddragelse" in workspace.report.read_text(encoding="utf-8").lower()
