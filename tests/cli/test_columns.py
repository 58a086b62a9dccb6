"""What `klumme sql` sends its users to read: pipeline/README.md has every column of every table and view."""

import re
from pathlib import Path

import pytest

from klumme.tables import Tables
from klumme.workspace import Workspace, find_home

PAGE = Path(__file__).parents[2] / "pipeline" / "README.md"
ROW = re.compile(r"^\| `(\w+)` \| `([^`]+)` \| (.+) \|$", re.MULTILINE)


@pytest.fixture
def columns(tmp_path):
    """The columns and their types, by table or view, as `klumme sql` has them."""
    with Tables(Workspace(tmp_path, find_home())).connect() as connection:
        names = [row[0] for row in connection.execute("SHOW TABLES").fetchall()]
        return {name: [(row[0], row[1]) for row in connection.execute(f"DESCRIBE {name}").fetchall()] for name in names}


def _documented():
    _, page = PAGE.read_text(encoding="utf-8").split("\n## Columns\n")
    sections = re.split(r"^### (\w+)\n", page, flags=re.MULTILINE)[1:]
    return {
        name: [row[:2] for row in ROW.findall(text)] for name, text in zip(sections[::2], sections[1::2], strict=True)
    }


def test_the_map_describes_every_column_of_every_table_and_view(columns):
    assert _documented() == columns


def test_the_error_of_sql_names_the_page_that_has_the_columns(tmp_path, capsys):
    from klumme.cli.main import run

    assert run(["--root", str(tmp_path), "sql", "SELECT nothing FROM articles"]) == 2
    assert "pipeline/README.md" in capsys.readouterr().err
