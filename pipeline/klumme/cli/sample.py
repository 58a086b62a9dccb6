"""`klumme sample serve`: show the embedded column to a browser."""

from datetime import datetime
from typing import TYPE_CHECKING

import click

from klumme.cli.session import Session, pass_session

if TYPE_CHECKING:
    from klumme.sample.site import Template


@click.group("sample")
def sample_command() -> None:
    """The embedded sample column, an invented newspaper."""


@sample_command.command()
@click.option("--port", default=0, help="The port on loopback; 0 takes a free one.")
@click.option("--template", type=click.Choice(["drupal", "wordpress"]), help="Render every page in one template.")
@click.option("--as-of", type=click.DateTime(), help="Show the newspaper as it stood on that day.")
@pass_session
def serve(session: Session, port: int, template: "Template | None", as_of: datetime | None) -> None:
    """Serve the sample as a web site until Ctrl-C."""
    from klumme.sample.articles import read_sample
    from klumme.sample.server import SampleServer
    from klumme.sample.site import Site

    articles = read_sample(session.workspace.sample / "articles")
    site = Site(articles, as_of or datetime.max, template)
    with SampleServer(site, port) as server:
        click.echo(f"The sample stands at {server.address}/raadhustrappen (Ctrl-C ends it).")
        server.serve_forever()
