"""`klumme export`: write what a query finds to a file."""

from pathlib import Path
from typing import Any

import click

from klumme.cli.output import print_notes
from klumme.cli.reading import compounds_option
from klumme.cli.session import Session, pass_session
from klumme.cli.words import QueryCommand


@click.command("export", cls=QueryCommand)
@click.argument("words", nargs=-1)
@click.option("--to", "path", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The file to write.")
@click.option("--format", "form", default="", help="csv, tsv, jsonl, parquet, xlsx, conllu, tei, bibtex or csl.")
@click.option("--no-text", is_flag=True, help="Only point at the passages: ids, addresses, spans, themes, no text.")
@click.option("--like", metavar="TEXT|ID", help="First what is nearest in meaning to a text or a passage.")
@click.option("--limit", type=click.IntRange(1), metavar="N", help="Only the N best hits.")
@compounds_option
@pass_session
def export_command(
    session: Session, /, words: tuple[str, ...], path: Path, form: str, no_text: bool, **which: Any
) -> None:
    """Write what a query finds, or everything when there is none, to a file; its ending says in which form.

    csv, tsv, jsonl, parquet and xlsx have a row for each passage; conllu, tei (.xml), bibtex (.bib) and csl (.json)
    hold the whole articles, and of these conllu and tei cannot go without text. Patterns are not exported: see
    `klumme kwic`.

    \b
    klumme export 'tema:politisk-ejerskab fra:2021' --to ejerskab.csv
    klumme export 'forfatter:"Bo Lind"' --to lind.conllu
    klumme export --like 'Det er os selv, der må tage fat' --limit 200 --to ligner.xlsx
    """
    from klumme.query.corpus import Corpus
    from klumme.query.export import Wanted, write_hits

    with Corpus(session.workspace.root) as corpus:
        written = write_hits(corpus.store, Wanted(" ".join(words), **which), path, form, not no_text)
    print_notes(written.notes)
    click.echo(f"{written.number} written to {path}")
