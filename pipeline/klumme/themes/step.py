"""Tag what has no scores of this model yet: tokens in, probabilities and reasons out."""

from collections.abc import Iterator, Sequence
from typing import Any

from klumme.records import ThemeScore
from klumme.report import Progress, Report, quiet
from klumme.settings import TagSettings
from klumme.tables import Tables
from klumme.themes.carriers import carriers
from klumme.themes.readings import Reading, read_tokens
from klumme.themes.registry import load_model
from klumme.themes.scoring import Scorer, make_scorer
from klumme.workspace import Workspace

_MISSING = """
SELECT p.id, p.text FROM passages p
WHERE p.id IN (SELECT passage_id FROM annotations) AND p.id NOT IN (SELECT passage_id FROM scored)
GROUP BY ALL ORDER BY p.id
"""
_UNREAD = "SELECT count(DISTINCT id) AS n FROM current_passages WHERE id NOT IN (SELECT passage_id FROM annotations)"


def run(workspace: Workspace, settings: TagSettings, progress: Progress = quiet) -> Report:
    """Score every annotated passage with the model of the settings, and let readers see its scores.

    Raises MissingModelError without a model, StorageError when another run is writing or the disk is full.
    """
    scorer = make_scorer(load_model(workspace, settings.model))
    tables = Tables(workspace)
    with tables.writing():
        missing = _missing(tables, scorer.version)
        parts = list(_chunks(missing, settings.passages_per_part))
        for part in progress(parts, len(parts), "Tagging passages"):
            tables.append({"theme_scores": score(tables, scorer, part)}, scorer.version)
        tables.set_version("theme_scores", scorer.version)
        unread = tables.read(_UNREAD)[0]["n"]
    counts = {"passages tagged": len(missing)} if missing else {}
    notes = (*scorer.notes, *other_pipeline(scorer, tables.version("annotations")))
    return Report("tag", counts, {"not annotated yet": unread} if unread else {}, notes)


def other_pipeline(scorer: Scorer, version: str) -> tuple[str, ...]:
    """Say so when the tokens come from another pipeline than those the model was trained on."""
    trained_on = scorer.model.facts.get("pipeline", "")
    if not version or not trained_on or version == trained_on:
        return ()
    return (f"The theme model was trained on {trained_on}, the tokens are of {version}: `klumme retrain` adapts it.",)


def _missing(tables: Tables, version: str) -> list[dict[str, Any]]:
    with tables.connect() as connection:
        tables.view(connection, "scored", "theme_scores", version)
        return [{"id": name, "text": text} for name, text in connection.execute(_MISSING).fetchall()]


def _chunks(rows: Sequence[dict[str, Any]], size: int) -> Iterator[Sequence[dict[str, Any]]]:
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def score(tables: Tables, scorer: Scorer, rows: Sequence[dict[str, Any]]) -> list[ThemeScore]:
    """Return a score for each passage and theme, with the reasons for those that are tagged."""
    tokens = read_tokens(tables, [row["id"] for row in rows])
    readings = [tokens.get(row["id"], ()) for row in rows]
    p, over = scorer.scores([row["text"] for row in rows], readings)
    return [
        ThemeScore(
            row["id"],
            theme,
            float(p[i, k]),
            bool(over[i, k]),
            scorer.version,
            _why(scorer, row["text"], readings[i], k) if over[i, k] else (),
        )
        for i, row in enumerate(rows)
        for k, theme in enumerate(scorer.model.themes)
    ]


def _why(scorer: Scorer, text: str, reading: Reading, theme: int) -> Any:
    return carriers(scorer.model, text, reading, theme) if reading else ()
