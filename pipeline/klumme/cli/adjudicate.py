"""`klumme adjudicate`: settle what coders disagree on."""

import click

from klumme.cli.label import sit
from klumme.cli.session import Session, pass_session


@click.command("adjudicate")
@click.option("--coder", required=True, help="Who settles.")
@pass_session
def adjudicate_command(session: Session, coder: str) -> None:
    """Go through the passages that coders disagree on, with who said what; the answer here settles it."""
    from klumme.themes.desks import adjudication_desk

    sit(adjudication_desk(session.workspace, coder))
