"""`klumme show`: one article or passage, and the way back to its raw page."""

import json
from typing import TYPE_CHECKING, Any

import click

from klumme.cli.output import format_option, plain, print_rows
from klumme.cli.session import Session, pass_session

if TYPE_CHECKING:
    from klumme.query.show import Shown


@click.command("show")
@click.argument("name", metavar="ID")
@format_option
@pass_session
def show_command(session: Session, name: str, form: str) -> None:
    """Show the article or passage with this ID, its themes, and where each of it comes from."""
    from dataclasses import asdict

    from klumme.query.corpus import Corpus

    with Corpus(session.workspace.root) as corpus:
        shown = corpus.show(name)
    match form:
        case "table":
            _print(shown)
        case "json":
            click.echo(json.dumps(asdict(shown), ensure_ascii=False, indent=1, default=plain))
        case _:
            print_rows([{**shown.provenance, **passage} for passage in shown.passages], form)


def _print(shown: "Shown") -> None:
    article = shown.article
    click.secho(article["title"], bold=True)
    click.echo(_line(article))
    if shown.kind == "article" and article["standfirst"]:
        click.echo(f"\n{article['standfirst']}")
    if not article["in_force"]:
        click.secho("\nNot in force: a later version of this article, or the piece it repeats, has taken its place.")
    for passage in shown.passages:
        _print_passage(passage)
    if article["author_note"]:
        click.echo(f"\n{article['author_note']}")
    click.echo()
    print_rows([{"where from": k, "": v} for k, v in shown.provenance.items() if v not in (None, "")], "table")


def _line(article: dict[str, Any]) -> str:
    day = f"{article['published']:%Y-%m-%d}" if article["published"] else ""
    parts = (article["author"], article["role"], article["party"], article["municipality"], day, article["source"])
    return ", ".join(part for part in parts if part)


def _print_passage(passage: dict[str, Any]) -> None:
    click.echo(f"\n{passage['text']}")
    click.secho(f"  {passage['id']}", dim=True)
    for theme in passage["themes"]:
        if theme["tagged"]:
            why = ", ".join(f"{carrier['term']} {carrier['weight']:+.2f}" for carrier in theme["why"] or ())
            click.secho(f"  {theme['theme']} {theme['p']:.2f}{f' because of {why}' if why else ''}", fg="green")
    for entity in passage["entities"]:
        link = f" = {entity['link_kind']} {entity['link_id']}" if entity["link_id"] else ""
        click.secho(f"  {entity['text']} ({entity['label']}{link})", dim=True)
