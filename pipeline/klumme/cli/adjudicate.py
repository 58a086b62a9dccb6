"""`klumme adjudicate`: settle what coders leave open."""

from collections import Counter
from typing import TYPE_CHECKING

import click

from klumme.cli.label import sit
from klumme.cli.session import Session, pass_session

if TYPE_CHECKING:
    from klumme.themes.labelling import Desk


@click.command("adjudicate")
@click.option("--coder", required=True, help="Who settles.")
@click.option("--theme", default="", help="Settle one theme only.")
@click.option("--passage", "passages", multiple=True, metavar="ID", help="Settle this passage, again if need be.")
@pass_session
def adjudicate_command(session: Session, coder: str, theme: str, passages: tuple[str, ...]) -> None:
    """Go through what coders leave open, with who said what; the answer here settles it.

    Where one says yes and another no comes first, then an answer against unsure, then what nobody is sure of.
    """
    from klumme.themes.desks import adjudication_desk, settle_again

    if passages:
        sit(settle_again(session.workspace, coder, passages, theme), "settled")
    else:
        desk = adjudication_desk(session.workspace, coder, theme)
        click.echo(_open(desk))
        sit(desk, "settled")


def _open(desk: "Desk") -> str:
    """Count the passages by their most urgent question, in the order in which they come."""
    kinds = Counter(card.note for card in desk.cards)
    return "Open: " + ", ".join(f"{count} {kind}" for kind, count in kinds.items()) + "."
