"""From readings to numbers: tf-idf over lemmas, compound parts and characters."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer, TfidfVectorizer

from klumme.themes.readings import Reading, Token

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


class Features:
    """The two views of a passage: its words (lemmas, compound parts) and its characters."""

    def __init__(self, words: View, chars: View) -> None:
        self.words, self.chars = words, chars
        self._words, self._chars = words.counter(), chars.counter()
        self._weigh_words, self._weigh_chars = words.weigher(), chars.weigher()

    def matrix(self, readings: Sequence[Reading]) -> csr_matrix:
        """Return one row for each reading and one column for each feature, words first."""
        return self.weigh(self.count_words([words_document(r) for r in readings]), self.count_chars(readings))

    def count_words(self, documents: Sequence[str]) -> csr_matrix:
        """Return how often each term stands in the word view of each passage, rows x terms."""
        return csr_matrix(self._words.transform(documents))

    def count_chars(self, readings: Sequence[Reading]) -> csr_matrix:
        """Return the same of the character view.

        No run of characters reaches beyond a token, so that each different form need be taken apart only once.
        """
        forms: dict[str, int] = {}
        used = [forms.setdefault(level(token.form), len(forms)) for reading in readings for token in reading]
        ends = np.cumsum([0, *map(len, readings)])
        uses = csr_matrix((np.ones(len(used), np.float32), used, ends), shape=(len(readings), len(forms)))
        return csr_matrix(uses @ self._chars.transform(forms))

    def weigh(self, words: csr_matrix, chars: csr_matrix) -> csr_matrix:
        """Return the features of passages from the counts of both views."""
        return csr_matrix(hstack([self._weigh_words.transform(words), self._weigh_chars.transform(chars)]))


def fit_features(readings: Sequence[Reading], least: int = 2) -> Features:
    """Learn the vocabulary of both views; words in fewer than `least` passages are left out, characters one sooner."""
    words = _fit("words", [words_document(reading) for reading in readings], least)
    return Features(words, _fit("chars", [chars_document(reading) for reading in readings], least + 1))


def _fit(kind: str, documents: Sequence[str], least: int) -> View:
    fitted = TfidfVectorizer(**_KINDS[kind], min_df=least, sublinear_tf=True).fit(documents)
    return View(kind, tuple(fitted.get_feature_names_out().tolist()), fitted.idf_.astype(np.float32))


def words_document(reading: Reading) -> str:
    """Return the lemmas of a passage, each compound followed by its parts, digits levelled, punctuation gone."""
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


def chars_document(reading: Reading) -> str:
    """Return the running text of a passage in lower case, digits levelled, single spaces."""
    return " ".join(level(token.form) for token in reading)
