"""`klumme kwic`: matches in their context, one on a line."""

from typing import TYPE_CHECKING, Any

import click

from klumme.cli.output import format_option, print_rows
from klumme.cli.reading import reading_options
from klumme.cli.session import Session, pass_session
from klumme.cli.words import QueryCommand

if TYPE_CHECKING:
    from rich.table import Table

    from klumme.query.concordance import Concordance
    from klumme.query.question import Reading

# How many lines are shown where no number is asked for; a sample is shown whole.
SHOWN = 20


@click.command("kwic", cls=QueryCommand)
@click.argument("words", nargs=-1, required=True)
@click.option("--sort", default="", metavar="BY", help="left, right, match, date, source, probability or random.")
@click.option("--limit", type=click.IntRange(1), help=f"Show at most so many lines; {SHOWN}, or the whole sample.")
@click.option("--offset", default=0, type=click.IntRange(0), help="Leave out so many of the first.")
@click.option("--context", default=8, show_default=True, type=click.IntRange(0), help="Tokens on each side.")
@click.option("--sample", type=click.IntRange(1), metavar="N", help="Draw N of all lines at random, then sort them.")
@click.option("--seed", type=int, help="What chance begins with: the same for the same, 1 unless you say.")
@click.option("--words", "annotated", is_flag=True, help="Show lemma and part of speech under each word of the line.")
@reading_options
@format_option
@pass_session
def kwic_command(
    session: Session, /, words: tuple[str, ...], form: str, annotated: bool, reading: "Reading", **view: Any
) -> None:
    """Show the matches of a pattern, or the words of a query, in context.

    \b
    klumme kwic '[lemma="have"] []{0,3} [lemma="ansvar"] within s' --sort right
    klumme kwic '[part="samarbejde"] within <tema id="politisk-ejerskab" p>=0.8>'
    klumme kwic 'ansvar parti:A' --sample 50 --seed 7 --sort left
    """
    from klumme.query.corpus import Corpus

    with Corpus(session.workspace.root) as corpus:
        found = corpus.concordance(" ".join(words), **reading, **_view(**view))
    if form == "table":
        print_concordance(found, annotated)
    else:
        print_rows(found.rows, form)


def _view(limit: int | None, seed: int | None, **view: Any) -> dict[str, Any]:
    """Return the view as `View` takes it; raises UsageError for a seed with nothing to draw."""
    if seed is not None and view["sample"] is None and view["sort"] != "random":
        raise click.UsageError(
            "--seed is for what is drawn at random. Add --sample N or --sort random, or leave it out."
        )
    return view | {"limit": limit or view["sample"] or SHOWN} | ({} if seed is None else {"seed": seed})


def print_concordance(found: "Concordance", annotated: bool = False) -> None:
    """Print the lines below each other, the matches in one column, and how many there are, also for a million."""
    from rich.console import Console

    console = Console(highlight=False)
    console.print(_table(found, annotated))
    drawn = "" if found.drawn == found.total else f", {found.drawn} drawn at random"
    console.print(f"{found.total} matches{drawn}, shown {len(found.lines)}", style="bold", markup=False)
    if found.per_million is not None:
        console.print(f"{found.per_million:,.1f} per million, of {found.part}", style="dim", markup=False)


def _table(found: "Concordance", annotated: bool) -> "Table":
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, show_header=False, padding=(0, 1, 0, 0), expand=True)
    for justify, ratio in (("right", 5), ("left", 3), ("left", 5), ("left", 4)):
        table.add_column(justify=justify, ratio=ratio, overflow="fold")  # type: ignore[arg-type]
    for line in found.lines:
        parts = [Text(" ".join(line.left.split())), Text(line.match, "bold"), Text(" ".join(line.right.split()))]
        if annotated:
            for part, words in zip(parts, (line.before, line.words, line.after), strict=True):
                part.append("\n" + " ".join(f"{word.lemma}/{word.pos}" for word in words), "dim")
        day = f"{line.published:%Y-%m-%d}" if line.published else ""
        who = ", ".join(part for part in (line.author, line.party, day) if part)
        where = Text(f"{who} {line.passage_id}", "dim")
        table.add_row(*parts, where)
    return table
