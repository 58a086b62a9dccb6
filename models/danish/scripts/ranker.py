"""A log-linear choice among candidates that are described by words (features)."""

import zlib
from collections.abc import Sequence

import numpy as np

BITS = 19


def hashed(groups: Sequence[Sequence[str]]) -> np.ndarray:
    """Feature numbers of shape (candidates, features); the place of a feature is part of it."""
    return np.array(
        [[zlib.crc32(f"{place}{key}".encode()) >> (32 - BITS) for place, key in enumerate(row)] for row in groups]
    )


class Ranker:
    """Softmax over the candidates of each group, fitted with AdaGrad."""

    def __init__(self, seed: int = 0, epochs: int = 12, rate: float = 0.15, decay: float = 2e-6) -> None:
        self.rng = np.random.default_rng(seed)
        self.epochs, self.rate, self.decay = epochs, rate, decay
        self.weights = np.zeros(2**BITS)

    def fit(self, groups: Sequence[Sequence[Sequence[str]]], right: Sequence[int]) -> None:
        """Learn from groups of candidates and the number of the right one in each."""
        tables = [hashed(group) for group in groups]
        squares = np.full(2**BITS, 0.1)
        total, steps = np.zeros(2**BITS), 0
        for epoch in range(self.epochs):
            for at in self.rng.permutation(len(tables)):
                self._step(tables[at], right[at], squares)
            if epoch >= self.epochs // 2:
                total, steps = total + self.weights, steps + 1
        self.weights = total / max(steps, 1)

    def _step(self, table: np.ndarray, right: int, squares: np.ndarray) -> None:
        error = np.exp(self(None, table))
        error[right] -= 1.0
        slope = np.repeat(error, table.shape[1])
        where = table.ravel()
        slope += self.decay * self.weights[where]
        np.add.at(squares, where, slope**2)
        np.subtract.at(self.weights, where, self.rate * slope / np.sqrt(squares[where]))

    def __call__(self, group: Sequence[Sequence[str]] | None, table: np.ndarray | None = None) -> np.ndarray:
        """The log-probability of each candidate."""
        numbers = hashed(group or []) if table is None else table
        score = self.weights[numbers].sum(axis=1)
        score -= score.max()
        return score - np.log(np.exp(score).sum())
