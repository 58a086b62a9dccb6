"""What `klumme run` says at its end: what was found, what was left out and why, and where to look."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from klumme.cli.output import print_rows
from klumme.cli.session import Session

if TYPE_CHECKING:
    from klumme.report import Report

_TOTALS = """
SELECT (SELECT count(*) FROM current_articles) AS articles,
       (SELECT count(*) FROM current_passages) AS passages,
       (SELECT sum(tokens) FROM annotations WHERE passage_id IN (SELECT id FROM current_passages)) AS tokens,
       (SELECT count(DISTINCT author) FROM current_articles WHERE author <> '') AS authors,
       (SELECT count(DISTINCT municipality) FROM current_articles WHERE municipality <> '') AS municipalities
"""


def print_summary(session: Session, reports: "Iterable[Report]") -> None:
    """Print what each stage did, the corpus as it now stands, its themes, and the next things to try."""
    import click

    from klumme.tables import Tables

    reports = list(reports)
    print_rows([{"stage": r.stage, **_counted(r)} for r in reports], "table", "This run")
    left_out = [
        {"stage": r.stage, "left out because": why, "items": n} for r in reports for why, n in sorted(r.skipped.items())
    ]
    if left_out:
        print_rows(left_out, "table", "Left out in this run")
    print_rows(Tables(session.workspace).read(_TOTALS), "table", "The corpus now")
    print_rows(_themes(session), "table", "Themes (passages of the corpus that the model tags)")
    for note in dict.fromkeys(note for report in reports for note in report.notes):
        click.echo(f"Note: {note}")
    click.echo(f"\nReport: {session.workspace.report}")
    click.echo("Ask:    klumme query 'tema:politisk-ejerskab'      klumme themes --by parti      klumme --help")


def _counted(report: "Report") -> dict[str, str]:
    return {"did": ", ".join(f"{n} {what}" for what, n in report.counts.items()) or "nothing new"}


def _themes(session: Session) -> list[dict[str, object]]:
    from klumme.tables import Tables
    from klumme.themes.codebook import load_codebook

    found = {
        row["theme"]: row
        for row in Tables(session.workspace).read(
            "SELECT theme, count(*) FILTER (tagged) AS passages, avg(p) AS mean FROM theme_scores "
            "WHERE passage_id IN (SELECT id FROM current_passages) GROUP BY theme"
        )
    }
    return [
        {"theme": theme.da, "id": theme.id, "passages": found[theme.id]["passages"], "mean p": found[theme.id]["mean"]}
        for theme in load_codebook(session.workspace.codebook).themes
        if theme.id in found
    ]
