"""Passages far from each other: each next one is the least like those chosen (Gonzalez 1985)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from klumme.tables import Tables
from klumme.themes.encoder import Floats
from klumme.themes.passages import Known
from klumme.themes.vectors import unpack

_STORED = "SELECT passage_id, meaning FROM vectors WHERE passage_id IN (SELECT unnest(?))"

# Is more than any cosine, so what was chosen is never chosen again.
CHOSEN = 2.0


def stored_meanings(tables: Tables, passages: Sequence[str]) -> dict[str, Floats]:
    """Return the stored vectors, of unit length, of those passages that have one."""
    rows = tables.read(_STORED, [list(passages)])
    return {row["passage_id"]: unpack([row["meaning"]])[0] for row in rows}


def spread(
    passages: Sequence[Known], size: int, meanings: Mapping[str, Floats] | None = None, labelled: Sequence[str] = ()
) -> list[Known]:
    """Choose passages far from each other, and in meaning also from the labelled ones that have a vector.

    Those without a vector follow, far from each other in their words.
    """
    meanings = meanings or {}
    meant = [passage for passage in passages if passage.id in meanings]
    start = [meanings[name] for name in labelled if name in meanings]
    chosen = _by_meaning(meant, size, meanings, start) if meant else []
    rest = [passage for passage in passages if passage.id not in meanings]
    return chosen + _by_words(rest, size - len(chosen))


def _by_meaning(passages: list[Known], size: int, meanings: Mapping[str, Floats], start: list[Floats]) -> list[Known]:
    matrix = np.stack([meanings[passage.id] for passage in passages])
    likest = np.full(len(passages), -CHOSEN)
    for vector in start:
        likest = np.maximum(likest, matrix @ vector)
    return [passages[row] for row in _farthest(likest, size, lambda row: matrix @ matrix[row])]


def _by_words(passages: list[Known], size: int) -> list[Known]:
    from sklearn.feature_extraction.text import TfidfVectorizer

    if len(passages) < 2 or size < 1:
        return passages[: max(size, 0)]
    matrix = TfidfVectorizer(sublinear_tf=True).fit_transform([f"{p.text} a" for p in passages])
    likest = np.zeros(len(passages))
    return [passages[row] for row in _farthest(likest, size, lambda row: (matrix @ matrix[row].T).toarray().ravel())]


def _farthest(likest: NDArray[np.float64], size: int, likeness: Callable[[int], Any]) -> Iterator[int]:
    """Yield the row that is least like what was chosen, again and again, of equals the first."""
    for _ in range(min(size, len(likest))):
        row = int(np.argmin(likest))
        yield row
        likest = np.maximum(likest, likeness(row))
        likest[row] = CHOSEN
