"""Why a passage was tagged: the sentences and words that spoke for the theme, in log-odds of the model."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from klumme.records import Carrier
from klumme.themes.encoder import Pieces
from klumme.themes.features import Counts, made_of, words_of
from klumme.themes.model import BOTH, WORDS, Matrix, ThemeModel
from klumme.themes.readings import Reading

SHOWN = 6


@dataclass(frozen=True, slots=True)
class Share:
    """What each piece of a text (start, end) adds to the log-odds of the dense member: pieces x themes."""

    spans: tuple[tuple[int, int], ...]
    added: Matrix


def share_out(model: ThemeModel, pieces: Pieces | None) -> Share | None:
    """Share the log-odds of a text's mean out to its pieces, an exact division; None without pieces or dense member."""
    if pieces is None or model.dense is None:
        return None
    return Share(pieces.spans, (pieces.states - model.dense.centre) @ model.dense.weights.T / len(pieces.states))


@dataclass(frozen=True, slots=True)
class Parts:
    """A passage taken apart: the features of its words (one row), what they come to, and what its pieces add, if any.

    `odds` are the log-odds of all themes (columns): of the passage, then of it without each of its sentences, if it has
    several. `forms` has the form in which each word first stands in the text.
    """

    text: str
    reading: Reading
    features: csr_matrix
    odds: Matrix
    forms: dict[str, str]
    share: Share | None = None


def take_apart(
    model: ThemeModel, passages: Sequence[tuple[str, Reading]], counts: Counts, shares: Iterable[Share | None]
) -> list[Parts]:
    """Take passages (text and reading), counted before, apart, many at once: most of the time goes into beginning."""
    if not passages:
        return []
    texts, bounds = _with_and_without(counts.bounds)
    matrix = model.features.weigh(*counts.sums(texts))
    odds = model.words.log_odds(matrix)
    terms = csr_matrix(matrix[bounds[:-1], : len(model.features.words.terms)])
    rows = enumerate(zip(passages, pairwise(bounds.tolist()), shares, strict=True))
    return [
        Parts(text, reading, terms[k], odds[start:end], _forms(reading), share)
        for k, ((text, reading), (start, end), share) in rows
    ]


def _with_and_without(bounds: NDArray[np.int64]) -> tuple[csr_matrix, NDArray[np.int64]]:
    """Make each passage, whose sentences lie between two bounds, whole, then without each of several sentences.

    Returns which sentences (columns) each of these texts (rows) is made of, and the bounds of each passage's texts.
    """
    rows: list[list[int]] = []
    found = [0]
    for first, end in pairwise(bounds.tolist()):
        whole = list(range(first, end))
        rows += [whole, *([k for k in whole if k != left_out] for left_out in whole if len(whole) > 1)]
        found.append(len(rows))
    sentences = [sentence for row in rows for sentence in row]
    return made_of(sentences, np.cumsum([0, *map(len, rows)]), bounds[-1]), np.array(found)


def _forms(reading: Reading) -> dict[str, str]:
    return {word: token.form for token in reversed(reading) for word in words_of(token)}


def carriers(model: ThemeModel, passage: Parts, theme: int) -> tuple[Carrier, ...]:
    """Return the sentence that carried a decision most, then up to six words as they stand in the text.

    Over words, a sentence weighs what the log-odds lose when it is taken out, and a word what its terms add. To that
    comes, with an encoder, what the state of each piece adds to the log-odds of their mean: an exact division, though
    a state knows its neighbours too.
    """
    said = _said_by_pieces(model, passage, theme)
    slope = _slope(model, theme, said)
    sentence = _sentence(passage, slope * passage.odds[:, theme], said)
    return (*sentence, *_words(passage, _terms(model, passage, theme, slope), said))


def sentence_named(model: ThemeModel, passage: Parts, theme: int) -> str:
    """Return the sentence that `carriers` names first; empty where the passage has but one, or none spoke for it."""
    said = _said_by_pieces(model, passage, theme)
    found = _sentence(passage, _slope(model, theme, said) * passage.odds[:, theme], said)
    return found[0].term if found else ""


def _slope(model: ThemeModel, theme: int, said: NDArray[np.float64]) -> float:
    """Return what a log-odd of the words counts in the decision."""
    fused = BOTH in model.fusions and bool(said.any())
    return float(model.fusions[BOTH if fused else WORDS].slopes[theme, 0])


def _said_by_pieces(model: ThemeModel, passage: Parts, theme: int) -> NDArray[np.float64]:
    """Return what the encoder's pieces add for each token of a passage."""
    sums, share = np.zeros(len(passage.reading)), passage.share
    if share is None or not len(sums):
        return sums
    starts = np.array([token.start for token in passage.reading])
    for (start, end), value in zip(share.spans, share.added[:, theme].tolist(), strict=True):
        if end > start:
            sums[max(0, int(np.searchsorted(starts, end - 1, side="right")) - 1)] += value
    return sums * float(model.fusions[BOTH].slopes[theme, 1])


def _sentence(passage: Parts, odds: NDArray[np.float64], said: NDArray[np.float64]) -> Sequence[Carrier]:
    if len(odds) < 2:
        return []
    numbers = [token.sentence for token in passage.reading]
    _, opens, belongs = np.unique(numbers, return_index=True, return_inverse=True)
    carried = odds[0] - odds[1:] + np.bincount(belongs, said)
    best = int(np.argmax(carried))
    bounds = [0, *(passage.reading[k].start for k in opens[1:]), len(passage.text)]
    found = passage.text[bounds[best] : bounds[best + 1]].strip()
    return [Carrier(found, float(carried[best]))] if carried[best] > 0 else []


def _words(passage: Parts, terms: dict[str, float], said: NDArray[np.float64]) -> list[Carrier]:
    """Share each term's weight among the words it is made of, and name each word as it stands in the text."""
    sums: dict[str, float] = defaultdict(float)
    for term, weight in terms.items():
        words = term.split(" ")
        for word in words:
            if word in passage.forms:
                sums[passage.forms[word]] += weight / len(words)
    if said.any():
        for token, value in zip(passage.reading, said.tolist(), strict=True):
            if words_of(token):
                sums[token.form] += value
    best = sorted(sums.items(), key=lambda item: (-item[1], item[0]))[:SHOWN]
    return [Carrier(form, float(weight)) for form, weight in best if weight > 0]


def _terms(model: ThemeModel, passage: Parts, theme: int, slope: float) -> dict[str, float]:
    """Return what each term of the words adds."""
    terms, row = model.features.words.terms, passage.features
    weights = slope * row.data * model.words.weights[theme, row.indices]
    return {terms[k]: weight for k, weight in zip(row.indices.tolist(), weights.tolist(), strict=True)}
