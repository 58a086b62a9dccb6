"""A limit on the time of a whole answer: a server that sends a byte now and then never lets a read time out."""

import threading
from socket import SHUT_RDWR
from types import TracebackType

from klumme.collect.connection import AnyConnection


class Deadline:
    """Hang up on the connection in use after `seconds`, from another thread; `passed` tells afterwards."""

    def __init__(self, seconds: float) -> None:
        self.passed = False
        self.connection: AnyConnection | None = None
        self._timer = threading.Timer(seconds, self._hang_up)
        self._timer.daemon = True

    def __enter__(self) -> "Deadline":
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        self._timer.join()

    def _hang_up(self) -> None:
        self.passed = True
        if self.connection is not None and self.connection.sock is not None:
            try:
                self.connection.sock.shutdown(SHUT_RDWR)
            except OSError:
                return
