"""`klumme label`: code passages in the terminal."""

import re
import shutil
import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from klumme.cli.session import Session, pass_session
from klumme.errors import LabelError, UsageError

if TYPE_CHECKING:
    from klumme.themes.labelling import Card, Desk

# A key may come as several characters (arrows), and several keys at once from somebody who types ahead.
_KEY = re.compile("\x1b[\\[O][0-9;]*[A-Za-z~]|.", re.DOTALL)
_LEAVE = ("\x03", "\x04")
_MARKS = {True: "x", False: " ", None: "?"}
_WORDS = {True: "yes", False: "no", None: "unsure"}


@click.command("label")
@click.option("--coder", required=True, help="Who codes.")
@click.option("--theme", default="", help="Code one theme only.")
@click.option("--size", type=click.IntRange(min=1), help="How many passages to lay out.  [default: 50]")
@click.option("--passage", "passages", multiple=True, metavar="ID", help="Code this passage, again if need be.")
@pass_session
def label_command(session: Session, coder: str, theme: str, size: int | None, passages: tuple[str, ...]) -> None:
    """Code passages with keys; every answer is stored at once, and the next call goes on from there."""
    from klumme.themes.desks import label_again, label_desk

    if passages and size:
        raise UsageError("--size lays out new passages, --passage those it names.", "Leave one of them out.")
    if passages:
        sit(label_again(session.workspace, coder, passages, theme))
    else:
        sit(label_desk(session.workspace, coder, theme, size or 50))


def sit(desk: "Desk", done: str = "coded") -> None:
    """Show card after card and act on keys until the coder leaves."""
    most = max(len(card.themes) for card in desk.cards)
    click.echo("\n".join([_help(most), *desk.notes]))
    keys, place = _keys(), -1
    while not desk.done:
        if place != desk.place:
            click.echo(_face(desk))
        place, before = desk.place, dict(desk.answers)
        message = desk.press(next(keys))
        if message:
            click.echo(message)
        elif desk.card and not desk.done and before != desk.answers:
            click.echo(_answers(desk, desk.card))
    count = len(desk.saved)
    click.echo(f"{count} passage{'s' * (count != 1)} {done}.")


def _keys() -> Iterator[str]:
    """Yield one key after another; a terminal that is closed, Ctrl-C and Ctrl-D leave the desk."""
    from klumme.themes.labelling import QUIT

    while True:
        try:
            typed = click.getchar()
        except OSError as error:
            raise UsageError(
                "There is no terminal to read keys from.", "Call it in a terminal, or label in a browser: klumme serve."
            ) from error
        for key in _KEY.findall(typed) or [QUIT]:
            yield QUIT if key in _LEAVE else key


def _help(themes: int) -> str:
    """Name the keys; raises LabelError when there are more themes than keys."""
    from klumme.themes.labelling import THEME_KEYS

    if themes > len(THEME_KEYS):
        raise LabelError(
            f"There are {themes} themes, and keys for {len(THEME_KEYS)}.",
            "Code one at a time with --theme, or in a browser: klumme serve.",
        )
    keys = THEME_KEYS[:themes]
    spans = " and ".join(part if len(part) == 1 else f"{part[0]}-{part[-1]}" for part in (keys[:9], keys[9:]) if part)
    return f"{spans} yes/no · u unsure · ? codebook · Enter save · s skip · z undo · q quit"


def _face(desk: "Desk") -> str:
    card = desk.card
    if card is None:
        return "\nThat was the last one. z goes back, any other key leaves."
    note = f"  ({card.note})" if card.note else ""
    head = f"\n{desk.place + 1}/{len(desk.cards)}  {card.passage.address}{note}"
    text = "\n".join(textwrap.fill(line, _width()) for line in card.passage.text.split("\n"))
    return f"{head}\n\n{text}\n\n{_answers(desk, card)}"


def _answers(desk: "Desk", card: "Card") -> str:
    from klumme.themes.labelling import THEME_KEYS

    entries = [
        f"{key} [{_MARKS[desk.answers[theme]]}] {desk.codebook.theme(theme).da}"
        for key, theme in zip(THEME_KEYS, card.themes, strict=False)
    ]
    if card.heard:
        heard = [_heard(card, theme) for theme in card.themes]
        return "\n".join(f"{entry}   {said}" for entry, said in zip(entries, heard, strict=True))
    whole = "   ".join(entry.replace(" ", "\xa0") for entry in entries)
    return textwrap.fill(whole, _width(), break_long_words=False).replace("\xa0", " ")


def _heard(card: "Card", theme: str) -> str:
    said = ", ".join(f"{one.coder} {_WORDS[one.themes[theme]]}" for one in card.heard if theme in one.themes)
    return f"{card.questions.get(theme, 'not open')}: {said}"


def _width() -> int:
    return min(shutil.get_terminal_size().columns, 100)
