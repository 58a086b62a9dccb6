"""What a step did: counts, what it left out and why; and the way it tells how far it is."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of one run of one stage: how many of what, and how many were left out for which reason."""

    stage: str
    counts: dict[str, int] = field(default_factory=dict)
    skipped: dict[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


class Progress(Protocol):
    """Wrap an iterable so that somebody sees how far it is; `total` is the number of items, None if unknown."""

    def __call__(self, items: Iterable[T], total: int | None, what: str) -> Iterator[T]:
        """Yield the items unchanged."""


def quiet(items: Iterable[T], total: int | None, what: str) -> Iterator[T]:  # noqa: ARG001
    """Show nothing: the library's default."""
    yield from items


def merge(stage: str, reports: Iterable[Report]) -> Report:
    """Add the reports of several runs of one stage into one."""
    counts: Counter[str] = Counter()
    skipped: Counter[str] = Counter()
    notes: list[str] = []
    for report in reports:
        counts.update(report.counts)
        skipped.update(report.skipped)
        notes.extend(report.notes)
    return Report(stage, dict(counts), dict(skipped), tuple(dict.fromkeys(notes)))
