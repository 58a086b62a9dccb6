"""Long work in the background, one piece at a time, that says how far it is."""

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from threading import Lock, Thread
from typing import Any, Literal, TypeVar

from klumme.errors import KlummeError, UsageError
from klumme.report import Progress
from klumme.web import danish

T = TypeVar("T")

Do = Callable[["Job"], str]

logger = logging.getLogger(__name__)


@dataclass
class Job:
    """One piece of work: what it is, how far it is, and what it came to; `total` is 0 where nobody can tell."""

    name: str
    number: int
    state: Literal["idle", "running", "done", "failed"] = "running"
    step: str = ""
    done: int = 0
    total: int = 0
    outcome: str = ""
    seconds: int = 0
    error: dict[str, str] = field(default_factory=dict)

    def say(self, step: str, total: int = 0) -> None:
        """Name the step that begins."""
        self.step, self.done, self.total = step, 0, total

    @property
    def progress(self) -> Progress:
        """A progress that is read from this job."""

        def watch(items: Iterable[T], total: int | None, what: str) -> Iterator[T]:
            self.say(danish.word(what), total or 0)
            for item in items:
                yield item
                self.done += 1

        return watch


class Jobs:
    """The last piece of work and the one that runs; a second one is refused as long as that takes."""

    def __init__(self) -> None:
        self._lock, self._job, self._began = Lock(), None, 0.0
        self._thread: Thread | None = None

    _job: Job | None

    def start(self, name: str, do: Do) -> Job:
        """Begin a piece of work in the background; raises UsageError while another one runs."""
        with self._lock:
            if self._job and self._job.state == "running":
                raise UsageError(f"»{self._job.name}« er i gang.", "Vent, til det er færdigt.")
            job = self._job = Job(name, self._job.number + 1 if self._job else 1)
            self._began = time.monotonic()
        self._thread = Thread(target=self._run, args=(job, do), name=name, daemon=True)
        self._thread.start()
        return job

    def _run(self, job: Job, do: Do) -> None:
        try:
            job.outcome = do(job)
        except KlummeError as error:
            job.error = danish.explain(error)
        except Exception:  # a thread has nobody else to tell
            logger.exception("%s failed", job.name)
            job.error = {"what": f"»{job.name}« gik galt.", "way_out": "Se, hvad serveren skrev i terminalen."}
        finally:
            job.seconds = self.elapsed
            job.state = "failed" if job.error else "done"

    @property
    def elapsed(self) -> int:
        """Seconds since the last work began."""
        return int(time.monotonic() - self._began)

    def wait(self) -> None:
        """Wait until the work that runs has ended."""
        if self._thread:
            self._thread.join()

    @property
    def now(self) -> dict[str, Any]:
        """How it stands with the last work; `number` is 0 when there was none."""
        if self._job is None:
            return asdict(Job("", 0, "idle"))
        running = self._job.state == "running"
        return asdict(self._job) | ({"seconds": self.elapsed} if running else {})
