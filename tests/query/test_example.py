import re
from pathlib import Path

import pytest

from klumme.query.cql.parse import parse_pattern
from klumme.query.language import FIELDS
from klumme.workspace import find_home

GUIDE = (find_home() / "pipeline" / "asking.md").read_text(encoding="utf-8")


def test_the_python_of_the_guide_runs_from_top_to_bottom(shared, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("KLUMME_ROOT", str(shared.root))
    monkeypatch.chdir(tmp_path)
    code = "\n".join(re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL))
    exec(compile(code, "asking.md", "exec"), {})  # noqa: S102
    assert "Skolens ansvar" in capsys.readouterr().out
    assert sorted(Path().iterdir()) == [Path("ansvar.conllu"), Path("ansvar.xlsx"), Path("peget.jsonl")]


def test_the_guide_names_every_field():
    assert all(f"`{field}:" in GUIDE for field in FIELDS)


@pytest.mark.parametrize("pattern", re.findall(r"`((?:a:)?\[[^`]*|\"skol[^`]*)`", GUIDE))
def test_the_patterns_of_the_guide_parse(pattern):
    for part in pattern.split("`, `"):
        parse_pattern(part)
