"""`klumme serve`: the web page on one's own machine."""

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from klumme.cli.session import Session, pass_session

if TYPE_CHECKING:
    from collections.abc import Sequence

    from klumme.report import Progress, Report
    from klumme.web.room import Room


@dataclass
class WatchedSession(Session):
    """A session whose progress is shown on the page instead of the terminal."""

    watch: "Progress | None" = None

    @property
    def progress(self) -> "Progress":
        """The progress that the page reads."""
        return self.watch or super().progress


@click.command("serve")
@click.option("--port", default=8470, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Another address demands the token it prints.")
@click.option("--get", "path", metavar="PATH", help="Answer one address, as in '/soeg.json?q=ansvar', and end.")
@pass_session
def serve_command(session: Session, port: int, host: str, path: str | None) -> None:
    """Serve the web page: search, read, chart, label and retrain in a browser (Ctrl-C ends it)."""
    from klumme.web.server import get, serve

    room = make_room(session)
    if path is None:
        serve(room, host, port, lambda address: click.echo(f"klumme stands at {address} (Ctrl-C ends it)."))
        return
    status, body = get(room, path)
    sys.stdout.buffer.write(body)
    if status >= 400:
        raise SystemExit(1)


def make_room(session: Session) -> "Room":
    """Make what the pages stand on, and lend them the stages that the command line runs."""
    from klumme.web.room import Room, Work

    def collect(source: str, progress: "Progress") -> "Report":
        from klumme.cli.collect import collect_source

        return collect_source(WatchedSession(session.root, session.quiet, progress), source)

    def process(progress: "Progress") -> "Sequence[Report]":
        from klumme.cli import run

        return run.process(WatchedSession(session.root, session.quiet, progress))

    return Room(session.workspace, session.settings, Work(collect, process))
