"""`klumme agreement`: how far the coders agree."""

from collections.abc import Collection
from typing import TYPE_CHECKING, TypeVar

import click

from klumme.cli.output import format_option, print_rows
from klumme.cli.session import Session, pass_session
from klumme.errors import LabelError, did_you_mean

if TYPE_CHECKING:
    from klumme.records import Label
    from klumme.themes.agreement import Agreement
    from klumme.themes.evidence import Evidence

T = TypeVar("T", "Label", "Evidence")


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
    if evidence:
        read = read_evidence(session.workspace.evidence_folders, codebook)
        kept = dict(zip(read, _of_coders(coders, read.values()), strict=True))
        found = agreement_on_evidence(kept, codebook.ids, articles)
    else:
        [labels] = _of_coders(coders, [all_labels(session.workspace, codebook)])
        found = agreement(labels, codebook.ids, articles)
    print_rows([_row(one, "sentences" if evidence else "passages") for one in found], form, "Agreement between coders")


def _of_coders(names: str | None, groups: "Collection[list[T]]") -> "list[list[T]]":
    """Keep in each group what the named coders said, or all where nobody is named.

    Raises LabelError for a name that none of the coders has.
    """
    wanted, known = _parted(names or ""), {one.coder for said in groups for one in said}
    if known and (strange := sorted(wanted - known)):
        raise LabelError(f"There is no coder '{strange[0]}'.", did_you_mean(strange[0], known))
    return [[one for one in said if not wanted or one.coder in wanted] for said in groups]


def _parted(names: str) -> set[str]:
    return {name.strip() for name in names.split(",")} - {""}


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
