"""`klumme query`: find passages, with the words marked, their themes, and where each comes from."""

from typing import TYPE_CHECKING

import click

from klumme.cli.kwic import print_concordance
from klumme.cli.output import format_option, print_notes, print_rows
from klumme.cli.reading import reading_options
from klumme.cli.session import Session, pass_session
from klumme.cli.words import QueryCommand

if TYPE_CHECKING:
    from rich.text import Text

    from klumme.query.concordance import Concordance
    from klumme.query.question import Reading
    from klumme.query.search import Hits
    from klumme.records import Hit

# How many themes are shown below a passage, and how many values of a facet below the list.
SHOWN = 4


@click.command("query", cls=QueryCommand)
@click.argument("words", nargs=-1)
@click.option("--like", metavar="TEXT|ID", help="Sort by likeness in meaning to a text, or to the passage with an id.")
@click.option("--limit", default=10, show_default=True, type=click.IntRange(1), help="Show at most so many hits.")
@click.option("--offset", default=0, type=click.IntRange(0), help="Leave out so many of the first.")
@reading_options
@format_option
@pass_session
def query_command(
    session: Session, /, words: tuple[str, ...], like: str | None, form: str, reading: "Reading", **page: int
) -> None:
    """Find passages: words in any inflection, "a phrase", word*, -not, OR, and fields.

    Fields: tema: kommune: parti: forfatter: kilde: fra: til: sandsynlighed:
    A query that begins with [ is a pattern of corpus query language; see also `klumme kwic`.
    With --like the passages nearest in meaning come first; words and fields then only narrow the search.

    \b
    klumme query 'samarbejde tema:politisk-ejerskab kommune:Køge'
    klumme query '"det nære" OR nærhed fra:2021 -skole'
    klumme query '-skole tema:ansvarsfordeling'
    klumme query --like 'Det er os selv, der må tage fat' parti:V
    """
    from klumme.query.corpus import Corpus
    from klumme.query.question import Question

    asked = Question(" ".join(words), **reading)
    _must_fit(bool(words), asked.pattern, like)
    with Corpus(session.workspace.root) as corpus:
        if like is not None:
            print_found(corpus.like(like, asked.text, compounds=asked.compounds, **page), form, page["offset"])
        elif asked.pattern:
            print_found(corpus.concordance(asked.text, cql=asked.cql, **page), form)
        else:
            print_found(corpus.search(asked.text, compounds=asked.compounds, **page), form, page["offset"])


def _must_fit(words: bool, pattern: bool, like: str | None) -> None:
    if like is None and not words:
        raise click.UsageError("Missing argument 'WORDS...', or --like.")
    if like is not None and pattern:
        raise click.UsageError("--like goes with words and fields, not with a pattern.")


def print_found(found: "Hits | Concordance", form: str, offset: int = 0) -> None:
    """Print a page of hits or lines, for people or in a form for programs."""
    from klumme.query.concordance import Concordance

    if form != "table":
        print_notes(() if isinstance(found, Concordance) else found.notes)
        print_rows(found.rows, form)
    elif isinstance(found, Concordance):
        print_concordance(found)
    else:
        print_hits(found, offset)


def print_hits(hits: "Hits", offset: int = 0) -> None:
    """Print hits for people, then how the passages found spread over themes, years, parties and places."""
    from rich.console import Console

    console = Console(highlight=False)
    for note in hits.notes:
        console.print(note, style="yellow", markup=False)
    if hits.like:
        console.print(f"Like: {hits.like}", style="italic", markup=False)
    for number, hit in enumerate(hits.hits, offset + 1):
        console.print(_heading(number, hit))
        console.print(_passage(hit))
        console.print(_foot(hit, alike=bool(hits.like)), style="dim", soft_wrap=True)
        console.print()
    shown = f", shown {offset + 1}-{offset + len(hits.hits)}" if hits.hits else ""
    console.print(f"{hits.total} passages{shown}", style="bold", markup=False)
    for name, counts in hits.facets.items():
        if counts and name != "source":
            top = " · ".join(f"{value} {n}" for value, n in list(counts.items())[: 2 * SHOWN])
            console.print(f"  {name:<13}{top}", style="dim", markup=False)


def _heading(number: int, hit: "Hit") -> "Text":
    from rich.text import Text

    who = f"{hit.author} ({hit.party})" if hit.party else hit.author
    day = f"{hit.published:%Y-%m-%d}" if hit.published else ""
    rest = ", ".join(part for part in (who, hit.municipality, day) if part)
    return Text.assemble(f"{number}. ", (hit.title, "bold"), f"  {rest}")


def _passage(hit: "Hit") -> "Text":
    """Return the passage with its words marked; where there is no colour, in brackets."""
    from rich.console import Console
    from rich.text import Text

    plain, text, last = not Console().is_terminal, Text("   "), 0
    for start, stop in hit.spans:
        word = hit.text[start:stop]
        text.append(hit.text[last:start]).append(f"[{word}]" if plain else word, "bold reverse")
        last = stop
    return text.append(hit.text[last:])


def _foot(hit: "Hit", alike: bool) -> "Text":
    from rich.text import Text

    likely = sorted(hit.themes.items(), key=lambda item: -item[1])[:SHOWN]
    themes = " · ".join(f"{'*' if theme in hit.tagged else ''}{theme} {p:.2f}" for theme, p in likely)
    likeness = f"likeness {hit.score:.2f}" if alike else ""
    return Text("\n".join(f"   {line}" for line in (likeness, themes, f"{hit.passage_id}  {hit.url}") if line))
