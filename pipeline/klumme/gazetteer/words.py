"""The words of a text with their places and neighbours: the ground on which the context rules stand."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

_WORD = re.compile(r"[^\W\d_]+(?:['’´`][^\W\d_]+)?")
_STOP = re.compile(r"[.!?:;…\n\"“”„»«•]|(?:^|\n)\s*[-–—]")
# A full stop behind these does not end a sentence.
_ABBREVIATIONS = re.compile(
    "bl|a|f|eks|fx|ca|kl|nr|pct|mio|mia|kr|sct|skt|dr|kgs|kbh|hhv|evt|inkl|ekskl|st|gl|ndr|sdr|vs|mfl|osv"
)
_PLAIN = str.maketrans({"’": "'", "´": "'", "`": "'"})

Kind = Literal["kommune", "parti"]
Scope = Literal["kommune", "by", "uvis", ""]


@dataclass(frozen=True, slots=True)
class Mention:
    """A municipality or party named in a text, over its characters `start` to `end` (exclusive).

    `id` is the official code or the letter on the ballot; `scope` tells whether a place is meant as municipality or
    as town ("by"), "uvis" where the text leaves it open, and is empty for parties.
    """

    start: int
    end: int
    text: str
    id: str
    kind: Kind
    scope: Scope = ""


def fold(text: str) -> str:
    """Bring words to the form in which names are compared: lower case, aa for å, one kind of apostrophe."""
    return text.lower().replace("å", "aa").replace("’", "'").replace("´", "'").replace("`", "'")


class Words:
    """The words of one text; indices outside of it stand for an empty word."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.spans = [match.span() for match in _WORD.finditer(text)]

    @cached_property
    def folded(self) -> list[str]:
        """All words, folded; at once, since this is done for every word of a corpus."""
        return fold("\n".join([self.text[start:end] for start, end in self.spans])).split("\n")

    def __len__(self) -> int:
        return len(self.spans)

    def at(self, index: int) -> str:
        """Return the word in its own case, with one kind of apostrophe."""
        return self.text[slice(*self.spans[index])].translate(_PLAIN) if 0 <= index < len(self.spans) else ""

    def low(self, index: int) -> str:
        """Return the word folded."""
        return self.folded[index] if 0 <= index < len(self.spans) else ""

    def gap(self, index: int) -> str:
        """Return what stands between a word and the one before it."""
        before = self.spans[index - 1][1] if 0 < index <= len(self.spans) else 0
        after = self.spans[index][0] if 0 <= index < len(self.spans) else len(self.text)
        return self.text[before:after]

    def follows(self, index: int) -> str:
        """Return the folded word behind this one if nothing but a blank parts them."""
        return self.low(index + 1) if self.gap(index + 1).isspace() else ""

    def precedes(self, index: int) -> str:
        """Return the folded word before this one if nothing but a blank parts them."""
        return self.low(index - 1) if self.gap(index).isspace() else ""

    def capital(self, index: int) -> bool:
        """Tell whether a word begins with a capital letter."""
        return self.at(index)[:1].isupper()

    def opens(self, index: int) -> bool:
        """Tell whether a word opens a sentence, a line or a quotation, where a capital letter proves nothing."""
        if index == 0:
            return True
        gap = self.gap(index)
        if gap.strip() == "." and _ABBREVIATIONS.fullmatch(self.low(index - 1)):
            return False
        return bool(_STOP.search(gap))

    def before(self, index: int, count: int) -> Iterator[str]:
        """Yield up to `count` folded words before this one in its sentence, the nearest first."""
        for i in range(index, max(index - count, 0), -1):
            if self.opens(i):
                return
            yield self.low(i - 1)
