"""`klumme share`: how large a share of passages has a theme, raw and corrected for the classifier's errors."""

import click

from klumme.cli.output import format_option, print_rows
from klumme.cli.session import Session, pass_session


@click.command("share")
@click.option("--theme", required=True, help="The theme, by its id.")
@click.option("--by", default="alt", show_default=True, help="parti, kommune, år, forfatter, kilde or alt.")
@format_option
@pass_session
def share_command(session: Session, theme: str, by: str, form: str) -> None:
    """Print the raw share of tagged passages and the share corrected for classifier error, with its interval."""
    from klumme.themes.share import LEAST, shares

    found = shares(session.workspace, theme, by)
    rows = [
        {
            by: one.group,
            "passages": one.passages,
            "labelled at random": one.labelled,
            "raw": one.raw,
            "corrected": one.corrected,
            "low": one.low,
            "high": one.high,
        }
        for one in found
    ]
    print_rows(rows, form, f"Share of passages with {theme}, 95 % interval")
    if any(one.corrected is None for one in found):
        click.echo(f"Note: no corrected share with fewer than {LEAST} random labels or articles in a group.", err=True)
