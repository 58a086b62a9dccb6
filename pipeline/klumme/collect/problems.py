"""Why a fetch gave no page: a reason from a short list, and what was seen."""

from typing import Literal

from klumme.errors import CollectError

Reason = Literal[
    "no-address",
    "scheme",
    "foreign-host",
    "private-address",
    "disallowed",
    "unreachable",
    "timeout",
    "broken-answer",
    "too-large",
    "encoding",
    "redirect-loop",
    "busy",
    "server-error",
    "forbidden",
    "gone",
    "odd-status",
    "login-wall",
    "not-text",
    "empty",
    "broken-listing",
]

# These may be over by the next run; the rest is settled until the listing says something new.
PASSING: frozenset[str] = frozenset({"unreachable", "timeout", "broken-answer", "busy", "server-error"})


class FetchError(CollectError):
    """One address gave no page; `reason` is a word for the tables, `what` the sentence for people."""

    def __init__(self, reason: Reason, detail: str, retry_after: float | None = None) -> None:
        super().__init__(f"{detail}.", "The other pages go on; see the table `skipped`.")
        self.reason, self.detail, self.retry_after = reason, detail, retry_after

    @property
    def passing(self) -> bool:
        """Tell whether asking again later may help."""
        return self.reason in PASSING
