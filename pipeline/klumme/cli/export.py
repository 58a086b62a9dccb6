"""`klumme export`: write what a query finds to a file."""

from pathlib import Path

import click

from klumme.cli.session import Session, pass_session


@click.command("export")
@click.argument("words", nargs=-1)
@click.option("--to", "path", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The file to write.")
@click.option("--format", "form", default="", help="csv, tsv, jsonl, parquet or xlsx; else by the file's ending.")
@pass_session
def export_command(session: Session, words: tuple[str, ...], path: Path, form: str) -> None:
    """Write the passages that a query finds (all of them when there is none) to a file.

    \b
    klumme export 'tema:politisk-ejerskab fra:2021' --to ejerskab.csv
    """
    from klumme.query.corpus import Corpus

    with Corpus(session.workspace.root) as corpus:
        written = corpus.export(" ".join(words), path, form)
    click.echo(f"{written} passages written to {path}")
