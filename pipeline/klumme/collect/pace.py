"""When the next request to a host may go out."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

# How long the collector is willing to wait when a server asks it to; more ends the run until another day.
PATIENCE = 120.0


@dataclass
class Pace:
    """Keep `gap` seconds, and up to a quarter more by chance, between two requests to one host."""

    gap: float
    jitter: float = 0.25
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    chance: random.Random = field(default_factory=random.Random)
    _last: dict[str, float] = field(default_factory=dict)

    def wait(self, host: str) -> None:
        """Sleep until the host may be asked again, and note that it is asked now."""
        if host in self._last:
            due = self._last[host] + self.gap * (1 + self.jitter * self.chance.random())
            if (rest := due - self.clock()) > 0:
                self.sleep(rest)
        self._last[host] = self.clock()

    def back_off(self, attempt: int, asked: float | None) -> None:
        """Sleep before another attempt: what the server asked for, else twice as long each time."""
        self.sleep(asked if asked is not None else max(self.gap, 0.5) * 2**attempt)


def retry_after(value: str, now: datetime) -> float | None:
    """Read a Retry-After header, seconds or a date; None for neither."""
    value = value.strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())
