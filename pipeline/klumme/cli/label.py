"""`klumme label`: code passages in the terminal."""

from typing import TYPE_CHECKING

import click

from klumme.cli.session import Session, pass_session

if TYPE_CHECKING:
    from klumme.themes.labelling import Desk

KEYS = "1-9 yes/no · u unsure · ? codebook · Enter save · s skip · z undo · q quit"


@click.command("label")
@click.option("--coder", required=True, help="Who codes.")
@click.option("--theme", default="", help="Code one theme only.")
@click.option("--size", default=50, show_default=True, help="How many passages to lay out.")
@pass_session
def label_command(session: Session, coder: str, theme: str, size: int) -> None:
    """Code passages with keys; every answer is stored at once, and the next call goes on from there."""
    from klumme.themes.desks import label_desk

    sit(label_desk(session.workspace, coder, theme, size))


def sit(desk: "Desk") -> None:
    """Show card after card and act on keys until the desk is empty or the coder leaves."""
    click.echo(KEYS)
    while desk.card:
        click.echo(_face(desk))
        message = desk.press(click.getchar())
        if message:
            click.echo(message)
    click.echo(f"{len(desk.saved)} passages coded.")


def _face(desk: "Desk") -> str:
    card = desk.card
    assert card is not None  # noqa: S101
    marks = {True: "x", False: " ", None: "?"}
    themes = "   ".join(
        f"{number} [{marks[desk.answers[theme]]}] {desk.codebook.theme(theme).da}"
        for number, theme in enumerate(card.themes, 1)
    )
    head = f"\n{desk.place + 1}/{len(desk.cards)}  {card.passage.address}  ({card.note})"
    return f"{head}\n\n{card.passage.text}\n\n{themes}"
