"""From labels to what a classifier is trained on: readings, vectors and answers, row for row."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from klumme.report import Progress, quiet
from klumme.themes.codebook import Codebook
from klumme.themes.encoder import Encoder, Floats
from klumme.themes.model import Matrix
from klumme.themes.passages import Known, Labelled
from klumme.themes.readings import Reader, Reading
from klumme.themes.remembered import read_passages

SEED = 20251123
# A theme is learnt from so many passages that have it and so many that have not, at the least.
LEAST = 10


@dataclass(frozen=True)
class Examples:
    """Labelled passages, row for row, with their readings, vectors (or None) and answers.

    `answers` has a column for each theme: 1, 0, or NaN where the passage was not coded or the coders disagree. `fresh`
    are the passages from whose labels the encoder has not learnt: only of those does it say what it would of new ones.
    """

    themes: tuple[str, ...]
    passages: Sequence[Known]
    readings: Sequence[Reading]
    vectors: Floats | None
    answers: Matrix
    fresh: NDArray[np.bool_]

    @cached_property
    def groups(self) -> NDArray[Any]:
        """What must not be on both sides of a split: the author, or the field of a passage written for training."""
        return np.array([passage.group or passage.article for passage in self.passages])

    @cached_property
    def articles(self) -> NDArray[Any]:
        """The article of each passage: what a bootstrap draws."""
        return np.array([passage.article for passage in self.passages])

    @cached_property
    def natural(self) -> NDArray[np.bool_]:
        """Which passages stand in articles, rather than having been written for training."""
        return np.array([passage.natural for passage in self.passages], dtype=bool)

    def rows(self, index: NDArray[Any]) -> "Examples":
        """Return some of the passages."""
        chosen = np.arange(len(self.passages))[index]
        vectors = None if self.vectors is None else self.vectors[chosen]
        passages, readings = [self.passages[i] for i in chosen], [self.readings[i] for i in chosen]
        return Examples(self.themes, passages, readings, vectors, self.answers[chosen], self.fresh[chosen])


def make_examples(
    labelled: Sequence[Labelled],
    themes: Sequence[str],
    reader: Reader,
    encoder: Encoder | None = None,
    progress: Progress = quiet,
) -> Examples:
    """Read labelled passages with spaCy and, where there is one, the encoder."""
    passages = [one.passage for one in labelled]
    texts = [passage.text for passage in passages]
    return Examples(
        themes=tuple(themes),
        passages=passages,
        readings=read_passages(reader, passages, progress),
        vectors=encoder.encode(texts, progress).themes if encoder else None,
        answers=answers(labelled, themes),
        fresh=fresh(texts, encoder),
    )


def fresh(texts: Sequence[str], encoder: Encoder | None) -> NDArray[np.bool_]:
    """Say of each text whether the encoder, if there is one, has not learnt from its labels."""
    return encoder.fresh(texts) if encoder else np.ones(len(texts), dtype=bool)


def answers(labelled: Sequence[Labelled], themes: Sequence[str]) -> Matrix:
    """Return 1, 0 or NaN (not coded, unsure, or still disputed) for each passage (rows) and theme (columns)."""
    return np.array([[_answer(one.themes.get(theme)) for theme in themes] for one in labelled], dtype=np.float64)


def _answer(said: bool | None) -> float:
    return float("nan") if said is None else float(said)


def trainable(labelled: Sequence[Labelled], codebook: Codebook) -> tuple[list[str], dict[str, str]]:
    """Return the themes that have enough labels, and for each other one why it has not."""
    enough, lacking = [], {}
    table = answers(labelled, codebook.ids) if labelled else np.zeros((0, len(codebook.ids)))
    groups = np.array([one.passage.group for one in labelled])
    for theme, column in zip(codebook.ids, table.T, strict=True):
        yes, no = int((column == 1).sum()), int((column == 0).sum())
        if min(yes, no) >= LEAST and len(set(groups[column == 1])) > 1:
            enough.append(theme)
        else:
            lacking[theme] = f"{yes} passages with it and {no} without; it takes {LEAST} of each, by two authors"
    return enough, lacking


def labels_hash(labelled: Sequence[Labelled]) -> str:
    """Return a hash of passages and answers: the same labels give the same hash, in whatever order they were given."""
    lines = sorted(f"{one.passage.id} {sorted(one.themes.items())}" for one in labelled)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
