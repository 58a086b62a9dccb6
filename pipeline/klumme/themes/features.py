"""From readings to numbers: tf-idf over lemmas, compound parts and characters."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer

from klumme.themes.readings import Reading, Token, by_sentence

_DIGITS = re.compile(r"\d")
# Words come again and again: so many forms are levelled once (under 20 MB).
_KEPT = 1 << 16
_SILENT = {"PUNCT", "SPACE", "SYM"}
_ALL = {"lowercase": False, "dtype": np.float32}
_KINDS: dict[str, dict[str, Any]] = {
    "words": _ALL | {"token_pattern": r"\S+", "ngram_range": (1, 2)},
    "chars": _ALL | {"analyzer": "char_wb", "ngram_range": (3, 5)},
}


@dataclass(frozen=True, slots=True)
class View:
    """One view of a passage as tf-idf: its vocabulary in the order of the columns, and their inverse frequencies."""

    kind: str
    terms: tuple[str, ...]
    idf: NDArray[np.float32]

    def counter(self) -> CountVectorizer:
        """Return scikit-learn's counter of this view's terms."""
        vocabulary = {term: k for k, term in enumerate(self.terms)}
        return CountVectorizer(**_KINDS[self.kind], vocabulary=vocabulary)

    def weigher(self) -> TfidfTransformer:
        """Return what makes scikit-learn's tf-idf of the counts."""
        made = TfidfTransformer(sublinear_tf=True)
        made.idf_ = self.idf
        return made


@dataclass(frozen=True, slots=True)
class Counts:
    """How often each term stands in each sentence of some passages.

    `words` has a row for each sentence, a column for each term of the word view. The character view is counted by
    forms: `uses` (sentences x forms) and `forms` (forms x terms), since no run of characters reaches beyond a token, so
    that each different form need be taken apart only once. The sentences of passage k are bounds[k] to bounds[k + 1].
    """

    words: csr_matrix
    uses: csr_matrix
    forms: csr_matrix
    bounds: NDArray[np.int64]

    @property
    def whole(self) -> csr_matrix:
        """Which sentences (columns) make up each passage (rows)."""
        return made_of(np.arange(self.bounds[-1]), self.bounds, self.bounds[-1])

    def of(self, passages: Sequence[int]) -> "Counts":
        """Return those of some passages alone."""
        spans = [range(self.bounds[k], self.bounds[k + 1]) for k in passages]
        rows = np.array([row for span in spans for row in span], dtype=np.int64)
        return replace(self, words=self.words[rows], uses=self.uses[rows], bounds=np.cumsum([0, *map(len, spans)]))

    def sums(self, texts: csr_matrix) -> tuple[csr_matrix, csr_matrix]:
        """Return the counts of both views for texts (rows) that are made of some sentences (columns)."""
        return csr_matrix(texts @ self.words), csr_matrix((texts @ self.uses) @ self.forms)


def made_of(pieces: Sequence[int] | NDArray[np.int64], bounds: NDArray[np.int64], width: int) -> csr_matrix:
    """Return how often each of `width` pieces (columns) is in each whole (rows), which has those between two bounds."""
    return csr_matrix((np.ones(len(pieces), np.float32), pieces, bounds), shape=(len(bounds) - 1, width))


class Features:
    """The two views of a passage: its words (lemmas, compound parts) and its characters."""

    def __init__(self, words: View, chars: View) -> None:
        self.words, self.chars = words, chars
        self._words, self._chars = words.counter(), chars.counter()
        self._weigh_words, self._weigh_chars = words.weigher(), chars.weigher()

    def matrix(self, readings: Sequence[Reading]) -> csr_matrix:
        """Return one row for each reading and one column for each feature, words first."""
        return self.weigh_whole(self.count(readings))

    def count(self, readings: Sequence[Reading]) -> Counts:
        """Count the terms of both views in each sentence of each passage."""
        return _count(readings, self._words.transform, self._chars.transform)

    def weigh_whole(self, counts: Counts) -> csr_matrix:
        """Return the features of the passages that were counted, a row each."""
        return self.weigh(*counts.sums(counts.whole))

    def weigh(self, words: csr_matrix, chars: csr_matrix) -> csr_matrix:
        """Return the features of passages from the counts of both views."""
        return csr_matrix(hstack([self._weigh_words.transform(words), self._weigh_chars.transform(chars)]))


def _count(
    readings: Sequence[Reading],
    count_words: Callable[[Iterable[str]], csr_matrix],
    count_chars: Callable[[Iterable[str]], csr_matrix],
) -> Counts:
    cuts = [by_sentence(reading) for reading in readings]
    bits = [bit for cut in cuts for bit in cut]
    known: dict[str, int] = {}
    used = [known.setdefault(level(token.form), len(known)) for bit in bits for token in bit]
    uses = made_of(used, np.cumsum([0, *map(len, bits)]), len(known))
    words = csr_matrix(count_words(map(words_document, bits)))
    return Counts(words, uses, csr_matrix(count_chars(known)), np.cumsum([0, *map(len, cuts)]))


def fit_features(readings: Sequence[Reading], least: int = 2) -> tuple[Features, csr_matrix]:
    """Learn the vocabulary of both views; returns the features, and their matrix for these readings.

    Words in fewer than `least` passages are left out, characters one sooner.
    """
    words, chars = (CountVectorizer(**kind) for kind in _KINDS.values())
    counts = _count(readings, words.fit_transform, chars.fit_transform)
    sums = counts.sums(counts.whole)
    first, of_words = _fit("words", words, sums[0], least)
    second, of_chars = _fit("chars", chars, sums[1], least + 1)
    features = Features(first, second)
    matrix = features.weigh(of_words, of_chars)
    matrix.sort_indices()  # once here; each of 72 regressions would sort its own rows, a quarter of the time of fitting
    return features, matrix


def _fit(kind: str, counter: CountVectorizer, counts: csr_matrix, least: int) -> tuple[View, csr_matrix]:
    """Keep the terms that stand in at least so many passages, with their counts."""
    kept = np.flatnonzero(np.bincount(counts.indices, minlength=counts.shape[1]) >= least)
    counts = csr_matrix(counts[:, kept])
    idf = TfidfTransformer(sublinear_tf=True).fit(counts).idf_.astype(np.float32)
    return View(kind, tuple(counter.get_feature_names_out()[kept].tolist()), idf), counts


def words_document(reading: Reading) -> str:
    """Return the lemmas of a sentence, each compound followed by its parts, digits levelled, punctuation gone."""
    return " ".join(word for token in reading if token.pos not in _SILENT for word in words_of(token))


def words_of(token: Token) -> tuple[str, ...]:
    """Return the words under which a token is counted; none for a token without letters or digits."""
    return _counted_as(token.form, token.lemma or token.form, token.parts if len(token.parts) > 1 else ())


@lru_cache(maxsize=_KEPT)
def _counted_as(form: str, lemma: str, parts: tuple[str, ...]) -> tuple[str, ...]:
    return (level(lemma), *map(level, parts)) if any(c.isalnum() for c in form) else ()


@lru_cache(maxsize=_KEPT)
def level(word: str) -> str:
    """Return a word in lower case, every digit a 0, so that sums and years of one size are one feature."""
    return _DIGITS.sub("0", word.lower().replace(" ", "_"))
