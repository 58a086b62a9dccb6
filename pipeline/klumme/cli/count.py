"""`klumme count`: how often a pattern or word occurs, by any field, and what its matches consist of."""

import click

from klumme.cli.kwic import cql_option
from klumme.cli.output import format_option, print_rows
from klumme.cli.session import Session, pass_session


@click.command("count")
@click.argument("words", nargs=-1)
@click.option("--by", multiple=True, help="aar, maaned, parti, kommune, forfatter or kilde; give it twice for both.")
@click.option("--list", "of", metavar="WHAT", help="List what matches consist of instead: lemma, form or pos.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1), help="The length of the list.")
@cql_option
@format_option
@pass_session
def count_command(
    session: Session, /, words: tuple[str, ...], of: str | None, limit: int, form: str, **given: bool
) -> None:
    """Count the matches of a pattern, or the words of a query, each also for a million tokens.

    \b
    klumme count samarbejde --by aar
    klumme count '[pos="ADJ"] [lemma="ansvar"]' --list lemma
    klumme count --list lemma          the most frequent words of the corpus
    """
    from klumme.query.corpus import Corpus

    by, cql, text = given["by"], given["cql"], " ".join(words)
    if not words and not of:
        raise click.UsageError("Name a word or a pattern, or list the words of the corpus with --list lemma.")
    with Corpus(session.workspace.root) as corpus:
        rows = corpus.frequencies(text, of, limit, cql) if of else corpus.count(text, by, cql)  # type: ignore[arg-type]
    print_rows(rows, form, rows.title)
