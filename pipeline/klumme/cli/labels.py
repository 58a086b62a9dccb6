"""`klumme labels`: take labels in and out, and look after them."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from klumme.cli.output import format_option, print_notes, print_rows
from klumme.cli.session import Session, pass_session

if TYPE_CHECKING:
    from klumme.themes.drafts import Imported

FORMS = ("klumme", "label-studio", "doccano", "prodigy", "csv")
form_option = click.option("--format", "form", type=click.Choice(FORMS), help="The file's form; else by its ending.")


@click.group("labels")
def labels_command() -> None:
    """Labels: import, export, attach, and find likely errors."""


@labels_command.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@form_option
@click.option("--coder", help="Who coded, where a row does not say.")
@click.option("--adjudicated", "origin", flag_value="adjudicated", help="They settle what coders disagreed on.")
@click.option("--random", "random_draw", is_flag=True, help="The passages were drawn at random.")
@pass_session
def import_labels(session: Session, /, files: tuple[Path, ...], form: str | None, **given: Any) -> None:
    """Add the labels of FILES to this corpus's own; nothing is added unless all can be read."""
    from klumme.themes.exchange import guess
    from klumme.themes.keeping import import_files

    _say_imported(import_files(session.workspace, [(path, form or guess(path)) for path in files], given))


def _say_imported(done: "Imported") -> None:
    click.echo(
        f"{len(done.labels)} labels added, {done.changed} of them change an older one; {done.known} known already."
    )
    if done.late:
        click.echo(f"  {done.late} of them were given before what their coder says now, which holds.")
    for line in done.refused[:10]:
        click.echo(f"  left out, {line}")
    if len(done.refused) > 10:
        click.echo(f"  … and {len(done.refused) - 10} more")


@labels_command.command("export")
@form_option
@click.option("--coder", help="Only what this coder said.")
@click.option("--no-text", is_flag=True, help="Leave the texts out: ids, addresses and hashes stand for them.")
@click.option("--out", type=click.Path(path_type=Path), help="The file to write; else standard output.")
@pass_session
def export_labels(session: Session, form: str | None, coder: str | None, no_text: bool, out: Path | None) -> None:
    """Write the labels in force for another tool, or without texts to hand them on."""
    from klumme.themes.exchange import guess
    from klumme.themes.keeping import export, write_file

    content = export(session.workspace, form or guess(out), coder or "", with_text=not no_text)
    if out is None:
        click.echo(content, nl=False)
    else:
        write_file(out, content)
        click.echo(f"Wrote {out}.")


@labels_command.command("attach")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--drift", type=click.Path(path_type=Path), help="Write the labels that do not fit to this file.")
@pass_session
def attach_labels(session: Session, files: tuple[Path, ...], drift: Path | None) -> None:
    """Join klumme labels that came without texts to the passages at hand, and say what drifted.

    Labels of a text that is here are added; the others are left out of the corpus, and kept in --drift.
    """
    from klumme.themes.keeping import attach_files

    done = attach_files(session.workspace, files, drift)
    for what, count in done.counts.items():
        click.echo(f"{count:6} {what}")
    for one in done.drifted[:10]:
        click.echo(f"  {one.reason}: {one.label.address or one.label.passage_id} ({one.label.coder})")


@labels_command.command("suspicious")
@click.option("--limit", default=30, show_default=True, type=click.IntRange(min=1), help="How many to show.")
@format_option
@pass_session
def suspicious_labels(session: Session, limit: int, form: str) -> None:
    """List labels that are likely wrong, the likeliest first."""
    from klumme.themes.suspicious import suspicious

    rows = [
        {
            "passage": one.passage.id,
            "theme": one.theme,
            "label": "yes" if one.said else "no",
            "p held out": one.p,
            "text": one.passage.text,
        }
        for one in suspicious(session.workspace)[:limit]
    ]
    print_rows(rows, form, "Labels that models which had not seen the passage are sure against")
    if rows:
        print_notes(
            ["`klumme label --passage ID` codes one again, `klumme adjudicate --passage ID` one that was settled."]
        )
