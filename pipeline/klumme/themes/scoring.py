"""Apply a theme model with what is installed here: with its encoder, or without and saying so."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from klumme.themes.encoder import encode, encoder_name
from klumme.themes.model import Matrix, ThemeModel
from klumme.themes.readings import Reading


@dataclass(frozen=True, slots=True)
class Scorer:
    """A model, and whether its dense member can take part."""

    model: ThemeModel
    dense: bool

    @property
    def version(self) -> str:
        """The version of the scores: without the encoder the same model gives others."""
        return self.model.version if self.dense or not self.model.encoder else f"{self.model.version}-words"

    @property
    def notes(self) -> tuple[str, ...]:
        """What a user should know of how the scores come about."""
        if self.dense or not self.model.encoder:
            return ()
        return (f"The encoder {self.model.encoder} is not installed; the theme model decides by words alone.",)

    def scores(self, texts: Sequence[str], readings: Sequence[Reading]) -> tuple[Matrix, NDArray[np.bool_]]:
        """Return probabilities and whether each reaches its threshold, a row for each text, a column for each theme."""
        vectors = encode(texts) if self.dense else None
        p = self.model.scores(readings, vectors)
        return p, p >= self.model.fusion(vectors).thresholds


def make_scorer(model: ThemeModel) -> Scorer:
    """Use the model's encoder if exactly that one is installed."""
    return Scorer(model, bool(model.encoder) and model.encoder == encoder_name())
