"""`klumme tag`: give every passage its theme probabilities, or tag texts from anywhere."""

from pathlib import Path

import click

from klumme.cli.session import Session, pass_session


@click.command("tag")
@click.option("--in", "source", type=click.Path(path_type=Path), help='Tag this file of {"id", "text"} lines instead.')
@click.option("--out", type=click.Path(path_type=Path), help="Where the scores of --in go; else standard output.")
@pass_session
def tag_command(session: Session, source: Path | None, out: Path | None) -> None:
    """Tag the passages of the corpus that have no scores of the model in use yet."""
    if source is None and out is None:
        return _tag_corpus(session)
    if source is None:
        raise click.UsageError(
            "--out needs --in. Name the file of texts: klumme tag --in texts.jsonl --out scores.jsonl"
        )
    return _tag_file(session, source, out)


def _tag_corpus(session: Session) -> None:
    from klumme.themes.step import run

    report = run(session.workspace, session.settings.tag, session.progress)
    click.echo(", ".join(f"{n} {what}" for what, n in report.counts.items()) or "Nothing new to tag.")
    for why, n in report.skipped.items():
        click.echo(f"Left out: {n} {why}")
    for note in report.notes:
        click.echo(f"Note: {note}")


def _tag_file(session: Session, source: Path, out: Path | None) -> None:
    import json

    from klumme.errors import InputError
    from klumme.json_lines import read_text
    from klumme.themes.registry import write
    from klumme.themes.tagging import open_tagger, tag_lines

    content = read_text(source, InputError)
    tagger = open_tagger(session.workspace)
    rows = [json.dumps(row, ensure_ascii=False) for row in tag_lines(content, tagger, session.progress)]
    if out is None:
        click.echo("\n".join(rows))
        return
    write(out, "".join(f"{row}\n" for row in rows))
    click.echo(f"Wrote {len(rows)} lines to {out}.")
    for note in tagger.scorer.notes:
        click.echo(f"Note: {note}")
