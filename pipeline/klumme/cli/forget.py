"""`klumme forget`: take a person's pieces out of the corpus for good."""

import click

from klumme.cli.output import print_rows
from klumme.cli.session import Session, pass_session


@click.command("forget")
@click.option("--author", default="", help="All pieces of this author, by the name in the byline.")
@click.option("--url", default="", help="The piece at this address.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@pass_session
def forget_command(session: Session, author: str, url: str, yes: bool) -> None:
    """Remove a person's pieces from archive, tables, labels, evidence and report, and check that nothing is left."""
    from klumme.collect.forget import forget

    if bool(author) == bool(url):
        raise click.UsageError("Name either --author or --url.")
    if not yes:
        click.confirm(f"Remove every trace of the pieces of '{author or url}'? This cannot be undone", abort=True)
    report = forget(session.workspace, author, url)
    print_rows(
        [report.counts], "table", "Removed; a search through archive, tables, labels and evidence found nothing left"
    )
    for note in report.notes:
        click.echo(f"Note: {note}")
