"""From readings to numbers: tf-idf over lemmas, compound parts and characters."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer

from klumme.themes.readings import Reading, Token

_DIGITS = re.compile(r"\d")
_SILENT = {"PUNCT", "SPACE", "SYM"}


@dataclass(frozen=True, slots=True)
class View:
    """One view of a passage as tf-idf: its vocabulary in the order of the columns, and their inverse frequencies."""

    kind: str
    terms: tuple[str, ...]
    idf: NDArray[np.float32]

    def vectorizer(self) -> TfidfVectorizer:
        """Return the scikit-learn vectorizer of this view."""
        made = _vectorizer(self.kind, vocabulary={term: k for k, term in enumerate(self.terms)})
        made.idf_ = self.idf
        return made


class Features:
    """The two views of a passage: its words (lemmas, compound parts) and its characters."""

    def __init__(self, words: View, chars: View) -> None:
        self.words, self.chars = words, chars
        self._words, self._chars = words.vectorizer(), chars.vectorizer()

    def matrix(self, readings: Sequence[Reading]) -> csr_matrix:
        """Return one row for each reading and one column for each feature, words first."""
        return self.from_documents([words_document(r) for r in readings], [chars_document(r) for r in readings])

    def from_documents(self, words: Sequence[str], chars: Sequence[str]) -> csr_matrix:
        """Do the same from the texts of both views."""
        return csr_matrix(hstack([self._words.transform(words), self._chars.transform(chars)]))


def fit_features(readings: Sequence[Reading], least: int = 2) -> Features:
    """Learn the vocabulary of both views; words in fewer than `least` passages are left out, characters one sooner."""
    words = _fit("words", [words_document(reading) for reading in readings], least)
    return Features(words, _fit("chars", [chars_document(reading) for reading in readings], least + 1))


def _fit(kind: str, documents: Sequence[str], least: int) -> View:
    fitted = _vectorizer(kind, min_df=least).fit(documents)
    return View(kind, tuple(fitted.get_feature_names_out().tolist()), fitted.idf_.astype(np.float32))


def _vectorizer(kind: str, **given: object) -> TfidfVectorizer:
    common = {"lowercase": False, "sublinear_tf": True, "dtype": np.float32} | given
    if kind == "words":
        return TfidfVectorizer(token_pattern=r"\S+", ngram_range=(1, 2), **common)  # noqa: S106
    return TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), **common)


def words_document(reading: Reading) -> str:
    """Return the lemmas of a passage, each compound followed by its parts, digits levelled, punctuation gone."""
    return " ".join(word for token in reading if token.pos not in _SILENT for word in words_of(token))


def words_of(token: Token) -> list[str]:
    """Return the words under which a token is counted; none for a token without letters or digits."""
    if not any(c.isalnum() for c in token.form):
        return []
    parts = token.parts if len(token.parts) > 1 else ()
    return [level(token.lemma or token.form), *map(level, parts)]


def level(word: str) -> str:
    """Return a word in lower case, every digit a 0, so that sums and years of one size are one feature."""
    return _DIGITS.sub("0", word.lower().replace(" ", "_"))


def chars_document(reading: Reading) -> str:
    """Return the running text of a passage in lower case, digits levelled, single spaces."""
    return " ".join(level(token.form) for token in reading)
