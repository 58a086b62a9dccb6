"""A theme model: two linear members, one over words and characters, one over dense vectors, fused and calibrated.

It holds numbers and words only, so that a stored model runs no code and outlives a scikit-learn version.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from klumme.themes.features import Features
from klumme.themes.readings import Reading

Matrix = NDArray[np.float64]

WORDS, BOTH = "words", "both"


@dataclass(frozen=True, slots=True)
class Linear:
    """One linear decision for each theme: `weights` (themes x features) and `bias` (themes).

    `centre` is the mean of the vectors it was fitted on, from which what a word adds is measured; empty over words.
    """

    weights: NDArray[Any]
    bias: NDArray[Any]
    centre: NDArray[Any] = field(default_factory=lambda: np.zeros(0))

    def log_odds(self, matrix: Any) -> Matrix:
        """Return the log-odds of each row (rows) and theme (columns)."""
        return np.asarray(matrix @ self.weights.T + self.bias, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Fusion:
    """How the members' log-odds become probabilities, and from which probability on a theme is tagged.

    `slopes` (themes x members) and `bias` (themes) are logistic regressions on the members' log-odds (Platt 1999);
    `thresholds` has a number for each theme.
    """

    slopes: Matrix
    bias: Matrix
    thresholds: Matrix

    def probabilities(self, logits: Sequence[Matrix]) -> Matrix:
        """Return calibrated probabilities (rows x themes) from each member's log-odds."""
        return np.asarray(expit(sum(logit * self.slopes[:, k] for k, logit in enumerate(logits)) + self.bias))


@dataclass(frozen=True, slots=True)
class ThemeModel:
    """What tags passages; `fusions` has an entry for each set of members that can do it alone.

    The dense member is absent from a model that was trained without an encoder.
    """

    themes: tuple[str, ...]
    features: Features
    words: Linear
    dense: Linear | None
    fusions: dict[str, Fusion]
    facts: dict[str, Any]

    @property
    def version(self) -> str:
        """The name under which the model lies in its folder."""
        return str(self.facts["version"])

    @property
    def encoder(self) -> str:
        """The encoder whose vectors the dense member needs, empty when it has none."""
        return str(self.facts["encoder"])

    def scores(self, readings: Sequence[Reading], vectors: NDArray[Any] | None = None) -> Matrix:
        """Return the calibrated probability of each theme (columns) for each reading (rows).

        Without `vectors`, an array of one row a reading, the words decide alone.
        """
        return self.probabilities(self.features.matrix(readings), vectors)

    def probabilities(self, matrix: Any, vectors: NDArray[Any] | None = None) -> Matrix:
        """Do the same from the feature matrix."""
        logits = [self.words.log_odds(matrix)]
        if vectors is not None and self.dense is not None:
            logits.append(self.dense.log_odds(vectors))
        return self.fusion(vectors).probabilities(logits)

    def fusion(self, vectors: NDArray[Any] | None = None) -> Fusion:
        """Return the fusion that applies with or without vectors."""
        return self.fusions[BOTH if vectors is not None and self.dense is not None else WORDS]

    @property
    def best(self) -> Fusion:
        """The fusion of all members that the model has."""
        return self.fusions.get(BOTH, self.fusions[WORDS])
