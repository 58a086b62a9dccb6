"""What may stand on the command line: words that begin with a minus, and options that cannot go together."""

import click
import pytest
from click.testing import CliRunner

from klumme.cli.main import run
from klumme.cli.words import QueryCommand


@click.command("ask", cls=QueryCommand, context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("words", nargs=-1, required=True)
@click.option("--sort", default="")
@click.option("--against", default="")
@click.option("--cql", is_flag=True)
def ask(words, sort, against, cql):
    click.echo("|".join((*words, sort, against, str(cql))))


def _ask(*arguments):
    done = CliRunner().invoke(ask, arguments)
    return done.exit_code, done.output.strip()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-skole tema:ansvarsfordeling"], "-skole tema:ansvarsfordeling|||False"),
        (["ansvar", "-skole"], "ansvar|-skole|||False"),
        (["-skole", "--sort", "left", "ansvar", "--cql"], "-skole|ansvar|left||True"),
        (["ansvar", "--against", "-parti:V"], "ansvar||-parti:V|False"),
        (["ansvar", "--against=-parti:V"], "ansvar||-parti:V|False"),
        (['-"det nære"'], '-"det nære"|||False'),
        (["-har"], "-har|||False"),
        (["-å"], "-å|||False"),
        (["ansvar", "--", "-sort", "--x"], "ansvar|-sort|--x|||False"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_words_that_begin_with_a_minus_are_words(arguments, said):
    assert _ask(*arguments) == (0, said)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["ansvar", "--srot", "left"], "--sort"),
        (["--nothing"], "No such option"),
        (["ansvar", "-sort", "left"], "Write --sort; to leave out the word, put it last: -- -sort"),
        (["ansvar", "-sort=left"], "Write --sort"),
        (["-n", "ansvar"], "There is no option '-n'. Known are: --against"),
        (["-skole", "--sort"], "requires an argument"),
        ([], "Missing argument"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_an_option_that_is_none_is_refused_with_the_way_out(arguments, said):
    code, output = _ask(*arguments)
    assert code == 2
    assert said in output


def test_help_is_still_asked_for_with_one_letter():
    code, output = _ask("-h")
    assert code == 0
    assert output.startswith("Usage:")


@pytest.mark.parametrize(
    "command",
    [
        ["query"],
        ["export", "--to", "x.csv"],
        ["count"],
        ["kwic"],
        ["measure", "collocations"],
        ["measure", "keyness"],
        ["measure", "dispersion"],
    ],
    ids=" ".join,
)
def test_every_command_that_takes_a_query_takes_one_that_begins_with_a_minus(tmp_path, capsys, command):
    """The corpus is empty, which is said only after the command line has been understood."""
    assert run(["--root", str(tmp_path), *command, "-skole tema:ansvarsfordeling"]) == 1
    assert "klumme run" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["count", "ansvar", "--list", "lemma", "--by", "parti"], "Leave out --by"),
        (["themes", "--together", "--by", "parti"], "Leave out --by and --query"),
        (["themes", "--together", "--query", "ansvar"], "Leave out --by and --query"),
        (["kwic", "ansvar", "--seed", "3"], "Add --sample N or --sort random"),
        (["kwic", "ansvar", "--seed", "3", "--sort", "left"], "Add --sample N or --sort random"),
        (["themes", "--compounds"], "Add --query"),
        (["themes", "--together", "--compounds"], "Add --query"),
        (["measure", "collocations", "ansvar", "--window", "3", "--sentence"], "Leave out one of them"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_options_that_cannot_go_together_are_refused_not_dropped(tmp_path, capsys, arguments, said):
    assert run(["--root", str(tmp_path), *arguments]) == 2
    assert said in " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize(
    "command",
    [
        ["query"],
        ["kwic"],
        ["count"],
        ["count", "--list", "form"],
        ["measure", "collocations"],
        ["measure", "dispersion"],
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("pattern", [['[lemma="ansvar"]'], ['"ansvar"', "--cql"]], ids=" ".join)
def test_no_command_drops_compounds_where_a_pattern_cannot_have_them(tmp_path, capsys, command, pattern):
    assert run(["--root", str(tmp_path), *command, *pattern, "--compounds"]) == 2
    assert 'Name the part in the pattern: [part="skole"]' in capsys.readouterr().err
