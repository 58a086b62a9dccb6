"""`klumme codebook`: show the themes and their rules."""

import click

from klumme.cli.output import format_option, print_rows
from klumme.cli.session import Session, pass_session


@click.command("codebook")
@click.argument("theme", default="")
@format_option
@pass_session
def codebook_command(session: Session, theme: str, form: str) -> None:
    """List the themes, or print the entry of one: definition, what counts, what does not, an example."""
    from klumme.themes.codebook import load_codebook
    from klumme.themes.labelling import explain

    codebook = load_codebook(session.workspace.codebook)
    if theme:
        click.echo(explain(codebook, theme))
        return
    rows = [
        {"id": one.id, "da": one.da, "en": one.en, "core": one.core, "definition": one.definition_da}
        for one in codebook.themes
    ]
    print_rows(rows, form, f"Codebook, version {codebook.version}")
