"""Measure a classifier: precision, recall, F1, average precision, Brier score, calibration error, with intervals.

Intervals are percentiles of a bootstrap over articles, since passages of one article are alike. All measures are
computed from passages with weights, so that a bootstrap draw is nothing but another set of weights.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]
Measure: TypeAlias = Callable[[Array, Array, Flags, Array], Array]

ROUNDS = 1000
BINS = 10
SEED = 7


@dataclass(frozen=True, slots=True)
class Judged:
    """Passages (rows) judged for themes (columns): the answers (NaN where open), what a system said, and the articles.

    `p` are probabilities and `tagged` decisions, both by a system that has not learnt from these passages.
    """

    themes: tuple[str, ...]
    answers: Array
    p: Array
    tagged: Flags
    articles: NDArray[Any]
    ids: tuple[str, ...] = ()

    def theme(self, k: int) -> tuple[Array, Array, Flags, Flags]:
        """Return answers, probabilities and decisions for one theme where it was coded, and where that is."""
        coded = ~np.isnan(self.answers[:, k])
        return self.answers[coded, k], self.p[coded, k], self.tagged[coded, k], coded

    def pooled(self) -> tuple[Array, Array, Flags, Flags]:
        """Return the same for all decisions on all themes as one row."""
        coded = ~np.isnan(self.answers.ravel())
        return self.answers.ravel()[coded], self.p.ravel()[coded], self.tagged.ravel()[coded], coded

    def rows(self, keep: NDArray[Any]) -> "Judged":
        """Return some of the passages."""
        ids = tuple(np.array(self.ids)[keep].tolist()) if self.ids else ()
        return Judged(self.themes, self.answers[keep], self.p[keep], self.tagged[keep], self.articles[keep], ids)

    def names(self, keep: Flags) -> list[str]:
        """Return the ids of some of the passages, or their row numbers where they have none."""
        return [self.ids[k] if self.ids else str(k) for k in np.flatnonzero(keep).tolist()]

    def columns(self, themes: Sequence[str]) -> "Judged":
        """Return some of the themes."""
        k = [self.themes.index(theme) for theme in themes]
        return Judged(tuple(themes), self.answers[:, k], self.p[:, k], self.tagged[:, k], self.articles, self.ids)


def draws(articles: NDArray[Any], rounds: int = ROUNDS, seed: int = SEED) -> Array:
    """Return weights (rounds x passages): how often each passage's article was drawn; the first row is all ones."""
    _, place = np.unique(articles, return_inverse=True)
    count = int(place.max()) + 1
    random = np.random.default_rng(seed)
    counts = random.multinomial(count, np.full(count, 1 / count), size=rounds)
    return np.vstack([np.ones(len(articles)), counts[:, place]])


def ratio(above: Array, below: Array) -> Array:
    """Divide, with 0 where there is nothing to divide by."""
    return np.divide(above, below, out=np.zeros_like(above), where=below > 0)


def precision(y: Array, p: Array, tagged: Flags, weights: Array) -> Array:  # noqa: ARG001
    """Return the share of tagged passages that have the theme."""
    return ratio(weights @ (y * tagged), weights @ tagged.astype(float))


def recall(y: Array, p: Array, tagged: Flags, weights: Array) -> Array:  # noqa: ARG001
    """Return the share of passages with the theme that are tagged."""
    return ratio(weights @ (y * tagged), weights @ y)


def f1(y: Array, p: Array, tagged: Flags, weights: Array) -> Array:  # noqa: ARG001
    """Return the harmonic mean of precision and recall."""
    return ratio(2 * (weights @ (y * tagged)), weights @ (tagged + y))


def average_precision(y: Array, p: Array, tagged: Flags, weights: Array) -> Array:  # noqa: ARG001
    """Return the mean precision over the passages with the theme, ranked by probability; equal ones rank together."""
    order = np.argsort(-p, kind="stable")
    last = np.flatnonzero(np.diff(p[order], append=-1.0))
    hits = np.cumsum(weights[:, order] * y[order], axis=1)[:, last]
    mass = np.cumsum(weights[:, order], axis=1)[:, last]
    new = np.diff(hits, axis=1, prepend=0)
    return ratio((ratio(hits, mass) * new).sum(axis=1), new.sum(axis=1))


def brier(y: Array, p: Array, tagged: Flags, weights: Array) -> Array:  # noqa: ARG001
    """Return the mean squared difference between probability and answer."""
    return ratio(weights @ (p - y) ** 2, weights.sum(axis=1))


def calibration_error(y: Array, p: Array, tagged: Flags, weights: Array) -> Array:  # noqa: ARG001
    """Return the expected calibration error over ten bins of equal width (Naeini, Cooper & Hauskrecht 2015)."""
    bins = np.minimum((p * BINS).astype(int), BINS - 1)
    gaps = np.zeros(len(weights))
    for number in range(BINS):
        inside = bins == number
        gaps += np.abs(weights[:, inside] @ (y - p)[inside])
    return ratio(gaps, weights.sum(axis=1))


MEASURES: dict[str, Measure] = {
    "precision": precision,
    "recall": recall,
    "f1": f1,
    "ap": average_precision,
    "brier": brier,
    "ece": calibration_error,
}


def theme_figures(y: Array, p: Array, tagged: Flags, weights: Array) -> dict[str, Array]:
    """Return each measure of one theme (or of all themes pooled) for each draw, a hundred draws at a time."""
    parts = [weights[start : start + 100] for start in range(0, len(weights), 100)]
    return {name: np.concatenate([m(y, p, tagged, part) for part in parts]) for name, m in MEASURES.items()}


def interval(values: Array) -> list[float]:
    """Return the value itself and its 95 % bootstrap interval."""
    low, high = np.percentile(values[1:], [2.5, 97.5]) if len(values) > 1 else (values[0], values[0])
    return [round(float(value), 4) for value in (values[0], low, high)]


def figures(judged: Judged, core: Sequence[str] = ()) -> dict[str, Any]:
    """Return all measures by theme, their means over all and over the core themes, and pooled over all decisions.

    Each figure is [value, low, high]; a theme that no passage has is in no mean.
    """
    weights, themes = draws(judged.articles), judged.themes
    by_theme = {}
    for k, theme in enumerate(themes):
        y, p, tagged, coded = judged.theme(k)
        by_theme[theme] = theme_figures(y, p, tagged, weights[:, coded])
    y, p, tagged, coded = judged.pooled()
    micro = theme_figures(y, p, tagged, np.repeat(weights, len(themes), axis=1)[:, coded])
    positives = np.nansum(judged.answers, axis=0).astype(int).tolist()
    held = [theme for theme, count in zip(themes, positives, strict=True) if count]
    sets = {"macro": held, "core": [theme for theme in held if theme in core]}
    means = {name: _mean([by_theme[theme] for theme in chosen]) for name, chosen in sets.items() if chosen}
    return {
        "passages": len(judged.answers),
        "articles": len(set(judged.articles)),
        "micro": _intervals(micro),
        **means,
        "themes": {t: _intervals(by_theme[t]) | {"positives": n} for t, n in zip(themes, positives, strict=True)},
    }


def _intervals(values: dict[str, Array]) -> dict[str, Any]:
    return {name: interval(series) for name, series in values.items()}


def _mean(some: list[dict[str, Array]]) -> dict[str, Any]:
    return {name: interval(np.mean([values[name] for values in some], axis=0)) for name in MEASURES}
