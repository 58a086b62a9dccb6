"""Cut PAROLE-DK's newspaper text into passages, each the same at every run: its name says file and sentences.

The text stays in the treebank folder; labels are kept beside this recipe by name and hash of the text.
"""

import hashlib
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "danish" / "scripts"))

from sources import read_parole
from spacing import spaces

FEW, MANY = 40, 95  # words of a passage; the sample's passages have 40 to 90


@dataclass(frozen=True)
class Excerpt:
    """A run of sentences of one PAROLE file."""

    name: str
    file: str
    text: str

    @property
    def sha256(self) -> str:
        """The hash by which a label remembers the text it was given for."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def excerpts(path: Path, without: Iterable[str] = ()) -> Iterator[Excerpt]:
    """Cut each file, but for those named in `without`, into passages of whole sentences."""
    left_out = set(without)
    for file, group in groupby(read_parole(path), key=lambda one: one[0]):
        if file in left_out:
            continue
        sentences = [[token.form for token in tokens] for _, tokens in group]
        for first, last in _runs([len(forms) for forms in sentences]):
            text = " ".join(plain(forms) for forms in sentences[first:last])
            yield Excerpt(f"parole-{file.removesuffix('-da.tag')}-{first}-{last}", file, text)


def plain(forms: list[str]) -> str:
    """Write a sentence as running text."""
    written = "".join(form + " " * space for form, space in zip(forms, spaces(forms), strict=True))
    return written.replace("_", " ").strip()


def _runs(lengths: list[int]) -> Iterator[tuple[int, int]]:
    """Runs of sentences with at least FEW words, none begun that would pass MANY; a short rest is dropped."""
    first, words = 0, 0
    for at, length in enumerate(lengths):
        if words and words + length > MANY:
            if words >= FEW:
                yield first, at
            first, words = at, 0
        words += length
        if words >= FEW:
            yield first, at + 1
            first, words = at + 1, 0
