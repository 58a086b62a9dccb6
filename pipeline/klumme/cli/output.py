"""How rows are printed: as a table for people, or as JSON, JSON Lines or CSV for programs."""

import csv
import json
import sys
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

FORMATS = ("table", "json", "jsonl", "csv")


def format_option(function: F) -> F:
    """Add `--format` to a command that prints rows."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(FORMATS),
        default="table",
        show_default=True,
        help="How to print the rows.",
    )(function)


def print_rows(rows: Iterable[Mapping[str, Any]], form: str, title: str = "") -> None:
    """Print rows in one of FORMATS; `title` stands over a table only."""
    _PRINTERS[form](list(rows), title)


def print_notes(notes: Iterable[str]) -> None:
    """Say on standard error what a search noted, so that rows for programs stay rows."""
    for note in notes:
        click.echo(f"Note: {note}", err=True)


def _table(rows: list[Mapping[str, Any]], title: str) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    # As text: of `parti:V:` in a query rich would make an emoji, and of `[lemma="x"]` a style.
    heading = Text(title, "italic") if title else None
    table = Table(title=heading, title_justify="left", header_style="bold")
    for name, value in (rows[0] if rows else {}).items():
        table.add_column(name, justify="right" if isinstance(value, (int, float)) else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(_cell(value)) for value in row.values()))
    Console().print(table if rows else "Nothing found.", markup=False)


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case float():
            return f"{value:.3f}"
        case datetime():
            return f"{value:%Y-%m-%d}"
        case list() | tuple() | dict():
            return json.dumps(value, ensure_ascii=False, default=plain)
        case _:
            return str(value)


def plain(value: Any) -> Any:
    """Make a value fit for JSON: dates as ISO 8601."""
    return value.isoformat() if isinstance(value, (datetime, date)) else str(value)


def _json(rows: list[Mapping[str, Any]], _: str) -> None:
    click.echo(json.dumps(rows, ensure_ascii=False, indent=1, default=plain))


def _jsonl(rows: list[Mapping[str, Any]], _: str) -> None:
    for row in rows:
        click.echo(json.dumps(row, ensure_ascii=False, default=plain))


def _csv(rows: list[Mapping[str, Any]], _: str) -> None:
    writer = csv.DictWriter(sys.stdout, list(rows[0]) if rows else [])
    writer.writeheader()
    for row in rows:
        writer.writerow(
            {
                k: json.dumps(v, ensure_ascii=False, default=plain) if isinstance(v, (list, dict)) else v
                for k, v in row.items()
            }
        )


_PRINTERS = {"table": _table, "json": _json, "jsonl": _jsonl, "csv": _csv}
