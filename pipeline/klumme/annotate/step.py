"""Annotate every current passage that has no annotation of this pipeline's version yet."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from klumme.annotate.batches import Passages, annotate, too_long
from klumme.annotate.danish import SHIPPED, load_pipeline, pipeline_version, stands_in
from klumme.annotate.workers import Parts, annotate_in_processes
from klumme.records import Skipped
from klumme.report import Progress, Report, quiet
from klumme.settings import AnnotateSettings
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
_BATCH = """
SELECT id, any_value(text) FROM todo JOIN passages USING (id) WHERE batch = ?
GROUP BY id, todo.article_id, todo.ordinal ORDER BY todo.article_id, todo.ordinal
"""


def run(workspace: Workspace, settings: AnnotateSettings, progress: Progress = quiet) -> Report:
    """Annotate what is missing; readers see an older version's annotations until the new ones are complete.

    Raises MissingPipelineError for a pipeline that is not there, StorageError when the disk is full or locked.
    """
    nlp = load_pipeline(settings.pipeline, workspace)
    version, tables = pipeline_version(nlp), Tables(workspace)
    counts = Counter(dict.fromkeys(("passages", "tokens", "sentences", "entities", "linked"), 0))
    with tables.writing(), tables.connect() as connection:
        if not tables.version("annotations"):
            _put_in_force(tables, version)
        total = _plan(tables, connection, version, settings.articles_per_part)
        done = _annotated(nlp, workspace, settings, _batches(connection, total))
        for batch, parts in progress(done, total, "annotate"):
            counts.update(_store(tables, version, parts, too_long(nlp, batch)))
        _put_in_force(tables, version)
    refused = counts.pop("too long", 0)
    return Report("annotate", dict(counts), {"too long": refused} if refused else {}, _notes(nlp, settings))


def _put_in_force(tables: Tables, version: str) -> None:
    if any(tables.version(table) != version for table in ANNOTATED):
        tables.set_versions(dict.fromkeys(ANNOTATED, version))


def _plan(tables: Tables, connection: "DuckDBPyConnection", version: str, articles_per_part: int) -> int:
    """Divide the passages that lack this version into batches, and return how many there are."""
    tables.view(connection, "done", "annotations", version)
    connection.execute(_TODO, [articles_per_part])
    return int(connection.execute("SELECT coalesce(max(batch) + 1, 0) FROM todo").fetchall()[0][0])


def _batches(connection: "DuckDBPyConnection", total: int) -> Iterator[Passages]:
    return (connection.execute(_BATCH, [number]).fetchall() for number in range(total))


def _annotated(
    nlp: "Language", workspace: Workspace, settings: AnnotateSettings, batches: Iterable[Passages]
) -> Iterator[tuple[Passages, Parts]]:
    if settings.processes > 1:
        yield from annotate_in_processes(batches, settings.pipeline, workspace, settings.processes)
    else:
        yield from ((batch, annotate(nlp, batch)) for batch in batches)


def _store(tables: Tables, version: str, parts: Parts, refused: list[tuple[str, int]]) -> dict[str, int]:
    """Write the parts of one batch, and return what to count."""
    now = datetime.now(UTC).replace(tzinfo=None)
    skipped = [Skipped("annotate", "", passage, "too long", f"{n} characters", now) for passage, n in refused]
    if skipped:
        tables.append({"skipped": skipped})
    tables.append(parts, version)
    return {
        "passages": parts["annotations"].num_rows - len(skipped),
        "tokens": parts["tokens"].num_rows,
        "sentences": sum(parts["annotations"]["sentences"].to_pylist()),
        "entities": parts["entities"].num_rows,
        "linked": sum(map(bool, parts["entities"]["link_id"].to_pylist())),
        "too long": len(skipped),
    }


def _notes(nlp: "Language", settings: AnnotateSettings) -> tuple[str, ...]:
    if not stands_in(nlp) or settings.pipeline != SHIPPED:
        return ()
    return (f"{SHIPPED} is not here; a blank pipeline stood in for it: no parts of speech, names only from lists.",)
