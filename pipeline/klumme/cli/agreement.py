"""`klumme agreement`: how far the coders agree."""

import click

from klumme.cli.output import format_option, print_rows
from klumme.cli.session import Session, pass_session


@click.command("agreement")
@click.option("--coders", help="Only these coders, parted by commas.")
@format_option
@pass_session
def agreement_command(session: Session, coders: str | None, form: str) -> None:
    """Print Krippendorff's alpha and F for each theme, with 95 % intervals from a bootstrap over articles."""
    from klumme.themes.agreement import agreement
    from klumme.themes.codebook import load_codebook
    from klumme.themes.keeping import all_labels, articles_of

    codebook = load_codebook(session.workspace.codebook)
    chosen = set(coders.split(",")) if coders else set()
    labels = [label for label in all_labels(session.workspace, codebook) if not chosen or label.coder in chosen]
    rows = [
        {
            "theme": one.theme,
            "passages": one.passages,
            "yes": one.yes,
            "alpha": one.alpha[0],
            "alpha 95 %": "[{1:.3f}, {2:.3f}]".format(*one.alpha),
            "F": one.f[0],
            "F 95 %": "[{1:.3f}, {2:.3f}]".format(*one.f),
        }
        for one in agreement(labels, codebook.ids, articles_of(session.workspace))
    ]
    print_rows(rows, form, "Agreement between coders")
