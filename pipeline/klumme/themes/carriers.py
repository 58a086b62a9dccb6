"""Why a passage was tagged: the sentences and words that spoke for the theme, in log-odds of the model."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from klumme.records import Carrier
from klumme.themes.encoder import Pieces
from klumme.themes.features import words_of
from klumme.themes.model import BOTH, WORDS, ThemeModel
from klumme.themes.readings import Reading, sentences

SHOWN = 6


def carriers(
    model: ThemeModel, text: str, reading: Reading, theme: int, pieces: Pieces | None = None
) -> tuple[Carrier, ...]:
    """Return the sentence that carried a decision most, then up to six words as they stand in the text.

    Over words, a sentence weighs what the log-odds lose when it is taken out, and a word what its terms add. To that
    comes, with an encoder, what the state of each piece adds to the log-odds of their mean: an exact division, though
    a state knows its neighbours too.
    """
    said = _said_by_pieces(model, reading, theme, pieces)
    return (*_sentence(model, text, reading, theme, said), *_words(model, reading, theme, said))


def _said_by_pieces(model: ThemeModel, reading: Reading, theme: int, pieces: Pieces | None) -> NDArray[np.float64]:
    """Return what the encoder's pieces add for each token of a reading."""
    sums = np.zeros(len(reading))
    if pieces is None or model.dense is None or not len(reading):
        return sums
    added = (pieces.states - model.dense.centre) @ model.dense.weights[theme] / len(pieces.states)
    starts = np.array([token.start for token in reading])
    for (start, end), value in zip(pieces.spans, added.tolist(), strict=True):
        if end > start:
            sums[max(0, int(np.searchsorted(starts, end - 1, side="right")) - 1)] += value
    return sums * float(model.fusions[BOTH].slopes[theme, 1])


def _sentence(
    model: ThemeModel, text: str, reading: Reading, theme: int, said: NDArray[np.float64]
) -> Sequence[Carrier]:
    found = sentences(text, reading)
    if len(found) < 2:
        return []
    numbers = sorted({token.sentence for token in reading})
    without = [tuple(t for t in reading if t.sentence != number) for number in numbers]
    odds = model.words.log_odds(model.features.matrix([reading, *without]))[:, theme]
    belongs = np.array([token.sentence for token in reading])
    carried = (odds[0] - odds[1:]) * _slope(model, theme, said) + [said[belongs == number].sum() for number in numbers]
    best = int(np.argmax(carried))
    return [Carrier(found[best], float(carried[best]))] if carried[best] > 0 else []


def _words(model: ThemeModel, reading: Reading, theme: int, said: NDArray[np.float64]) -> list[Carrier]:
    """Share each term's weight among the words it is made of, and name each word as it stands in the text."""
    slope = _slope(model, theme, said)
    forms = {word: token.form for token in reversed(reading) for word in words_of(token)}
    sums: dict[str, float] = defaultdict(float)
    for term, weight in _term_weights(model, reading, theme).items():
        parts = term.split(" ")
        for part in parts:
            if part in forms:
                sums[forms[part]] += slope * weight / len(parts)
    for token, value in zip(reading, said.tolist(), strict=True):
        if words_of(token):
            sums[token.form] += value
    best = sorted(sums.items(), key=lambda item: (-item[1], item[0]))[:SHOWN]
    return [Carrier(form, float(weight)) for form, weight in best if weight > 0]


def _slope(model: ThemeModel, theme: int, said: NDArray[np.float64]) -> float:
    """Return how much the words weigh: fused with the encoder where that said anything, else alone."""
    fused = BOTH in model.fusions and bool(said.any())
    return float(model.fusions[BOTH if fused else WORDS].slopes[theme, 0])


def _term_weights(model: ThemeModel, reading: Reading, theme: int) -> dict[str, float]:
    terms = model.features.words.terms
    row = csr_matrix(model.features.matrix([reading])[:, : len(terms)])
    weights = row.data * model.words.weights[theme, row.indices]
    return {terms[k]: weight for k, weight in zip(row.indices.tolist(), weights.tolist(), strict=True)}
