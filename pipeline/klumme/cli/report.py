"""`klumme report`: write the report page of the corpus."""

import click

from klumme.cli.session import Session, pass_session


@click.command("report")
@pass_session
def report_command(session: Session) -> None:
    """Write the report page of the corpus, with charts and the passages behind each number."""
    from klumme.charts.page import write_report

    write_report(session.workspace)
    click.echo(f"Report: {session.workspace.report}")
