"""What a worker does with a batch of passages, in this process or on any machine that shares the corpus's folder."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from threading import Lock
from typing import TYPE_CHECKING

import pyarrow as pa

from klumme.annotate.batches import Passages, annotate
from klumme.annotate.danish import load_pipeline, pipeline_version
from klumme.depot import Depot, Part
from klumme.errors import MissingPipelineError
from klumme.tables import Tables
from klumme.workspace import Workspace, at_home

if TYPE_CHECKING:
    from spacy.language import Language

# A Dask worker may have several threads, but a pipeline frees the strings of one batch at a time.
_alone = Lock()
_held: "list[tuple[Job, Language]]" = []


@dataclass(frozen=True, slots=True)
class Job:
    """Which pipeline reads, in which version, for which corpus; the parts go to a depot where there is one."""

    pipeline: str
    version: str
    workspace: Workspace
    depot: str = field(default="", repr=False)


def annotate_batch(job: Job, passages: bytes) -> tuple[dict[str, int], list[Part]]:
    """Annotate passages, store the parts of their tables, and return what to count, and what lies in a depot.

    Raises MissingPipelineError where the pipeline is not here in this version, StorageError when nothing can be stored.
    """
    batch = from_bytes(passages)
    with _alone:
        parts = annotate(_pipeline(job), batch)
    key, depot = key_of([passage for passage, _ in batch]), Depot(job.depot) if job.depot else None
    (depot or Tables(job.workspace)).append(parts, job.version, key)
    counts = {
        "passages": parts["annotations"].num_rows,
        "tokens": parts["tokens"].num_rows,
        "sentences": sum(parts["annotations"]["sentences"].to_pylist()),
        "entities": parts["entities"].num_rows,
        "linked": sum(map(bool, parts["entities"]["link_id"].to_pylist())),
    }
    return counts, depot.stored if depot else []


def hold(job: Job, nlp: "Language") -> None:
    """Keep a job's pipeline in this process, and no other, so that it need not be loaded for each batch."""
    _held[:] = [(job, nlp)]


def _pipeline(job: Job) -> "Language":
    for known, nlp in _held:
        if known == job:
            return nlp
    nlp = load_pipeline(job.pipeline, at_home(job.workspace))
    if (here := pipeline_version(nlp)) != job.version:
        raise MissingPipelineError(
            f"A worker has the pipeline {here} where {job.version} is wanted.",
            "Install the same klumme and the same pipeline on every machine.",
        )
    hold(job, nlp)
    return nlp


def key_of(passages: Sequence[str]) -> str:
    """Name a batch after the ids of its passages, so that doing it again takes the place of what was done."""
    return sha256("\n".join(passages).encode()).hexdigest()[:32]


def to_bytes(passages: Passages) -> bytes:
    """Write passages (id, text) as one Arrow stream."""
    ids, texts = ([row[place] for row in passages] for place in (0, 1))
    table = pa.table({"id": pa.array(ids, pa.string()), "text": pa.array(texts, pa.string())})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def from_bytes(content: bytes) -> list[tuple[str, str]]:
    """Read what `to_bytes` wrote."""
    table = pa.ipc.open_stream(content).read_all()
    return list(zip(table["id"].to_pylist(), table["text"].to_pylist(), strict=True))
