"""Train a theme model: fit the members, and hear what they say of passages that they have not seen."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, StratifiedGroupKFold

from klumme.report import Progress, quiet
from klumme.themes.calibration import fuse
from klumme.themes.examples import LEAST, SEED, Examples
from klumme.themes.features import Features, fit_features
from klumme.themes.measure import Judged
from klumme.themes.model import WORDS, Linear, Matrix, ThemeModel

FOLDS = 4
# So many passages are fitted in this process; more are worth starting others.
ALONE = 2000


@dataclass(frozen=True, slots=True)
class Trained:
    """A model, what it learnt from, and what it says of each passage when that is left out with its group."""

    model: ThemeModel
    examples: Examples
    held_out: Matrix

    @property
    def judged(self) -> Judged:
        """The held-out probabilities beside the answers."""
        over = self.held_out >= self.model.best.thresholds
        ids = tuple(passage.id for passage in self.examples.passages)
        return Judged(self.model.themes, self.examples.answers, self.held_out, over, self.examples.articles, ids)

    @property
    def in_sample(self) -> Judged:
        """What the model says of the tested passages having learnt from them: it flatters, and shows by how much."""
        some = self.examples.rows(self.tested)
        p = self.model.scores(some.readings, some.vectors)
        return Judged(self.model.themes, some.answers, p, p >= self.model.best.thresholds, some.articles)

    @property
    def tested(self) -> NDArray[np.bool_]:
        """The passages on which figures are honest: natural and not learnt from by the encoder, if any.

        Those written to be learnt from flatter a model.
        """
        natural, fresh = self.examples.natural, self.examples.fresh
        return natural & fresh if (natural & fresh).any() else fresh


@dataclass(frozen=True, slots=True)
class Recipe:
    """How the members are fitted: the inverse strength of their regularization, and the `edition` of the rest."""

    words: float = 10.0
    dense: float = 0.001
    edition: int = 3  # 2: no pair of words reaches over the end of a sentence; 3: natural passages count as others


FIXED = Recipe()


def recipe_of(facts: Mapping[str, Any]) -> Recipe:
    """Return the recipe of a model by its facts: one that was chosen, or the fixed one."""
    return Recipe(**facts.get("recipe", {}))


def train(examples: Examples, facts: dict[str, Any], recipe: Recipe = FIXED, progress: Progress = quiet) -> Trained:
    """Return a model and what it says of its own passages when each is left out with its group."""
    text = fit_features(examples.readings)
    watched = progress(folds(examples), FOLDS, "Fitting without some authors")
    seen = held_out_log_odds(examples, text[1], recipe, watched)
    strange = strange_log_odds(examples, text[1], recipe, seen, progress)
    everything = progress([strange], 1, "Fitting on everything")
    [model] = [fit_model(examples, text, recipe, said, facts) for said in everything]
    best, alone = model.best.probabilities(seen), model.fusions[WORDS].probabilities(seen[:1])
    return Trained(model, examples, np.where(examples.fresh[:, None], best, alone))


def fit_model(
    examples: Examples, text: tuple[Features, csr_matrix], recipe: Recipe, said: Sequence[Matrix], facts: dict[str, Any]
) -> ThemeModel:
    """Fit the members on everything, and fuse them by what they `said` of passages they had not seen."""
    features, matrix = text
    rows = np.arange(len(examples.passages))
    words, dense = fit_members(examples, matrix, rows, recipe, _processes(examples))
    return ThemeModel(examples.themes, features, words, dense, fuse(examples, said), facts)


def fit_members(
    examples: Examples, matrix: csr_matrix, rows: NDArray[Any], recipe: Recipe, processes: int = 1
) -> tuple[Linear, Linear | None]:
    """Fit the member over words and, where there are vectors, the dense one, on some of the passages."""
    answers = examples.answers[rows]
    # In double precision here, since each theme's regression would else make it so anew.
    words = fit_linear(matrix[rows].astype(np.float64), answers, recipe.words, processes)
    if examples.vectors is None:
        return words, None
    vectors = examples.vectors[rows]
    mean, spread = vectors.mean(axis=0), vectors.std(axis=0) + 1e-9
    scaled = fit_linear((vectors - mean) / spread, answers, recipe.dense, processes)
    weights = scaled.weights / spread
    return words, Linear(weights, scaled.bias - weights @ mean, mean)


def _processes(examples: Examples) -> int:
    """How many processes fit: this one, or (-1) as many as there are cores."""
    return -1 if len(examples.passages) > ALONE else 1


def fit_linear(matrix: Any, answers: Matrix, strength: float, processes: int = 1) -> Linear:
    """Fit one logistic regression for each theme, on the passages that were coded for it."""
    fitted = Parallel(processes)(delayed(_fit_theme)(matrix, column, strength) for column in answers.T)
    return Linear(np.vstack([w for w, _ in fitted]).astype(np.float32), np.array([b for _, b in fitted]))


def _fit_theme(matrix: Any, column: NDArray[np.float64], strength: float) -> tuple[NDArray[Any], float]:
    """Return weights and bias; both 0 where the passages of a fold are all of one kind."""
    coded = np.flatnonzero(~np.isnan(column))
    if len(coded) < len(column):  # what is coded throughout need not be copied for each theme
        matrix, column = matrix[coded], column[coded]
    if len(set(column)) < 2:
        return np.zeros((1, matrix.shape[1])), 0.0
    regression = LogisticRegression(
        C=strength, class_weight="balanced", max_iter=1000, random_state=SEED, **_solver(matrix)
    ).fit(matrix, column)
    return regression.coef_, float(regression.intercept_[0])


def _solver(matrix: Any) -> dict[str, Any]:
    """Choose how to fit: over words the dual took a third of the time, to the same weights.

    At a tolerance of 1e-4 it took a third longer, to log-odds that differ by .003 at most.
    """
    return {"solver": "liblinear", "dual": True, "tol": 1e-2} if isinstance(matrix, csr_matrix) else {"solver": "lbfgs"}


def held_out_log_odds(
    examples: Examples, matrix: csr_matrix, recipe: Recipe, splits: Iterable[tuple[NDArray[Any], NDArray[Any]]]
) -> list[Matrix]:
    """Return what each member says of every passage when it was fitted without the passage's part."""
    seen = [np.zeros_like(examples.answers) for _ in range(1 if examples.vectors is None else 2)]
    # Texts and readings need not travel to the processes that fit.
    bare = replace(examples, passages=(), readings=())
    work = Parallel(_processes(examples), return_as="generator")
    for rows, said in work(delayed(_of_the_rest)(bare, matrix, recipe, *split) for split in splits):
        for member, log_odds in zip(seen, said, strict=True):
            member[rows] = log_odds
    return seen


def _of_the_rest(
    examples: Examples, matrix: csr_matrix, recipe: Recipe, learnt: NDArray[Any], left_out: NDArray[Any]
) -> tuple[NDArray[Any], list[Matrix]]:
    words, dense = fit_members(examples, matrix, learnt, recipe)
    said = [words.log_odds(matrix[left_out])]
    if dense is not None and examples.vectors is not None:
        said.append(dense.log_odds(examples.vectors[left_out]))
    return left_out, said


def strange_log_odds(
    examples: Examples, matrix: csr_matrix, recipe: Recipe, seen: Sequence[Matrix], progress: Progress = quiet
) -> Sequence[Matrix]:
    """Return what each member says of every passage when it was fitted without the passage's whole source.

    What a model says of a column that it has never seen is less sure than what it says of new authors of a known one,
    and it is new columns that it will meet: calibrated on new authors alone, micro-F1 on the sample as an unseen source
    was .661, calibrated on unseen sources .695. Themes that only one source has keep `seen`.
    """
    sources = np.array([passage.source for passage in examples.passages])
    count = len(set(sources))
    if count < 2:
        return seen
    splits = GroupKFold(min(FOLDS, count)).split(sources, groups=sources)
    watched = progress(splits, min(FOLDS, count), "Fitting without some sources")
    strange = held_out_log_odds(examples, matrix, recipe, watched)
    positives = np.array([np.nansum(examples.answers[sources == source], axis=0) for source in sorted(set(sources))])
    spread = (positives >= LEAST).sum(axis=0) > 1
    return [np.where(spread, there, here) for there, here in zip(strange, seen, strict=True)]


def folds(examples: Examples, count: int = FOLDS) -> Iterator[tuple[NDArray[Any], NDArray[Any]]]:
    """Split the passages so that no group is on both sides, and natural ones are spread over all folds."""
    splitter = StratifiedGroupKFold(count, shuffle=True, random_state=SEED)
    return iter(splitter.split(np.zeros(len(examples.groups)), examples.natural, examples.groups))
