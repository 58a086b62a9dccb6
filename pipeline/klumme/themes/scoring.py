"""Apply a theme model with what is installed here: with its encoder, or without and saying so."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from klumme.settings import TagSettings
from klumme.themes.carriers import Share, share_out
from klumme.themes.encoder import Encoder, Floats, open_encoder
from klumme.themes.features import Counts
from klumme.themes.model import Matrix, ThemeModel
from klumme.themes.readings import Reading
from klumme.themes.registry import load_model
from klumme.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Scorer:
    """A model, and whether its dense member can take part."""

    model: ThemeModel
    encoder: Encoder | None = None

    @property
    def version(self) -> str:
        """The version of the scores: without the encoder the same model gives others."""
        return self.model.version if self.encoder or not self.model.encoder else f"{self.model.version}-words"

    @property
    def notes(self) -> tuple[str, ...]:
        """What a user should know of how the scores come about."""
        if self.encoder or not self.model.encoder:
            return ()
        return (f"Without the encoder {self.model.encoder} the theme model decides by words alone.",)

    def scores(
        self, texts: Sequence[str], readings: Sequence[Reading], vectors: Floats | None = None
    ) -> tuple[Matrix, NDArray[np.bool_]]:
        """Return probabilities and whether each reaches its threshold, a row for each text, a column for each theme.

        `vectors`, where they are known already, need not be computed again.
        """
        return self.decide(texts, self.model.features.count(readings), vectors)

    def decide(
        self, texts: Sequence[str], counts: Counts, vectors: Floats | None = None
    ) -> tuple[Matrix, NDArray[np.bool_]]:
        """Do the same where the words of the texts have been counted."""
        if vectors is None and self.encoder:
            vectors = self.encoder.encode(texts).themes
        p = self.model.probabilities(self.model.features.weigh_whole(counts), vectors)
        return p, p >= self.model.fusion(vectors).thresholds

    def share(self, text: str) -> Share | None:
        """Return what each piece of a text adds to the encoder's say, or None without an encoder."""
        return None if self.encoder is None else share_out(self.model, *self.encoder.pieces([text]))


def make_scorer(model: ThemeModel, encoder: Encoder | None = None) -> Scorer:
    """Use an encoder if it is exactly the one that the model was trained with."""
    return Scorer(model, encoder if encoder and model.encoder == encoder.name else None)


def open_scorer(workspace: Workspace, settings: TagSettings) -> Scorer:
    """Open the theme model of the settings, with the encoder of the workspace unless they leave it out.

    Raises MissingModelError when there is no such model.
    """
    encoder = None if settings.words_only else open_encoder(workspace)
    return make_scorer(load_model(workspace, settings.model), encoder)
