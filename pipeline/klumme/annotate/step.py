"""Annotate every current passage that has no annotation of this pipeline's version yet."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import groupby
from typing import TYPE_CHECKING

from klumme.annotate.batches import Passages, too_long
from klumme.annotate.danish import SHIPPED, load_pipeline, pipeline_version, stands_in
from klumme.annotate.workers import Job, annotate_batch, hold, to_bytes
from klumme.depot import place_in, take
from klumme.records import Skipped
from klumme.report import Progress, Report, quiet
from klumme.settings import AnnotateSettings
from klumme.spread import Workers, spread
from klumme.tables import Tables
from klumme.workspace import Workspace

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from spacy.language import Language

ANNOTATED = ("tokens", "entities", "annotations")

# Batches are whole articles in a fixed order: a run that was killed is continued with the batches it would have made.
_TODO = """
CREATE TEMP TABLE todo AS
  SELECT id, article_id, min(ordinal) AS ordinal, (dense_rank() OVER (ORDER BY article_id) - 1) // ? AS batch
  FROM current_passages ANTI JOIN done ON id = passage_id GROUP BY id, article_id
"""
_BATCHES = """
SELECT batch, id, any_value(text) FROM todo JOIN passages USING (id) WHERE batch >= ? AND batch < ?
GROUP BY batch, id, todo.article_id, todo.ordinal ORDER BY batch, todo.article_id, todo.ordinal
"""

# Looking up the texts of a batch reads the ids of all passages, so many batches are looked up at once.
READ = 64


def run(workspace: Workspace, settings: AnnotateSettings, progress: Progress = quiet) -> Report:
    """Annotate what is missing; readers see an older version's annotations until the new ones are complete.

    Raises MissingPipelineError for a pipeline that is not there, StorageError when the disk is full or locked, and what
    `klumme.spread.spread` raises.
    """
    nlp = load_pipeline(settings.pipeline, workspace)
    counts = Counter(dict.fromkeys(("passages", "tokens", "sentences", "entities", "linked"), 0))
    refused: list[tuple[str, int]] = []
    tables = Tables(workspace)
    workers = Workers(settings.processes, settings.scheduler)
    with tables.writing(), tables.connect() as connection, place_in(workers.depot(settings.depot)) as place:
        job = Job(settings.pipeline, pipeline_version(nlp), workspace, place)
        if workers.alone:
            hold(job, nlp)
        if not tables.version("annotations"):
            _put_in_force(tables, job.version)
        total = _plan(tables, connection, job.version, settings.articles_per_part)
        batches = _handed_out(tables, nlp, _batches(connection, total), refused)
        work = spread(annotate_batch, ((job, batch) for batch in batches), workers)
        for done, parts in progress(work, total, "annotate"):
            take(tables, place, parts)
            counts.update(done)
        tables.must_hold(connection, "annotations", job.version, "todo", "annotated")
        _put_in_force(tables, job.version)
    counts["passages"] -= len(refused)
    return Report("annotate", dict(counts), {"too long": len(refused)} if refused else {}, _notes(nlp, settings))


def _put_in_force(tables: Tables, version: str) -> None:
    if any(tables.version(table) != version for table in ANNOTATED):
        tables.set_versions(dict.fromkeys(ANNOTATED, version))


def _plan(tables: Tables, connection: "DuckDBPyConnection", version: str, articles_per_part: int) -> int:
    """Divide the passages that lack this version into batches, and return how many there are."""
    tables.view(connection, "done", "annotations", version)
    connection.execute(_TODO, [articles_per_part])
    return int(connection.execute("SELECT coalesce(max(batch) + 1, 0) FROM todo").fetchall()[0][0])


def _batches(connection: "DuckDBPyConnection", total: int) -> Iterator[Passages]:
    for first in range(0, total, READ):
        rows = connection.execute(_BATCHES, [first, first + READ]).fetchall()
        for _, batch in groupby(rows, lambda row: row[0]):
            yield [(passage, text) for _, passage, text in batch]


def _handed_out(
    tables: Tables, nlp: "Language", batches: Iterator[Passages], refused: list[tuple[str, int]]
) -> Iterator[bytes]:
    """Yield batches for workers; what is too long is noted before, since afterwards it counts as annotated."""
    for batch in batches:
        now, long = datetime.now(UTC).replace(tzinfo=None), too_long(nlp, batch)
        if long:
            skipped = [Skipped("annotate", "", passage, "too long", f"{n} characters", now) for passage, n in long]
            tables.append({"skipped": skipped})
        refused += long
        yield to_bytes(batch)


def _notes(nlp: "Language", settings: AnnotateSettings) -> tuple[str, ...]:
    if not stands_in(nlp) or settings.pipeline != SHIPPED:
        return ()
    return (f"{SHIPPED} is not here; a blank pipeline stood in for it: no parts of speech, names only from lists.",)
