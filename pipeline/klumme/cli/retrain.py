"""`klumme retrain`: train a theme model from all labels and use it if it is not worse."""

from typing import TYPE_CHECKING, Any

import click

from klumme.cli.output import print_rows
from klumme.cli.session import Session, pass_session

if TYPE_CHECKING:
    from klumme.themes.compare import Comparison


@click.command("retrain")
@click.option("--words-only", is_flag=True, help="Leave the encoder out, even where it is at hand.")
@click.option("--choose", is_flag=True, help="Choose the strengths of regularization on your labels: takes minutes.")
@click.option("--force", is_flag=True, help="Use the new model even if it is worse.")
@pass_session
def retrain_command(session: Session, /, **asked: bool) -> None:
    """Train from all labels, compare with the model in use in a paired bootstrap, and promote if not worse."""
    from klumme.themes.retrain import Terms, retrain

    done = retrain(session.workspace, session.settings, Terms(**asked), session.progress)
    if done.choice:
        print_choice(done.choice)
    rows = [{"theme": "all, pooled", **_figures(done.figures["micro"])}]
    rows += [{"theme": name, **_figures(row)} for name, row in done.figures["themes"].items()]
    print_rows(
        rows, "table", f"{done.version}: passages held out with their authors, {done.figures['passages']} in all"
    )
    if done.comparison:
        print_comparison(done.comparison)
    for note in done.notes:
        click.echo(f"Note: {note}")
    verdict = "In use now" if done.promoted else "Not put into use (--force overrules)"
    click.echo(f"{verdict}: {done.version}, {done.why}.")
    if done.promoted:
        click.echo("Tag the corpus with it: klumme tag")


def _figures(row: dict[str, list[float]]) -> dict[str, str | float]:
    """Show F1 with its interval and the other measures without."""
    value, low, high = row["f1"]
    shown = {name: row[name][0] for name in ("precision", "recall", "ap", "brier", "ece")}
    return {"F1": f"{value:.3f} [{low:.3f}, {high:.3f}]", **shown}


def print_choice(known: dict[str, Any]) -> None:
    """Print which recipe was chosen, and what choosing is worth on authors who took no part in it."""
    from klumme.themes.card import choice_in_words, nested_rows, recipe_rows

    print_rows(recipe_rows(known), "table", "Recipes, by authors left out")
    print_rows(nested_rows(known), "table", "Choosing, on authors who took no part in it")
    click.echo(choice_in_words(known))


def print_comparison(found: "Comparison") -> None:
    """Print what got better, what worse, and how many hits would change."""
    rows = [
        {
            "theme": theme,
            "F1 new - old": f"{value:+.3f} [{low:+.3f}, {high:+.3f}]",
            "verdict": "better" if low > 0 else "worse" if high < 0 else "no clear difference",
            "tagged anew": len(found.gained[theme]),
            "no longer": len(found.lost[theme]),
        }
        for theme, (value, low, high) in found.themes.items()
    ]
    print_rows(rows, "table", "New against old, on the same held-out passages")
    for what, names in (("tagged anew", found.gained), ("no longer tagged", found.lost)):
        for theme, ids in names.items():
            if ids:
                click.echo(f"  {theme}, {what}: {' '.join(ids[:8])}{' …' if len(ids) > 8 else ''}")
