"""Why a passage was tagged: the sentences and words that spoke for the theme, in log-odds of the model."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from klumme.records import Carrier
from klumme.themes.encoder import Pieces
from klumme.themes.features import Features, words_document, words_of
from klumme.themes.model import BOTH, WORDS, Matrix, ThemeModel
from klumme.themes.readings import Reading, sentences

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
    several.
    """

    text: str
    reading: Reading
    features: csr_matrix
    odds: Matrix
    share: Share | None = None


def take_apart(
    model: ThemeModel, texts: Sequence[str], readings: Sequence[Reading], shares: Iterable[Share | None]
) -> list[Parts]:
    """Take passages apart, many at once, since most of the time goes into beginning."""
    if not texts:
        return []
    cuts = [_by_sentence(reading) for reading in readings]
    groups = [1 + len(cut) * (len(cut) > 1) for cut in cuts]
    matrix, ends = _with_and_without(model.features, cuts), np.cumsum(groups).tolist()
    odds = model.words.log_odds(matrix)
    spans = [(end - size, end) for size, end in zip(groups, ends, strict=True)]
    return [
        Parts(text, reading, matrix[start], odds[start:end], of)
        for text, reading, of, (start, end) in zip(texts, readings, shares, spans, strict=True)
    ]


def _by_sentence(reading: Reading) -> list[Reading]:
    return [tuple(tokens) for _, tokens in groupby(reading, lambda token: token.sentence)]


def _with_and_without(features: Features, cuts: Sequence[Sequence[Reading]]) -> csr_matrix:
    """Return the features of each passage, followed by those of it without each of its sentences, if it has several."""
    rows: list[list[int]] = []
    start = 0
    for cut in cuts:
        whole = list(range(start, start + len(cut)))
        rows += [whole, *([k for k in whole if k != left_out] for left_out in whole if len(whole) > 1)]
        start += len(cut)
    bits = [bit for cut in cuts for bit in cut]
    documents = [words_document(bit) for bit in bits]
    ends = np.cumsum([0, *map(len, rows)])
    made_of = csr_matrix((np.ones(ends[-1], np.float32), np.concatenate(rows), ends), shape=(len(rows), len(bits)))
    words = features.count_words([" ".join(documents[k] for k in row) for row in rows])
    return features.weigh(words, csr_matrix(made_of @ features.count_chars(bits)))


def carriers(model: ThemeModel, passage: Parts, theme: int) -> tuple[Carrier, ...]:
    """Return the sentence that carried a decision most, then up to six words as they stand in the text.

    Over words, a sentence weighs what the log-odds lose when it is taken out, and a word what its terms add. To that
    comes, with an encoder, what the state of each piece adds to the log-odds of their mean: an exact division, though
    a state knows its neighbours too.
    """
    said = _said_by_pieces(model, passage, theme)
    fused = BOTH in model.fusions and bool(said.any())
    slope = float(model.fusions[BOTH if fused else WORDS].slopes[theme, 0])
    sentence = _sentence(passage, slope * passage.odds[:, theme], said)
    return (*sentence, *_words(passage, _terms(model, passage, theme, slope), said))


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
    belongs = np.array([token.sentence for token in passage.reading])
    carried = odds[0] - odds[1:] + [said[belongs == number].sum() for number in sorted(set(belongs.tolist()))]
    best = int(np.argmax(carried))
    found = sentences(passage.text, passage.reading)[best]
    return [Carrier(found, float(carried[best]))] if carried[best] > 0 else []


def _words(passage: Parts, terms: dict[str, float], said: NDArray[np.float64]) -> list[Carrier]:
    """Share each term's weight among the words it is made of, and name each word as it stands in the text."""
    forms = {word: token.form for token in reversed(passage.reading) for word in words_of(token)}
    sums: dict[str, float] = defaultdict(float)
    for term, weight in terms.items():
        words = term.split(" ")
        for word in words:
            if word in forms:
                sums[forms[word]] += weight / len(words)
    for token, value in zip(passage.reading, said.tolist(), strict=True):
        if words_of(token):
            sums[token.form] += value
    best = sorted(sums.items(), key=lambda item: (-item[1], item[0]))[:SHOWN]
    return [Carrier(form, float(weight)) for form, weight in best if weight > 0]


def _terms(model: ThemeModel, passage: Parts, theme: int, slope: float) -> dict[str, float]:
    """Return what each term of the words adds."""
    terms = model.features.words.terms
    row = csr_matrix(passage.features[:, : len(terms)])
    weights = slope * row.data * model.words.weights[theme, row.indices]
    return {terms[k]: weight for k, weight in zip(row.indices.tolist(), weights.tolist(), strict=True)}
