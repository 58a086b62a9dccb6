"""`klumme run`: the whole way, from a source to a tagged corpus and its report."""

from typing import TYPE_CHECKING, Any

import click

from klumme.cli.session import Session, pass_session

if TYPE_CHECKING:
    from klumme.report import Report
    from klumme.settings import Settings


@click.command("run")
@click.option("--source", default="sample", show_default=True, help="The source to collect, by the name of its file.")
@click.option("--workers", type=click.IntRange(1), help="How many processes of this machine annotate and tag.")
@click.option("--scheduler", metavar="ADDRESS", help="Annotate and tag on the Dask cluster at tcp://HOST:PORT.")
@click.option(
    "--depot", metavar="URL", help="Where its workers leave their parts if they share no folder, as in s3://…"
)
@pass_session
def run_command(session: Session, source: str, workers: int | None, scheduler: str | None, depot: str | None) -> None:
    """Collect what is new, extract, annotate and tag it, and write the report page."""
    session.settings = with_workers(session.settings, processes=workers, scheduler=scheduler, depot=depot)
    from klumme.cli.collect import collect_source
    from klumme.cli.summary import print_summary

    reports = [collect_source(session, source), *process(session)]
    print_summary(session, reports)


def with_workers(settings: "Settings", **given: int | str | None) -> "Settings":
    """Return settings in which so many `processes`, or the cluster of a `scheduler`, annotate and tag."""
    from dataclasses import replace

    chosen: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    annotate, tag = replace(settings.annotate, **chosen), replace(settings.tag, **chosen)
    return replace(settings, annotate=annotate, tag=tag)


def process(session: Session) -> "list[Report]":
    """Do what is missing between the stored pages and the report: extract, annotate, tag, index, report."""
    from klumme.annotate.step import run as annotate
    from klumme.charts.page import write_report
    from klumme.extract.step import run as extract
    from klumme.query.index import run as index
    from klumme.themes.step import run as tag

    workspace, settings, progress = session.workspace, session.settings, session.progress
    reports = [
        extract(workspace, progress),
        annotate(workspace, settings.annotate, progress),
        tag(workspace, settings.tag, progress),
        index(workspace, progress),
    ]
    write_report(workspace)
    return reports
