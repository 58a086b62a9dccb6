"""The systems that an evaluation compares: nothing, a keyword list, plain tf-idf with logistic regression, and ours."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from klumme.themes.codebook import Codebook
from klumme.themes.examples import SEED, Examples
from klumme.themes.measure import Flags
from klumme.themes.model import Matrix
from klumme.themes.train import FIXED, Recipe, Trained, train

Said: TypeAlias = tuple[Matrix, Flags]
Predict: TypeAlias = Callable[[Examples], Said]


@dataclass(frozen=True, slots=True)
class System:
    """A way to tag passages: `fit` takes labelled passages and returns what predicts others."""

    name: str
    fit: Callable[[Examples], Predict]


OURS, WITHOUT = "ours", "ours without encoder"


def systems(codebook: Codebook, *, dense: bool, recipe: Recipe = FIXED) -> tuple[System, ...]:
    """Return the rows of the evaluation table, ours last; with an encoder, that alone and ours without it too.

    Ours are trained by `recipe`.
    """
    rows = [
        System("nothing", fit_nothing),
        System("keywords", lambda examples: fit_keywords(examples, codebook)),
        System("tf-idf", fit_plain),
        System(OURS, lambda examples: fit_ours(examples, recipe)),
    ]
    without = System(WITHOUT, lambda examples: fit_words(examples, recipe))
    vectors = [System("vectors", fit_vectors), without] if dense else []
    return (*rows[:3], *vectors, rows[3])


def fit_nothing(learnt: Examples) -> Predict:
    """Tag nothing, and give each theme the share it has among the labelled passages."""
    shares = np.nanmean(learnt.answers[learnt.natural if learnt.natural.any() else slice(None)], axis=0)

    def predict(asked: Examples) -> Said:
        p = np.tile(shares, (len(asked.passages), 1))
        return p, np.zeros(p.shape, dtype=bool)

    return predict


def fit_keywords(learnt: Examples, codebook: Codebook) -> Predict:
    """Tag what holds a keyword of the codebook, as a dictionary method would; inflected forms count."""
    patterns = [keyword_pattern(codebook.theme(theme).keywords) for theme in learnt.themes]

    def predict(asked: Examples) -> Said:
        texts = [passage.text.lower() for passage in asked.passages]
        counts = np.array([[len(set(pattern.findall(text))) for pattern in patterns] for text in texts])
        return 1 - 0.5 ** counts.reshape(len(texts), -1), counts.reshape(len(texts), -1) > 0

    return predict


def keyword_pattern(keywords: Sequence[str]) -> re.Pattern[str]:
    """Match each keyword at the start of a word, and to its end where it is too short to be a stem."""
    stems = [re.escape(word.lower()) + (r"\w*" if len(word) > 3 else r"\b") for word in keywords]
    return re.compile(rf"\b(?:{'|'.join(stems) or '(?!)'})")


def fit_plain(learnt: Examples) -> Predict:
    """Fit what a first tutorial would: tf-idf of words and pairs of words, logistic regression, a cut at one half."""
    vectorizer = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2)
    matrix = vectorizer.fit_transform([passage.text for passage in learnt.passages])
    decide = _regressions(matrix, learnt.answers)
    return lambda asked: decide(vectorizer.transform([passage.text for passage in asked.passages]))


def fit_vectors(learnt: Examples) -> Predict:
    """Fit the same on the encoder's vectors."""
    scaler = StandardScaler().fit(learnt.vectors)
    decide = _regressions(scaler.transform(learnt.vectors), learnt.answers, strength=0.003)
    return lambda asked: decide(scaler.transform(asked.vectors))


def _regressions(matrix: Any, answers: Matrix, strength: float = 10) -> Callable[[Any], Said]:
    """Fit a logistic regression for each theme, and return what decides with them at one half."""
    fitted = []
    for column in answers.T:
        coded = np.flatnonzero(~np.isnan(column))
        regression = LogisticRegression(C=strength, class_weight="balanced", solver="liblinear", random_state=SEED)
        fitted.append(regression.fit(matrix[coded], column[coded]))

    def decide(asked: Any) -> Said:
        p = np.column_stack([regression.predict_proba(asked)[:, 1] for regression in fitted])
        return p, p >= 0.5

    return decide


def fit_ours(learnt: Examples, recipe: Recipe = FIXED) -> Predict:
    """Train as `klumme retrain` does."""
    return predictor(train(learnt, {"version": "evaluation", "encoder": ""}, recipe))


def fit_words(learnt: Examples, recipe: Recipe = FIXED) -> Predict:
    """Train ours without its dense member."""
    predict = fit_ours(replace(learnt, vectors=None), recipe)
    return lambda asked: predict(replace(asked, vectors=None))


def predictor(trained: Trained) -> Predict:
    """Return what predicts with a trained model."""
    model = trained.model

    def predict(asked: Examples) -> Said:
        p = model.scores(asked.readings, asked.vectors)
        return p, p >= model.fusion(asked.vectors).thresholds

    return predict
