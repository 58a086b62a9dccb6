"""`klumme extract`: turn stored pages into articles and passages, or show what one page would give."""

import json
from pathlib import Path

import click

from klumme.cli.output import plain, print_rows
from klumme.cli.session import Session, pass_session


@click.command("extract")
@click.option("--all", "everything", is_flag=True, help="Read all stored pages again, with no network.")
@click.option("--in", "page", type=click.Path(path_type=Path), help="Show what one page gives; store nothing.")
@click.option("--url", default="", help="The address that the page given with --in came from.")
@pass_session
def extract_command(session: Session, everything: bool, page: Path | None, url: str) -> None:
    """Turn stored pages into articles and passages.

    What was left out stands with its reason in the table `skipped`.
    """
    if page:
        _show(page, url)
        return
    from klumme.collect.recover import recover_pages
    from klumme.extract.step import run

    if everything:
        recover_pages(session.workspace)
    report = run(session.workspace, session.progress, everything)
    print_rows([report.counts], "table", "This run")
    if report.skipped:
        left_out = [{"left out because": why, "pages": n} for why, n in sorted(report.skipped.items())]
        print_rows(left_out, "table", "Left out")
    for note in report.notes:
        click.echo(f"Note: {note}")


def _show(page: Path, url: str) -> None:
    from klumme.extract.files.read import read_bytes
    from klumme.extract.show import show_page
    from klumme.extract.text import decode

    click.echo(json.dumps(show_page(decode(read_bytes(page)), url), ensure_ascii=False, indent=1, default=plain))
