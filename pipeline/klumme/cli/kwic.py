"""`klumme kwic`: matches in their context, one on a line."""

from typing import TYPE_CHECKING, Any

import click

from klumme.cli.output import format_option, print_rows
from klumme.cli.session import Session, pass_session
from klumme.cli.words import QueryCommand

if TYPE_CHECKING:
    from rich.table import Table

    from klumme.query.concordance import Concordance

cql_option = click.option(
    "--cql", is_flag=True, help="Read the words as corpus query language, whatever they begin with."
)


@click.command("kwic", cls=QueryCommand)
@click.argument("words", nargs=-1, required=True)
@click.option("--sort", default="", metavar="BY", help="left, right, match, date, source or probability.")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1), help="Show at most so many lines.")
@click.option("--offset", default=0, type=click.IntRange(0), help="Leave out so many of the first.")
@click.option("--context", default=8, show_default=True, type=click.IntRange(0), help="Tokens on each side.")
@click.option("--sample", type=int, metavar="SEED", help="Show a random sample, the same for the same seed.")
@click.option("--words", "annotated", is_flag=True, help="Show lemma and part of speech under each word of the line.")
@cql_option
@format_option
@pass_session
def kwic_command(session: Session, /, words: tuple[str, ...], form: str, annotated: bool, **view: Any) -> None:
    """Show the matches of a pattern, or the words of a query, in context.

    \b
    klumme kwic '[lemma="have"] []{0,3} [lemma="ansvar"] within s' --sort right
    klumme kwic '[part="samarbejde"] within <tema id="politisk-ejerskab" p>=0.8>'
    klumme kwic 'ansvar parti:A'
    """
    from klumme.query.corpus import Corpus

    if view["sample"] is not None and view["sort"]:
        raise click.UsageError("A --sample comes in an order of its own. Leave out --sort, or leave out --sample.")
    with Corpus(session.workspace.root) as corpus:
        found = corpus.concordance(" ".join(words), **view)
    if form == "table":
        print_concordance(found, annotated)
    else:
        print_rows(found.rows, form)


def print_concordance(found: "Concordance", annotated: bool = False) -> None:
    """Print the lines below each other, the matches in one column, and the number of all matches."""
    from rich.console import Console

    console = Console(highlight=False)
    console.print(_table(found, annotated))
    console.print(f"{found.total} matches, shown {len(found.lines)}", style="bold", markup=False)


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
