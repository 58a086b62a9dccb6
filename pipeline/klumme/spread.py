"""Spread batches of work over processes of this machine, or over a Dask cluster.

A batch is a function that a worker can import and what it is called with: bytes, texts and small records. The worker
stores what it makes, and only its answer comes back, so that a batch that was begun and lost is done again, and no
other.
"""

import os
import signal
import socket
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar
from urllib.parse import urlsplit

from klumme.errors import InputError, KlummeError, MissingError

if TYPE_CHECKING:
    from distributed import Client

T = TypeVar("T")
Batch: TypeAlias = tuple[Any, ...]

# How many batches may lie ready for each worker: enough to keep it busy, too few to fill the memory.
AHEAD = 2

# When so many workers have ended in one run, it is not chance.
DEATHS = 3

# Where a process of this machine finds how many threads are its own.
_THREADS = "KLUMME_THREADS"

# So many seconds a cluster has to answer, and to show its first worker.
PATIENCE = 30


@dataclass(frozen=True, slots=True)
class Workers:
    """Who works: so many processes of this machine (1: this one itself), or the cluster of a Dask scheduler."""

    processes: int = 1
    scheduler: str = ""

    @property
    def alone(self) -> bool:
        """Whether this process does the work itself."""
        return self.processes == 1 and not self.scheduler

    def depot(self, address: str) -> str:
        """Return the depot that these workers need: none on this machine, which has the tables."""
        return address if self.scheduler else ""


def spread(work: Callable[..., T], batches: Iterable[Batch], workers: Workers) -> Iterator[T]:
    """Call `work` with each batch and yield the answers, as they come.

    A batch whose worker ends is given to another. Raises KlummeError when more than DEATHS workers have ended or the
    scheduler goes away, MissingError without Dask, InputError for a scheduler that cannot be reached, and whatever
    `work` raises.
    """
    if workers.scheduler:
        yield from _on_cluster(work, batches, workers.scheduler)
    elif workers.processes > 1:
        yield from _in_processes(work, batches, workers.processes)
    else:
        yield from (work(*batch) for batch in batches)


def _in_processes(work: Callable[..., T], batches: Iterable[Batch], processes: int) -> Iterator[T]:
    pool = _Processes(work, processes)
    try:
        for batch in batches:
            pool.submit(batch)
            if len(pool) >= AHEAD * processes:
                yield from pool.finished()
        while len(pool):
            yield from pool.finished()
    finally:
        pool.close()


class _Processes:
    """Processes that each stand alone, so that the end of one costs no other its batch."""

    def __init__(self, work: Callable[..., Any], count: int) -> None:
        self._work, self._deaths = work, 0
        self._threads = max(1, (os.cpu_count() or 1) // count)
        self._processes = [_process(self._threads) for _ in range(count)]
        self._waiting: dict[Future[Any], tuple[ProcessPoolExecutor, Batch]] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    def submit(self, batch: Batch) -> None:
        """Give a batch to the process that has least to do."""
        busy = [process for process, _ in self._waiting.values()]
        process = min(self._processes, key=busy.count)
        try:
            future = process.submit(self._work, *batch)
        except BrokenProcessPool as error:
            future = Future()
            future.set_exception(error)
        self._waiting[future] = process, batch

    def finished(self) -> Iterator[Any]:
        """Wait for at least one batch, and yield what has been answered."""
        done, _ = wait(self._waiting, return_when=FIRST_COMPLETED)
        for future in done:
            process, batch = self._waiting.pop(future)
            if isinstance(future.exception(), BrokenProcessPool):
                self._replace(process)
                self.submit(batch)
            else:
                yield future.result()

    def _replace(self, process: ProcessPoolExecutor) -> None:
        if process not in self._processes:
            return
        self._deaths += 1
        if self._deaths > DEATHS:
            raise _too_many_deaths("A process of this run was ended from outside, again and again.")
        self._processes[self._processes.index(process)] = _process(self._threads)

    def close(self) -> None:
        for process in self._processes:
            process.shutdown(wait=False, cancel_futures=True)


def _process(threads: int) -> ProcessPoolExecutor:
    # A forked process would inherit the locks of DuckDB's threads, held.
    return ProcessPoolExecutor(1, get_context("spawn"), _begin, (threads,))


def _begin(threads: int) -> None:
    # Ctrl-C reaches every process; the parent alone answers it, and ends the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ[_THREADS] = str(threads)


def threads() -> int:
    """Return how many threads a library may use in this process; 0 leaves it to the library.

    Processes that each took every core would stand in one another's way.
    """
    return int(os.environ.get(_THREADS, "0"))


def _on_cluster(work: Callable[..., T], batches: Iterable[Batch], scheduler: str) -> Iterator[T]:
    with _client(scheduler) as client:
        from distributed import KilledWorker, as_completed

        waiting, left = as_completed(loop=client.loop), iter(batches)
        for batch in islice(left, AHEAD * _count_workers(client)):
            waiting.add(client.submit(work, *batch, pure=False))
        try:
            for future in waiting:
                answer = future.result()
                future.release()  # else it is worked out again when the worker that holds it ends
                waiting.update([client.submit(work, *batch, pure=False) for batch in islice(left, 1)])
                yield answer
        except KilledWorker as error:
            raise _too_many_deaths("A batch ended every worker of the cluster that took it on.") from error
        except CancelledError as error:
            raise KlummeError(
                f"The scheduler {scheduler} went away.",
                "Start it again and run the same command: what was stored is kept.",
            ) from error


def _client(scheduler: str) -> "Client":
    try:
        from distributed import Client
    except ImportError as error:
        raise MissingError("Dask is not installed.", "Install it with `pip install 'klumme[cluster]'`.") from error
    try:
        # A client that cannot connect stays half made, and Dask may hang when Python clears it away.
        place = urlsplit(scheduler)
        socket.create_connection((place.hostname or "", place.port or 0), PATIENCE).close()
        return Client(scheduler, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        raise InputError(
            f"The scheduler {scheduler} does not answer: {error}.",
            "Start it with `dask scheduler` and name the address that it prints, as in tcp://10.0.0.1:8786.",
        ) from error


def _count_workers(client: "Client") -> int:
    try:
        client.wait_for_workers(1, timeout=PATIENCE)
    except TimeoutError as error:
        raise MissingError(
            f"The cluster shows no worker within {PATIENCE} seconds.",
            "Start one on each machine with `dask worker --nthreads 1 tcp://…`.",
        ) from error
    return len(client.nthreads())


def _too_many_deaths(what: str) -> KlummeError:
    return KlummeError(what, "Run the same command again; if memory was short, take fewer workers.")
