"""`klumme agreement`: how far the coders agree."""

from typing import TYPE_CHECKING

import click

from klumme.cli.output import format_option, print_rows
from klumme.cli.session import Session, pass_session

if TYPE_CHECKING:
    from klumme.themes.agreement import Agreement
    from klumme.themes.evidence import Evidence


@click.command("agreement")
@click.option("--coders", help="Only these coders, parted by commas.")
@click.option("--evidence", is_flag=True, help="Which sentences carry a theme, instead of which themes there are.")
@format_option
@pass_session
def agreement_command(session: Session, coders: str | None, evidence: bool, form: str) -> None:
    """Print Krippendorff's alpha and F for each theme, with 95 % intervals from a bootstrap over articles."""
    from klumme.themes.agreement import agreement, agreement_on_evidence
    from klumme.themes.codebook import load_codebook
    from klumme.themes.evidence import read_evidence
    from klumme.themes.keeping import all_labels, articles_of

    codebook, articles = load_codebook(session.workspace.codebook), articles_of(session.workspace)
    chosen = set(coders.split(",")) if coders else set()
    if evidence:
        read = _of(read_evidence(session.workspace.evidence_folders, codebook), chosen)
        found = agreement_on_evidence(read, codebook.ids, articles)
    else:
        labels = [one for one in all_labels(session.workspace, codebook) if not chosen or one.coder in chosen]
        found = agreement(labels, codebook.ids, articles)
    print_rows([_row(one, "sentences" if evidence else "passages") for one in found], form, "Agreement between coders")


def _of(found: "dict[str, list[Evidence]]", coders: set[str]) -> "dict[str, list[Evidence]]":
    return {name: [one for one in said if not coders or one.coder in coders] for name, said in found.items()}


def _row(one: "Agreement", units: str) -> dict[str, object]:
    return {
        "theme": one.theme,
        units: one.units,
        "yes": one.yes,
        "alpha": one.alpha[0],
        "alpha 95 %": "[{1:.3f}, {2:.3f}]".format(*one.alpha),
        "F": one.f[0],
        "F 95 %": "[{1:.3f}, {2:.3f}]".format(*one.f),
    }
