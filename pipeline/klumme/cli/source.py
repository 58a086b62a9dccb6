"""`klumme source`: propose a source file for a page, and try a source without storing anything."""

from typing import TYPE_CHECKING, Any

import click

from klumme.cli.output import format_option, print_rows
from klumme.cli.session import Session, pass_session

if TYPE_CHECKING:
    from klumme.collect.preview import Try
    from klumme.collect.sources import Source


@click.group("source")
def source_command() -> None:
    """Propose a source file, or try one."""


@source_command.command("new")
@click.argument("address")
@pass_session
def new(session: Session, address: str) -> None:
    """Look at the page at ADDRESS that lists a column, and print a source file to start from."""
    from klumme.collect.propose import propose

    proposal = propose(address, session.settings.collect)
    click.echo(proposal.toml, nl=False)
    for doubt in proposal.doubts:
        click.echo(f"Note: {doubt}", err=True)
    click.echo("Save it as corpus/sources/NAME.toml, then run `klumme source check NAME`.", err=True)


@source_command.command("check")
@click.argument("name")
@format_option
@pass_session
def check(session: Session, name: str, form: str) -> None:
    """Read the listings of a source and its first three articles; store nothing."""
    from klumme.cli.collect import serving_if_embedded
    from klumme.collect.preview import preview
    from klumme.collect.sources import find_source

    source = find_source(session.workspace.source(name), session.workspace.source_names())
    with serving_if_embedded(session.workspace, source) as via:
        found = preview(source, session.settings.collect, via)
    click.echo(f"{name} lists {found.listed} pieces, of which the filter wants {found.wanted}.", err=True)
    for failed in found.failed:
        click.echo(f"Could not be read: {failed}", err=True)
    rows = [_row(tried, source) for tried in found.tries]
    print_rows(_upright(rows) if form == "table" else rows, form, "The first articles would give")


def _row(tried: "Try", source: "Source") -> dict[str, Any]:
    """Return what one article would give, or why it would give nothing."""
    from klumme.extract.article import Skip
    from klumme.extract.page import extract_article
    from klumme.extract.text import decode

    if tried.answer is None or tried.problem:
        return _blank(tried.entry.url) | {"problem": tried.problem}
    _, _, charset = tried.answer.header("content-type").partition("charset=")
    html = decode(tried.answer.body, charset)
    found = extract_article(html, tried.answer.url, source.selectors, source.all_hosts, source.language)
    if isinstance(found, Skip):
        return _blank(tried.entry.url) | {"problem": f"{found.reason} {found.detail}".strip()}
    kinds = [block.kind for block in found.blocks]
    return _blank(tried.answer.url) | {
        "title": found.title,
        "author": found.author,
        "published": found.published,
        "paragraphs": kinds.count("paragraph"),
        "words": len(found.text.split()),
        "pull quotes": kinds.count("pull_quote"),
        "author note": found.note("author_note"),
    }


def _upright(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Turn rows into columns, and cut what is long: a table for people, with an article to a column."""
    names = rows[0] if rows else {}
    return [{"field": name, **{str(n): _short(row[name]) for n, row in enumerate(rows, 1)}} for name in names]


def _short(value: Any) -> Any:
    return f"{value[:70]}…" if isinstance(value, str) and len(value) > 80 else value


def _blank(url: str) -> dict[str, Any]:
    names = ("title", "author", "published", "paragraphs", "words", "pull quotes", "author note", "problem")
    return {"url": url, **dict.fromkeys(names)}
