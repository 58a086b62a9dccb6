"""`klumme evaluate`: all systems on all sets in one table, pictures, and the gate."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from klumme.cli.output import format_option, print_rows
from klumme.cli.session import Session, pass_session

if TYPE_CHECKING:
    from klumme.themes.assessment import Assessment
    from klumme.themes.ground import Ground


@click.command("evaluate")
@click.option("--passages", type=click.Path(path_type=Path), help="A folder with coded passages by other hands.")
@click.option("--quick", is_flag=True, help="Only other authors: no municipalities, years or learning curve.")
@click.option(
    "--gate", is_flag=True, help="Store nothing; judge the model in use; fail below the floors of models/floors.json."
)
@click.option("--pin", is_flag=True, help="Set the floors a little below our figures.")
@click.option("--allow-regression", is_flag=True, help="Let --pin lower a floor.")
@click.option("--words-only", is_flag=True, help="Leave the encoder out, even where it is at hand.")
@format_option
@pass_session
def evaluate_command(session: Session, /, form: str, **asked: Any) -> None:
    """Compare nothing, keywords, plain tf-idf and ours on passages they have not learnt from."""
    from klumme.themes.assessment import assess, store
    from klumme.themes.gate import must_fit, read_floors
    from klumme.themes.ground import Scope, open_ground
    from klumme.themes.reasons import in_words

    scope = Scope(asked["passages"], asked["quick"], asked["words_only"], asked["gate"])
    ground = open_ground(session.workspace, session.settings, scope)
    if asked["gate"] and not asked["pin"]:  # said before minutes of fitting rather than after
        must_fit(read_floors(session.workspace.floors), ground.gold)
    found = assess(ground, session.progress)
    print_rows(_rows(found), form, "Each figure with its 95 % interval from a bootstrap over articles")
    if found.reasons:
        click.echo(in_words(found.reasons), err=True)
    for note in found.notes:
        click.echo(f"Note: {note}", err=True)
    if not asked["gate"]:
        click.echo(f"Figures and pictures: {store(session.workspace, found)}", err=True)
    if asked["pin"]:
        _pin(session, found, allow_regression=asked["allow_regression"])
    if asked["gate"]:
        _gate(session, ground, found)


def _rows(found: "Assessment") -> list[dict[str, Any]]:
    return [
        {
            "set": name,
            "system": system,
            "micro-F1": _wide(row["micro"]["f1"]),
            "core F1": _wide(row["core"]["f1"]) if "core" in row else "",
            "macro AP": _wide(row["macro"]["ap"]),
            "Brier": row["micro"]["brier"][0],
            "ECE": row["micro"]["ece"][0],
        }
        for name, rows in found.figures.items()
        for system, row in rows.items()
    ]


def _wide(figure: list[float]) -> str:
    return "{:.3f} [{:.3f}, {:.3f}]".format(*figure)


def _pin(session: Session, found: "Assessment", *, allow_regression: bool) -> None:
    from klumme.themes.gate import pin

    pin(session.workspace.floors, found.ours, found.gold, allow_regression=allow_regression)
    click.echo(f"Pinned: {session.workspace.floors}", err=True)


def _gate(session: Session, ground: "Ground", found: "Assessment") -> None:
    from klumme.themes.gate import check, read_floors, require

    checks = check(read_floors(session.workspace.floors), found.guarded, found.gold)
    require(checks)
    said = f"{len(checks)} figures are at or above their floors"
    click.echo(
        f"The gate is passed: {said}." + (f" In use: {ground.in_use.version}." if ground.in_use else ""), err=True
    )
