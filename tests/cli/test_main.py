import subprocess
import sys

import pytest

from klumme.cli.commands import COMMANDS
from klumme.cli.main import klumme, run

HEAVY = {"spacy", "sklearn", "duckdb", "pyarrow", "altair", "trafilatura", "numpy", "requests", "bs4", "rich"}


def test_help_imports_nothing_heavy():
    code = "import sys; from klumme.cli.main import run; run(['--help']); print(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "Commands:" in done.stdout
    assert HEAVY.isdisjoint(done.stderr.split())


@pytest.mark.parametrize("name", COMMANDS)
def test_every_listed_command_can_be_loaded_and_explains_itself(name, capsys):
    assert run([name, "--help"]) == 0
    assert "Usage: klumme " + name in capsys.readouterr().out


def test_importing_a_command_alone_loads_nothing_heavy():
    code = "import sys\nfrom klumme.cli.main import klumme\n"
    code += "".join(f"klumme.get_command(None, {name!r})\n" for name in COMMANDS)
    code += "print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert HEAVY.isdisjoint(done.stdout.split())


def test_an_unknown_command_is_met_with_the_nearest_one(capsys):
    assert run(["qeury"]) == 2
    assert "Did you mean 'query'?" in capsys.readouterr().err


def test_an_error_becomes_one_message_and_its_exit_code(tmp_path, capsys):
    (tmp_path / "klumme.toml").write_text("[collect]\ndelai = 1")
    assert run(["--root", str(tmp_path), "run"]) == 2
    assert capsys.readouterr().err.startswith("klumme: klumme.toml [collect] has an unknown setting 'delai'")


def test_a_root_that_is_a_file_is_refused(tmp_path, capsys):
    (tmp_path / "x").write_text("")
    assert run(["--root", str(tmp_path / "x"), "run"]) == 1
    assert "is a file" in capsys.readouterr().err


def test_the_group_is_named_as_the_command_line_is():
    assert klumme.name == "klumme"
