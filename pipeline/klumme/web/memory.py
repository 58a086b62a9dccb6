"""What pages have made from files, kept until the files change."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from threading import RLock
from typing import Any, TypeAlias, TypeVar

T = TypeVar("T")

Stamp: TypeAlias = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class State:
    """The state of the files that things are made from: the ground, and the labels, which change all the time."""

    ground: Stamp
    labels: Stamp


@dataclass(frozen=True, slots=True)
class _Made:
    state: State
    thing: Any
    cost: float
    at: float


class Memory:
    """Things by name, each with the state it was made in; many may ask at once, one makes."""

    def __init__(self) -> None:
        self._made: dict[str, _Made] = {}
        self._making: dict[str, RLock] = defaultdict(RLock)

    def recall(self, name: str, state: State, make: Callable[[], T], patience: float = 0.0) -> T:
        """Return a thing, made anew when its ground has changed, or the labels have and it is no longer young.

        It is young for `patience` times as long as it took to make.
        """
        with self._making[name]:
            made = self._made.get(name)
            if made is None or made.state.ground != state.ground or _aged(made, state, patience):
                self._made[name] = made = _make(state, make)
        thing: T = made.thing
        return thing


def _make(state: State, make: Callable[[], Any]) -> _Made:
    began = time.monotonic()
    thing = make()
    now = time.monotonic()
    return _Made(state, thing, now - began, now)


def _aged(made: _Made, state: State, patience: float) -> bool:
    return made.state.labels != state.labels and time.monotonic() - made.at >= patience * made.cost


def stamp(paths: Iterable[Path]) -> Stamp:
    """Return what changes when one of these files does."""
    found = [(path, path.stat()) for path in paths if path.exists()]
    return tuple((str(path), stat.st_mtime_ns, stat.st_size) for path, stat in found)
