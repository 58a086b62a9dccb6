"""`klumme extract`: turn stored pages into articles and passages, or show what one page would give."""

import click

from klumme.cli.output import print_rows
from klumme.cli.session import Session, pass_session


@click.command("extract")
@click.option("--all", "everything", is_flag=True, help="Read all stored pages again, with no network.")
@pass_session
def extract_command(session: Session, everything: bool) -> None:
    """Turn stored pages into articles and passages.

    What was left out stands with its reason in the table `skipped`.
    """
    from klumme.extract.step import run

    report = run(session.workspace, session.progress, everything)
    print_rows([report.counts], "table", "This run")
    if report.skipped:
        left_out = [{"left out because": why, "pages": n} for why, n in sorted(report.skipped.items())]
        print_rows(left_out, "table", "Left out")
    for note in report.notes:
        click.echo(f"Note: {note}")
