"""`klumme codebook`: show the themes and their rules."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from klumme.cli.output import format_option, print_rows
from klumme.cli.session import Session, pass_session

if TYPE_CHECKING:
    from klumme.themes.codebook import Codebook, Theme


@click.command("codebook")
@click.argument("theme", default="")
@click.option("--english", is_flag=True, help="Show definitions, rules and examples in English.")
@format_option
@pass_session
def codebook_command(session: Session, theme: str, english: bool, form: str) -> None:
    """List the themes, or print the entry of one: definition, what counts, what does not, an example."""
    from klumme.themes.codebook import load_codebook
    from klumme.themes.labelling import explain

    codebook = load_codebook(session.workspace.codebook)
    if theme:
        click.echo(explain(codebook, theme, english=english))
    else:
        print_rows(_rows(codebook, english=english), form, f"Codebook, version {codebook.version}")
    if english:
        _say_what_is_missing([codebook.theme(theme)] if theme else codebook.themes)


def _rows(codebook: "Codebook", *, english: bool) -> list[dict[str, object]]:
    return [
        {
            "id": one.id,
            "da": one.da,
            "en": one.en,
            "core": one.core,
            "definition": one.definition_en if english else one.definition_da,
        }
        for one in codebook.themes
    ]


def _say_what_is_missing(themes: Iterable["Theme"]) -> None:
    for theme in themes:
        if theme.untranslated:
            keys = ", ".join(theme.untranslated)
            click.echo(f"Note: '{theme.id}' lacks English: write {keys} into its entry in codebook.toml.", err=True)
