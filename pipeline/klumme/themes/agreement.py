"""How far coders agree: Krippendorff's alpha and F by theme, with bootstrap intervals."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from klumme.errors import LabelError
from klumme.records import Label
from klumme.themes.evidence import Evidence
from klumme.themes.labels import ADJUDICATED, in_force
from klumme.themes.measure import Array, draws, interval, ratio


@dataclass(frozen=True, slots=True)
class Agreement:
    """Agreement on one theme (or on all, pooled), as [value, low, high]; `f` is that of two coders, or their mean.

    `units`, passages or sentences, were coded by at least two; `yes` is the number of yeses among their answers.
    """

    theme: str
    units: int
    yes: int
    alpha: list[float]
    f: list[float]


def agreement(labels: Iterable[Label], themes: Sequence[str], articles: Mapping[str, str]) -> list[Agreement]:
    """Return the agreement on each theme, and on all pooled, over the passages that two or more coders have coded.

    `articles` maps passage ids to what the bootstrap draws; a passage without one is drawn alone. Adjudicated labels
    do not count. Raises LabelError when no passage was coded twice.
    """
    coded = [label for label in in_force(labels) if label.origin != ADJUDICATED]
    passages, coders = sorted({x.passage_id for x in coded}), sorted({x.coder for x in coded})
    answers = np.full((len(themes), len(passages), len(coders)), np.nan)
    for label in coded:
        for theme, value in label.themes.items():
            if theme in themes and value is not None:
                place = themes.index(theme), passages.index(label.passage_id), coders.index(label.coder)
                answers[place] = value
    twice = (~np.isnan(answers)).sum(axis=2).max(axis=0, initial=0) > 1 if len(coders) > 1 else np.zeros(0, bool)
    if not twice.any():
        raise LabelError("No passage was coded by two people.", "Let a second coder code some: klumme label --coder B.")
    answers, names = answers[:, twice], np.array(passages)[twice]
    weights = draws(np.array([articles.get(name, name) for name in names]))
    found = [_one(theme, answers[k], weights) for k, theme in enumerate(themes)]
    return [_one("all, pooled", answers.reshape(-1, len(coders)), np.tile(weights, len(themes))), *found]


def agreement_on_evidence(
    found: Mapping[str, Sequence[Evidence]], themes: Sequence[str], articles: Mapping[str, str]
) -> list[Agreement]:
    """Return how far coders agree on which sentences carry a theme, where two or more have looked for it.

    The unit is a sentence and a theme, not a passage. Raises LabelError when no two coders looked for the same.
    """
    coders = sorted({one.coder for said in found.values() for one in said})
    rows = {theme: [row for said in found.values() for row in _sentences(said, theme, coders)] for theme in themes}
    if not any(rows.values()):
        raise LabelError("No evidence was given by two people.", "Let a second coder read some of the passages.")
    together = {"all, pooled": [row for some in rows.values() for row in some], **rows}
    return [
        _one(theme, np.array([answers for answers, _ in some]), draws(np.array([articles.get(n, n) for _, n in some])))
        for theme, some in together.items()
        if some
    ]


def _sentences(said: Sequence[Evidence], theme: str, coders: Sequence[str]) -> Iterator[tuple[list[float], str]]:
    """Yield what each coder says of a sentence, and its passage, where two have looked for the theme."""
    by_coder = {one.coder: one.carried_by[theme] for one in said if theme in one.carried_by}
    for number in range(len(said[0].sentences) if len(by_coder) > 1 else 0):
        nothing = float("nan")
        yield [float(number in by_coder[c]) if c in by_coder else nothing for c in coders], said[0].passage_id


def _one(theme: str, answers: Array, weights: Array) -> Agreement:
    pairable = (~np.isnan(answers)).sum(axis=1) > 1
    answers, weights = answers[pairable], weights[:, pairable]
    alphas, fs = interval(alpha(answers, weights)), interval(mean_f(answers, weights))
    return Agreement(theme, len(answers), int(np.nansum(answers)), alphas, fs)


def alpha(answers: NDArray[np.float64], weights: Array) -> Array:
    """Return Krippendorff's alpha for nominal data (Krippendorff 2011) for each row of weights.

    `answers` are passages x coders, 1, 0 or NaN; each passage counts with its weight. 1 where all answers are alike.
    """
    ones, said = np.nansum(answers, axis=1), (~np.isnan(answers)).sum(axis=1)
    unlike = 2 * ones * (said - ones) / np.maximum(said - 1, 1)
    total, yes = weights @ said.astype(float), weights @ ones
    observed = ratio(weights @ unlike, total)
    expected = ratio(2 * yes * (total - yes), total * (total - 1))
    return np.where(expected > 0, 1 - ratio(observed, expected), 1.0)


def mean_f(answers: NDArray[np.float64], weights: Array) -> Array:
    """Return the F1 of one coder against another, averaged over all pairs of coders with passages in common."""
    scores: list[Any] = []
    for a in range(answers.shape[1]):
        for b in range(a + 1, answers.shape[1]):
            both = ~np.isnan(answers[:, a]) & ~np.isnan(answers[:, b])
            if both.any():
                left, right = answers[both, a], answers[both, b]
                scores.append(ratio(2 * (weights[:, both] @ (left * right)), weights[:, both] @ (left + right)))
    return np.asarray(np.mean(scores, axis=0)) if scores else np.zeros(len(weights))
