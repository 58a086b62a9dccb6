"""`klumme models`: list, show and compare theme models, and choose the one in use."""

from typing import Any

import click

from klumme.cli.output import format_option, print_rows
from klumme.cli.retrain import print_comparison
from klumme.cli.session import Session, pass_session


@click.group("models")
def models_command() -> None:
    """Theme models: list, show, compare, promote, roll back."""


@models_command.command("list")
@format_option
@pass_session
def list_models(session: Session, form: str) -> None:
    """List the models at hand, and which one is in use."""
    from klumme.themes import registry

    folder = session.workspace.themes
    used = registry.current(folder) if (folder / registry.CURRENT).exists() else ""
    rows = [_row(folder / version, version == used) for version in registry.versions(folder)]
    print_rows(rows, form, "Theme models")


def _row(folder: Any, used: bool) -> dict[str, Any]:
    from klumme.themes import registry

    known = registry.metrics(folder)
    facts = known.get("facts", {})
    micro = next((found["micro"]["f1"][0] for found in known.get("sets", {}).values()), None)
    names = ("trained", "passages", "pipeline", "encoder")
    return {"version": folder.name, "in use": "*" if used else "", "micro-F1": micro} | {n: facts.get(n) for n in names}


@models_command.command("show")
@click.argument("version", default="current")
@pass_session
def show_model(session: Session, version: str) -> None:
    """Print the card of a model, the one in use unless named."""
    from klumme.themes import registry

    click.echo((registry.find(session.workspace, version) / registry.CARD).read_text(encoding="utf-8"))


@models_command.command("compare")
@click.argument("old")
@click.argument("new", default="current")
@pass_session
def compare_models(session: Session, old: str, new: str) -> None:
    """Compare two models on the passages both were held out on: what got better, what worse, which hits change."""
    from klumme.themes.retrain import compare_versions

    print_comparison(compare_versions(session.workspace, old, new))


@models_command.command("promote")
@click.argument("version")
@pass_session
def promote_model(session: Session, version: str) -> None:
    """Put a model into use."""
    from klumme.themes import registry

    registry.promote(registry.own(session.workspace), version, "promoted by hand")
    click.echo(f"In use now: {version}. Tag the corpus with it: klumme tag")


@models_command.command("rollback")
@pass_session
def roll_back(session: Session) -> None:
    """Put the model before the one in use back into use."""
    from klumme.themes import registry

    click.echo(
        f"In use again: {registry.rollback(registry.own(session.workspace))}. Tag the corpus with it: klumme tag"
    )
