"""Tag what has no scores of this model yet: tokens in, probabilities and reasons out."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING, TypeAlias

from klumme.annotate.batches import Passages
from klumme.annotate.workers import to_bytes
from klumme.depot import Part, give, place_in, take
from klumme.report import Progress, Report, quiet
from klumme.settings import TagSettings
from klumme.spread import Workers, spread
from klumme.tables import Tables
from klumme.themes.scoring import Scorer, open_scorer
from klumme.themes.vectors import COLUMNS
from klumme.themes.workers import Job, tag_batch
from klumme.workspace import Workspace

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection

Batch: TypeAlias = tuple[Passages, tuple[str, ...]]

# A batch is made of neighbours, so that its tokens lie in few parts; a passage is read in the first part that has it.
_UNTAGGED = """
CREATE TEMP TABLE untagged AS
  SELECT id, part, (row_number() OVER (ORDER BY part, id) - 1) // ? AS batch FROM (
    SELECT passage_id AS id, min(part) AS part FROM placed ANTI JOIN scored USING (passage_id)
    WHERE passage_id IN (SELECT id FROM passages) GROUP BY passage_id)
"""
_BATCHES = """
SELECT batch, part, id, any_value(text) FROM untagged JOIN passages USING (id) WHERE batch >= ? AND batch < ?
GROUP BY batch, part, id ORDER BY batch, part, id
"""
_UNREAD = "SELECT count(DISTINCT id) AS n FROM current_passages WHERE id NOT IN (SELECT passage_id FROM annotations)"

# Looking up the texts of a batch reads the ids of all passages, so many batches are looked up at once.
READ = 16


def run(workspace: Workspace, settings: TagSettings, progress: Progress = quiet) -> Report:
    """Score every annotated passage with the model of the settings, and let readers see its scores.

    Raises MissingModelError without a model, StorageError when another run is writing or the disk is full, and what
    `klumme.spread.spread` raises.
    """
    scorer, tables = open_scorer(workspace, settings), Tables(workspace)
    workers = Workers(settings.processes, settings.scheduler)
    made = {"theme_scores": scorer.version} | ({"vectors": scorer.encoder.name} if scorer.encoder else {})
    with tables.writing(), tables.connect() as connection, place_in(workers.depot(settings.depot)) as place:
        job = Job(replace(settings, depot=place), scorer.version, tables.version("annotations"), workspace)
        total, tagged = _plan(tables, connection, job, settings.passages_per_part), 0
        batches = ((job, *batch) for batch in _handed_out(tables, job, made, _batches(connection, total)))
        for count, parts in progress(spread(tag_batch, batches, workers), total, "Tagging passages"):
            take(tables, place, parts)
            tagged += count
        tables.must_hold(connection, "theme_scores", job.version, "untagged", "tagged")
        tables.set_versions(made)
        unread = connection.execute(_UNREAD).fetchall()[0][0]
    counts = {"passages tagged": tagged} if tagged else {}
    notes = (*scorer.notes, *other_pipeline(scorer, job.tokens))
    return Report("tag", counts, {"not annotated yet": unread} if unread else {}, notes)


def other_pipeline(scorer: Scorer, version: str) -> tuple[str, ...]:
    """Say so when the tokens come from another pipeline than those the model was trained on."""
    trained_on = scorer.model.facts.get("pipeline", "")
    if not version or not trained_on or version == trained_on:
        return ()
    return (f"The theme model was trained on {trained_on}, the tokens are of {version}: `klumme retrain` adapts it.",)


def _plan(tables: Tables, connection: "DuckDBPyConnection", job: Job, passages_per_part: int) -> int:
    """Divide what lacks scores of this version into batches, and return how many there are."""
    tables.view(connection, "scored", "theme_scores", job.version)
    tables.view(connection, "placed", "annotations", job.tokens, named=True)
    connection.execute(_UNTAGGED, [passages_per_part])
    return int(connection.execute("SELECT coalesce(max(batch) + 1, 0) FROM untagged").fetchall()[0][0])


def _handed_out(
    tables: Tables, job: Job, made: Mapping[str, str], batches: Iterator[Batch]
) -> Iterator[tuple[bytes, tuple[str, ...], "pa.Table | None"]]:
    """Yield the batches for workers; where there is a depot, first give it the tokens that they need."""
    given = set[str]()
    for passages, parts in batches:
        known = None
        if job.settings.depot:
            new = sorted(set(parts) - given)
            give(tables, job.settings.depot, [Part("tokens", job.tokens, name) for name in new])
            given |= set(new)
            ids = [passage for passage, _ in passages]
            known = tables.rows_of("vectors", made["vectors"], ids, COLUMNS) if "vectors" in made else None
        yield to_bytes(passages), parts, known


def _batches(connection: "DuckDBPyConnection", total: int) -> Iterator[Batch]:
    """Yield the passages (id, text) of each batch and the parts that have their tokens."""
    for first in range(0, total, READ):
        rows = connection.execute(_BATCHES, [first, first + READ]).fetchall()
        for _, batch in groupby(rows, lambda row: row[0]):
            _, parts, ids, texts = zip(*batch, strict=True)
            yield list(zip(ids, texts, strict=True)), tuple(sorted(set(parts)))
