"""`klumme share`: how large a share of passages has a theme, raw, by labels, and corrected for the model's errors."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from klumme.cli.output import format_option, print_notes, print_rows
from klumme.cli.session import Session, pass_session

if TYPE_CHECKING:
    from klumme.themes.share import Share


@click.command("share")
@click.option("--theme", required=True, help="The theme, by its id.")
@click.option("--by", default="alt", show_default=True, help="parti, kommune, år, forfatter, kilde or alt.")
@format_option
@pass_session
def share_command(session: Session, theme: str, by: str, form: str) -> None:
    """Print the share of passages with a theme in each group.

    \b
    of         the passages of the group
    read       those that are read and settled
    by labels  the share, counted, where all are read: exact, and of these alone
    raw        the share that the model tags
    drawn      those drawn at random, read and settled
    corrected  raw, mended by what labels say of those drawn
    low, high  its 95 % interval, for articles like those of the group
    """
    from klumme.themes.share import shares

    found = shares(session.workspace, theme, by)
    rows = [_row(by, one) for one in found]
    print_rows(rows, form, f"Share of passages with {theme}, 95 % interval")
    print_notes(_notes(theme, found))


def _row(by: str, one: "Share") -> dict[str, Any]:
    return {
        by: one.group,
        "of": one.passages,
        "read": one.settled,
        "by labels": one.by_labels,
        "raw": one.raw,
        "drawn": one.labelled,
        "corrected": one.corrected,
        "low": one.low,
        "high": one.high,
    }


def _notes(theme: str, found: Sequence["Share"]) -> Iterator[str]:
    """Say what the shares are of, why one is missing, and which command brings it."""
    yield from _counted(found)
    yield from _lacking(theme, found)
    yield from _open(theme, found)
    yield from _untagged(theme, found)
    yield from _alone(found)
    yield from _late(theme, found)


def _counted(found: Sequence["Share"]) -> Iterator[str]:
    counted = [one for one in found if one.by_labels is not None]
    learnt = sum(one.learnt for one in counted)
    if counted:
        yield (
            "by labels counts what coders said of every passage of the group. It has no sampling error, "
            "and is the share in these passages: it is no estimate for others."
        )
    if learnt:
        yield (
            f"the model has learnt from the labels of {learnt} of these passages. "
            "Raw is nearer to by labels here than it would be on passages that it has not seen."
        )


def _lacking(theme: str, found: Sequence["Share"]) -> Iterator[str]:
    """Say why a group has no corrected share; one of which all is read needs none."""
    unread = [one for one in found if one.corrected is None and one.settled + one.open < one.passages]
    uncoded = [one for one in unread if not one.settled + one.open]
    few = [one for one in unread if one.labelled]
    chosen = [one for one in unread if one not in uncoded and one not in few]
    if uncoded:
        yield f"nobody has coded {theme} in {_of(uncoded)}: raw stands there uncorrected."
    if chosen:
        yield (
            f"no corrected share for {_of(chosen)}: {sum(one.settled for one in chosen)} are read and settled, but "
            "none of these is marked as drawn at random, and passages that somebody chose say nothing of the others."
        )
    if few:
        yield f"no corrected share for {_of(few)}: in each, {_least()} are too few to correct by."
    if unread:
        yield (
            f"`klumme label --coder NAME --theme {theme}` lays out passages drawn at random among others, and marks "
            "them; where all passages of a group are read, its share is counted. (Labels from elsewhere, of passages "
            "that chance has drawn from this corpus: `klumme labels import --random`.)"
        )


def _least() -> str:
    from klumme.themes.share import LEAST

    return f"fewer than {LEAST} settled labels drawn at random, or fewer than {LEAST} articles,"


def _of(groups: Sequence["Share"]) -> str:
    passages = f"{sum(one.passages for one in groups)} passages"
    return f"the {passages} of {groups[0].group}" if len(groups) == 1 else f"the {passages} of {len(groups)} groups"


def _open(theme: str, found: Sequence["Share"]) -> Iterator[str]:
    """Tell of passages that are read but not settled: they are most often hard ones, and so no matter of chance."""
    open_, drawn = sum(one.open for one in found), sum(one.open_drawn for one in found)
    waiting = [one for one in found if one.open and one.settled + one.open == one.passages]
    if open_:
        yield (
            f"{open_} passages are open, since coders disagree or are unsure, and do not count as read"
            + (f"; {drawn} of them were drawn at random, and corrected leaves them out" if drawn else "")
            + f". `klumme adjudicate --coder NAME --theme {theme}` settles them"
            + (f": nothing else is missing to count {_of(waiting)}." if waiting else ".")
        )


def _untagged(theme: str, found: Sequence["Share"]) -> Iterator[str]:
    untagged = sum(one.untagged for one in found)
    if found and all(one.raw is None for one in found):
        yield f"no passage has been tagged for {theme}: `klumme retrain` teaches a model the theme, `klumme tag` tags."
    elif untagged:
        yield f"{untagged} passages have not been tagged, and raw leaves them out: `klumme run` tags them."


def _alone(found: Sequence["Share"]) -> Iterator[str]:
    if any(one.alone and one.corrected is not None for one in found):
        yield (
            "corrected rests on labels alone, where passages are not tagged, or what the model said of them before it "
            "learnt from them is not known: it decides by words alone, or is not at hand (`klumme models list`)."
        )


def _late(theme: str, found: Sequence["Share"]) -> Iterator[str]:
    late = sum(one.late for one in found if one.corrected is not None)
    if late:
        yield (
            f"{late} passages came after the last was drawn at random, and corrected takes them to be like the others. "
            f"Go on with `klumme label --coder NAME --theme {theme}`, which draws from all."
        )
