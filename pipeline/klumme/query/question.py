"""A question as it was asked: words and fields, or a pattern, and how to read them."""

import re
from dataclasses import dataclass
from typing import Any, TypedDict

from klumme.errors import UsageError

_PATTERN = re.compile(r"\s*(\(*\s*(\w+\s*:\s*)?\[|<\w)")


def is_pattern(text: str) -> bool:
    """Whether a text is corpus query language, which begins with a bracket, a label or a region."""
    return _PATTERN.match(text) is not None


class Reading(TypedDict, total=False):
    """How a text is read: as corpus query language whatever it begins with; each word also as a part of compounds."""

    cql: bool
    compounds: bool


@dataclass(frozen=True, slots=True)
class Question:
    """A text and how it is read (see `Reading`); raises UsageError for a pattern that is to find parts of compounds."""

    text: str
    cql: bool = False
    compounds: bool = False

    def __post_init__(self) -> None:
        if self.compounds and self.pattern:
            raise UsageError(
                "Parts of compounds (--compounds) are found for words, and this is a pattern.",
                'Name the part in the pattern: [part="skole"].',
            )

    @property
    def pattern(self) -> bool:
        """Whether the text is a pattern."""
        return self.cql or is_pattern(self.text)


def question(text: str, given: dict[str, Any]) -> Question:
    """Take what says how to read a text out of the options given, and leave the others there."""
    return Question(text, **{name: given.pop(name) for name in Reading.__annotations__ if name in given})
