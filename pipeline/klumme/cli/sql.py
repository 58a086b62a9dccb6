"""`klumme sql`: ask the tables in SQL."""

import click

from klumme.cli.output import format_option, print_rows
from klumme.cli.session import Session, pass_session


@click.command("sql")
@click.argument("statement")
@format_option
@pass_session
def sql_command(session: Session, statement: str, form: str) -> None:
    """Answer one SELECT over the tables of the corpus: no writing, no other files, no network.

    \b
    klumme sql 'SELECT party, count(*) FROM current_articles GROUP BY party'
    """
    from klumme.query.sql import run_sql

    print_rows(run_sql(session.workspace, statement), form)
