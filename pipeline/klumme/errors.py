"""The errors of klumme: one small tree, and each message ends with what to do.

KlummeError                 exit code 1
├── InputError              a file or text that the user gave cannot be used
├── StorageError            the disk is full, a table is damaged, another run is writing
├── CollectError            a source cannot be reached or must not be read
├── MissingError            something that must exist does not
│   ├── MissingModelError   no theme model, or none that this scikit-learn can open
│   └── MissingPipelineError  a spaCy pipeline that is named but not installed
└── UsageError              exit code 2: what was asked for cannot be understood
    ├── SettingsError       an unknown or ill-typed setting
    ├── SourceFileError     a source file with an unknown or missing key
    ├── QueryError          a query that does not parse; knows the character
    ├── CodebookError       a theme that the codebook does not have, or a broken codebook
    └── LabelError          a label file that cannot be read, or labels that contradict
"""

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class KlummeError(Exception):
    """What went wrong, in one sentence, and the way out, in another."""

    exit_code = 1

    def __init__(self, what: str, way_out: str) -> None:
        super().__init__(what, way_out)
        self.what, self.way_out = what, way_out

    def __str__(self) -> str:
        return f"{self.what} {self.way_out}"


class InputError(KlummeError):
    """A file or text that the user gave cannot be used."""


class StorageError(KlummeError):
    """The disk is full, a table is damaged, or another run is writing."""


class CollectError(KlummeError):
    """A source cannot be reached, or must not be read."""


class MissingError(KlummeError):
    """Something that must exist does not."""


class MissingModelError(MissingError):
    """There is no theme model, or none that this scikit-learn can open."""


class MissingPipelineError(MissingError):
    """A spaCy pipeline is named but not installed."""


class UsageError(KlummeError):
    """What was asked for cannot be understood."""

    exit_code = 2


class SettingsError(UsageError):
    """A setting is unknown or has the wrong type."""


class SourceFileError(UsageError):
    """A source file has an unknown key, lacks one, or has one of the wrong type."""


class CodebookError(UsageError):
    """The codebook is broken, or lacks the theme that was named."""


class LabelError(UsageError):
    """A label file cannot be read, or labels contradict each other."""


class QueryError(UsageError):
    """A query does not parse; `position` is the character, counted from 0, where it went wrong."""

    def __init__(self, what: str, way_out: str, query: str = "", position: int | None = None) -> None:
        super().__init__(what, way_out)
        self.query, self.position = query, position

    def __str__(self) -> str:
        if self.position is None:
            return super().__str__()
        return "\n".join([self.what, *_pointed(self.query, self.position), self.way_out])


def _pointed(query: str, position: int) -> list[str]:
    """Return the lines of a query, indented, with a caret under the character, tabs as wide as they are above it."""
    before = query[:position].split("\n")
    lines = [f"  {line.rstrip()}" for line in query.split("\n")]
    blank = "".join("\t" if letter == "\t" else " " for letter in before[-1])
    return [*lines[: len(before)], f"  {blank}^", *lines[len(before) :]]


def did_you_mean(word: str, known: "Iterable[str]") -> str:
    """Return a sentence that offers the nearest known word, or lists them all when none is near."""
    known = sorted(known)
    near = get_close_matches(word, known, n=1, cutoff=0.6)
    return f"Did you mean '{near[0]}'?" if near else f"Known are: {', '.join(known)}."
