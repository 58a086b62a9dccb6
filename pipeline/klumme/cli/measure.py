"""`klumme measure`: collocations, keyness, dispersion and style."""

from typing import TYPE_CHECKING, Any

import click

from klumme.cli.output import format_option, print_rows
from klumme.cli.reading import compounds_option, reading_options
from klumme.cli.session import Session, pass_session
from klumme.cli.words import QueryCommand

if TYPE_CHECKING:
    from klumme.query.question import Reading

limit_option = click.option("--limit", default=30, show_default=True, type=click.IntRange(1), help="Show so many rows.")


@click.group("measure")
def measure_command() -> None:
    """Collocations, keyness, dispersion, diversity and readability."""


@measure_command.command("collocations", cls=QueryCommand)
@click.argument("words", nargs=-1, required=True)
@click.option(
    "--measure",
    default="logdice",
    show_default=True,
    help="logdice, log_likelihood, mi, t, delta_p_word (word given match) or delta_p_node (match given word).",
)
@click.option("--window", type=click.IntRange(1), show_default="5", help="Tokens on each side.")
@click.option("--sentence", is_flag=True, help="Look in the whole sentence instead.")
@click.option("--least", default=3, show_default=True, type=click.IntRange(1), help="Occurrences near a match.")
@limit_option
@reading_options
@format_option
@pass_session
def collocations(
    session: Session, /, words: tuple[str, ...], limit: int, form: str, reading: "Reading", **given: Any
) -> None:
    """List the lemmas that stand near a word or pattern more often than by chance.

    What is expected comes from what the fields of the query leave: of 'ansvar parti:V', from all that V wrote.
    """
    from klumme.query.corpus import Corpus

    given |= _near(given.pop("window"), given.pop("sentence"))
    with Corpus(session.workspace.root) as corpus:
        rows = corpus.collocations(" ".join(words), **reading, **given)
    print_rows(rows[:limit], form, rows.title)


def _near(window: int | None, sentence: bool) -> dict[str, int | None]:
    """Return how near a lemma must stand, as `Nearness` takes it: nothing for its own default."""
    if window and sentence:
        raise click.UsageError("--window and --sentence are two ways to say how near. Leave out one of them.")
    return {"window": window} if window or sentence else {}


@measure_command.command("keyness", cls=QueryCommand)
@click.argument("query")
@click.option("--against", default="", help="The query for the other side; without it, the rest of the corpus.")
@click.option(
    "--least", default=3, show_default=True, type=click.IntRange(1), help="Occurrences on both sides together."
)
@limit_option
@compounds_option
@format_option
@pass_session
def keyness(session: Session, /, query: str, limit: int, form: str, **given: Any) -> None:
    """List the words that the passages of QUERY use more, or less, than others.

    \b
    klumme measure keyness parti:A --against parti:V
    """
    from klumme.query.corpus import Corpus

    with Corpus(session.workspace.root) as corpus:
        rows = corpus.keyness(query, **given)
    print_rows(rows[:limit], form, rows.title)


@measure_command.command("dispersion", cls=QueryCommand)
@click.argument("words", nargs=-1, required=True)
@click.option("--over", default="artikel", show_default=True, help="artikel, aar, parti, kommune, forfatter or kilde.")
@reading_options
@format_option
@pass_session
def dispersion(session: Session, words: tuple[str, ...], over: str, form: str, reading: "Reading") -> None:
    """Say how evenly a word or pattern is spread: Gries's DP and Juilland's D."""
    from klumme.query.corpus import Corpus

    with Corpus(session.workspace.root) as corpus:
        rows = corpus.dispersion(" ".join(words), over, **reading)
    print_rows(rows, form, rows.title)


@measure_command.command("style")
@click.option("--by", default="forfatter", show_default=True, help="aar, parti, kommune, forfatter or kilde.")
@format_option
@pass_session
def style(session: Session, by: str, form: str) -> None:
    """Measure lexical diversity (MTLD) and readability (LIX) of authors, parties or others."""
    from klumme.query.corpus import Corpus

    with Corpus(session.workspace.root) as corpus:
        rows = corpus.style(by)
    print_rows(rows, form, rows.title)
