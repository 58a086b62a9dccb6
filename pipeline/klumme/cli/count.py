"""`klumme count`: how often a pattern or word occurs, by any field, and what its matches consist of."""

from typing import Any

import click

from klumme.cli.output import format_option, print_rows
from klumme.cli.reading import reading_options
from klumme.cli.session import Session, pass_session
from klumme.cli.words import QueryCommand

# The length of a list for which none is asked.
LISTED = 50


@click.command("count", cls=QueryCommand)
@click.argument("words", nargs=-1)
@click.option("--by", multiple=True, help="aar, maaned, parti, kommune, forfatter, kilde or tema; twice for both.")
@click.option("--list", "of", metavar="WHAT", help="List what matches consist of instead: lemma, form or pos.")
@click.option("--limit", type=click.IntRange(1), help=f"Show so many rows; of a list {LISTED}, of counts all.")
@reading_options
@format_option
@pass_session
def count_command(
    session: Session, /, words: tuple[str, ...], of: str | None, limit: int | None, form: str, **given: Any
) -> None:
    """Count the matches of a pattern, or the words of a query, each also for a million tokens.

    Rates are of what the fields of the query leave: of 'ansvar parti:V', of all that V wrote.

    \b
    klumme count samarbejde --by aar
    klumme count 'samarbejde parti:V' --by aar --compounds
    klumme count '[pos="ADJ"] [lemma="ansvar"]' --list lemma
    klumme count --list lemma          the most frequent words of the corpus
    klumme count parti:V --list lemma  those of one party
    """
    from klumme.query.corpus import Corpus

    text, by, reading = " ".join(words), given["by"], given["reading"]
    _must_fit(bool(words), of, bool(by))
    with Corpus(session.workspace.root) as corpus:
        if of:
            rows = corpus.frequencies(text, of, limit or LISTED, **reading)
        else:
            rows = corpus.count(text, by, **reading)[:limit]
    print_rows(rows, form, rows.title)


def _must_fit(words: bool, of: str | None, by: bool) -> None:
    if not words and not of:
        raise click.UsageError("Name a word or a pattern, or list the words of the corpus with --list lemma.")
    if of and by:
        raise click.UsageError(
            "--list is not parted by a field. Leave out --by, or list one group: "
            f"klumme count 'ansvar parti:A' --list {of}"
        )
