"""`klumme annotate`: read passages with a Danish spaCy pipeline."""

import click

from klumme.cli.session import Session, pass_session


@click.command("annotate")
@click.option("--pipeline", metavar="NAME", help="The spaCy pipeline: a package, a folder, or 'blank'.")
@click.option("--processes", type=click.IntRange(1), help="How many processes share the work.")
@pass_session
def annotate_command(session: Session, pipeline: str | None, processes: int | None) -> None:
    """Give every passage its tokens, lemmas and entities, with municipalities and parties linked."""
    from dataclasses import replace

    from klumme.annotate.step import run
    from klumme.cli.summary import print_summary

    settings = session.settings.annotate
    settings = replace(settings, pipeline=pipeline or settings.pipeline, processes=processes or settings.processes)
    print_summary(session, [run(session.workspace, settings, session.progress)])
