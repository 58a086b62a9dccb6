"""Spread batches over processes of this machine: each loads the pipeline once, and only bytes go between them."""

import signal
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import TYPE_CHECKING

import pyarrow as pa

from klumme.annotate.batches import Passages, annotate
from klumme.annotate.danish import load_pipeline
from klumme.errors import KlummeError
from klumme.workspace import Workspace

if TYPE_CHECKING:
    from spacy.language import Language

Parts = dict[str, pa.Table]

# How many batches may lie ready for each process: enough to keep it busy, too few to fill the memory.
_AHEAD = 2

_loaded: "list[Language]" = []


def annotate_in_processes(
    batches: Iterable[Passages], pipeline: str, workspace: Workspace, processes: int
) -> Iterator[tuple[Passages, Parts]]:
    """Yield each batch with its tables, in the order given.

    Raises KlummeError when a process dies; what it was working on is then not stored.
    """
    # A forked process would inherit the locks of DuckDB's threads, held.
    context = get_context("spawn")
    with ProcessPoolExecutor(processes, context, _load, (pipeline, workspace)) as pool:
        try:
            yield from _in_order(pool, batches, _AHEAD * processes)
        except BrokenProcessPool as error:
            raise KlummeError(
                "A process that annotated was ended from outside.",
                "Run the same command again; if memory was short, lower [annotate] processes in klumme.toml.",
            ) from error
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _in_order(pool: ProcessPoolExecutor, batches: Iterable[Passages], ahead: int) -> Iterator[tuple[Passages, Parts]]:
    waiting: deque[tuple[Passages, Future[bytes]]] = deque()
    for batch in batches:
        waiting.append((batch, pool.submit(_annotate, batch)))
        if len(waiting) > ahead:
            first, future = waiting.popleft()
            yield first, from_bytes(future.result())
    for batch, future in waiting:
        yield batch, from_bytes(future.result())


def _load(pipeline: str, workspace: Workspace) -> None:
    # Ctrl-C reaches every process; the parent alone answers it, and ends the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _loaded[:] = [load_pipeline(pipeline, workspace)]


def _annotate(batch: Passages) -> bytes:
    return to_bytes(annotate(_loaded[0], batch))


def to_bytes(parts: Parts) -> bytes:
    """Write tables, in their order, as one run of Arrow streams, each behind its name and length."""
    names = pa.array(list(parts))
    streams = pa.array([_stream(table) for table in parts.values()], pa.large_binary())
    return _stream(pa.table({"name": names, "stream": streams}))


def from_bytes(content: bytes) -> Parts:
    """Read what `to_bytes` wrote."""
    rows = pa.ipc.open_stream(content).read_all().to_pylist()
    return {row["name"]: pa.ipc.open_stream(row["stream"]).read_all() for row in rows}


def _stream(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())
