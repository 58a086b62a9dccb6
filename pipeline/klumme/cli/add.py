"""`klumme add`: take in files that the user already has."""

from pathlib import Path

import click

from klumme.cli.output import print_rows
from klumme.cli.session import Session, pass_session
from klumme.errors import KlummeError


@click.command("add")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@pass_session
def add_command(session: Session, files: tuple[Path, ...]) -> None:
    """Take in FILES you already have (.txt .html .jsonl .csv .docx), then annotate and tag them.

    A .csv needs a column `text`, and each line of a .jsonl an object with the key `text`. Further columns are read
    where they are there: title, standfirst, author, role, party, municipality, published, updated, section, tags, url,
    source. A file that cannot be read is named, and the others are taken.
    """
    from klumme.extract.added import add_files

    added = add_files(session.workspace, files, session.progress)
    report = added.report
    print_rows([report.counts], "table", "Added")
    if report.skipped:
        left_out = [{"left out because": why, "pieces": n} for why, n in sorted(report.skipped.items())]
        print_rows(left_out, "table", "Left out")
    _complain([*added.problems, *(_processed(session) if report.counts["articles"] else ())])


def _processed(session: Session) -> list[KlummeError]:
    """Do the later stages for what was added; what stops them is one more problem, and the files are in."""
    from klumme.cli.run import process

    try:
        process(session)
    except KlummeError as error:
        return [error]
    return []


def _complain(problems: list[KlummeError]) -> None:
    """Show every problem on a line of its own, and leave with the exit code of the last."""
    for problem in problems[:-1]:
        click.echo(f"klumme: {problem}", err=True)
    if problems:
        raise problems[-1]
