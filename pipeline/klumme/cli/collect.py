"""`klumme collect`: fetch what is new in a source, politely, and keep the raw pages."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from klumme.cli.output import print_rows
from klumme.cli.session import Session, pass_session

if TYPE_CHECKING:
    from klumme.collect.sources import Source
    from klumme.report import Report
    from klumme.workspace import Workspace


@click.command("collect")
@click.option("--source", default="sample", show_default=True, help="The source to collect, by the name of its file.")
@pass_session
def collect_command(session: Session, source: str) -> None:
    """Fetch what is new in a source, politely, and keep the raw pages.

    What was left out stands with its reason in the tables `skipped` and `permissions`.
    """
    report = collect_source(session, source)
    print_rows([{"source": source, **report.counts}], "table", "This run")
    if report.skipped:
        left_out = [{"left out because": why, "addresses": n} for why, n in sorted(report.skipped.items())]
        print_rows(left_out, "table", "Left out")
    for note in report.notes:
        click.echo(f"Note: {note}")


def collect_source(session: Session, name: str) -> "Report":
    """Collect one source by name; the sample is served on loopback for as long as that takes.

    Raises MissingError for an unknown source, SourceFileError for a broken one, CollectError when it must not be read.
    """
    from klumme.collect.sources import find_source
    from klumme.collect.step import run

    workspace = session.workspace
    source = find_source(workspace.source(name), workspace.source_names())
    with serving_if_embedded(workspace, source) as via:
        return run(workspace, source, session.settings.collect, session.progress, via)


@contextmanager
def serving_if_embedded(workspace: "Workspace", source: "Source") -> Iterator[Mapping[str, str]]:
    """Serve the sample when a source is the embedded one, and say which host it answers for."""
    if not source.embedded:
        yield {}
        return
    from klumme.sample.articles import read_sample
    from klumme.sample.server import serving
    from klumme.sample.site import Site

    with serving(Site(read_sample(workspace.sample / "articles"))) as address:
        yield {source.host: address}
