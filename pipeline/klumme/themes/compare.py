"""Compare two models on passages that neither has learnt from: what got better, what worse, which hits would change."""

from dataclasses import dataclass

import numpy as np

from klumme.themes.measure import Array, Flags, Judged, draws, f1, interval

# A new model may be this much worse in micro-F1 before it is refused: less than a bootstrap can tell on our sample.
SLACK = 0.01


@dataclass(frozen=True, slots=True)
class Comparison:
    """Differences in F1, new minus old, as [value, low, high]: pooled over all decisions, and by theme.

    `gained` and `lost` name, by theme, the passages that only the new or only the old model tags.
    """

    micro: list[float]
    themes: dict[str, list[float]]
    gained: dict[str, list[str]]
    lost: dict[str, list[str]]
    passages: int


def compare(old: Judged, new: Judged) -> Comparison:
    """Compare two systems on the same passages and themes in a paired bootstrap over articles."""
    weights, themes = draws(old.articles), old.themes
    y, _, _, coded = old.pooled()
    wide = np.repeat(weights, len(themes), axis=1)[:, coded]
    micro = _difference(y, old.pooled()[2], new.pooled()[2], wide)
    by_theme = {}
    for k, theme in enumerate(themes):
        y, _, _, coded = old.theme(k)
        by_theme[theme] = _difference(y, old.theme(k)[2], new.theme(k)[2], weights[:, coded])
    gained = {theme: new.names(new.tagged[:, k] & ~old.tagged[:, k]) for k, theme in enumerate(themes)}
    lost = {theme: new.names(old.tagged[:, k] & ~new.tagged[:, k]) for k, theme in enumerate(themes)}
    return Comparison(micro, by_theme, gained, lost, len(old.answers))


def _difference(y: Array, old: Flags, new: Flags, weights: Array) -> list[float]:
    return interval(f1(y, y, new, weights) - f1(y, y, old, weights))


def is_worse(comparison: Comparison) -> bool:
    """Tell whether the new model is worse: by more than SLACK, or surely so by the bootstrap."""
    value, _, high = comparison.micro
    return value < -SLACK or high < 0
