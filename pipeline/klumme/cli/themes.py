"""`klumme themes`: count themes by year, party, municipality, author or source."""

from typing import Any

import click

from klumme.cli.output import format_option, print_rows
from klumme.cli.reading import compounds_option
from klumme.cli.session import Session, pass_session


@click.command("themes")
@click.option("--by", multiple=True, help="aar, maaned, parti, kommune, forfatter or kilde; give it twice for both.")
@click.option("--query", default="", help="Count only among the passages that this query finds.")
@compounds_option
@click.option("--together", is_flag=True, help="Count instead which themes share passages.")
@format_option
@pass_session
def themes_command(session: Session, /, together: bool, form: str, **given: Any) -> None:
    """Count tagged passages by theme, each number with what it is a share of."""
    from klumme.query.corpus import Corpus

    if given["compounds"] and not given["query"]:
        raise click.UsageError("--compounds is for the words of --query. Add --query, or leave out --compounds.")
    if together and (given["by"] or given["query"]):
        raise click.UsageError(
            "--together counts pairs in the whole corpus. Leave out --by and --query, or leave out --together."
        )
    with Corpus(session.workspace.root) as corpus:
        rows = corpus.theme_pairs() if together else corpus.themes(**given)
    print_rows(rows, form, rows.title)
