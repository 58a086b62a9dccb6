"""`klumme permissions`: what may be kept and what not, by which rule, on what evidence."""

import click

from klumme.cli.output import format_option, print_rows
from klumme.cli.session import Session, pass_session

_LATEST = """
FROM (SELECT * FROM permissions QUALIFY row_number() OVER (PARTITION BY source, url ORDER BY "at" DESC) = 1)
WHERE ($source = '' OR source = $source) AND (NOT $denied OR NOT allowed)
"""
_COUNTS = f'SELECT source, allowed, rule, count(*) AS pages, max("at") AS latest {_LATEST} GROUP BY ALL ORDER BY ALL'
_EACH = f'SELECT url, source, allowed, rule, evidence, "at" {_LATEST} ORDER BY source, url'


@click.command("permissions")
@click.option("--source", default="", help="Of this source only.")
@click.option("--denied", is_flag=True, help="Only what must not be kept.")
@click.option("--each", is_flag=True, help="Every decision with its evidence, instead of counts.")
@format_option
@pass_session
def permissions_command(session: Session, source: str, denied: bool, each: bool, form: str) -> None:
    """Show the decisions in force: counts by rule, or each with its evidence."""
    from klumme.tables import Tables

    rows = Tables(session.workspace).read(_EACH if each else _COUNTS, {"source": source, "denied": denied})
    print_rows(rows, form, "Permissions")
