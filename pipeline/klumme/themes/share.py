"""Shares of passages with a theme, corrected for the classifier's errors by prediction-powered inference.

The raw share of tagged passages is biased as the classifier is. A small random sample of labelled passages tells by
how much, and the many predictions make the corrected share surer than the labels alone could:
Angelopoulos, Bates, Fannjiang, Jordan & Zrnic, "Prediction-powered inference", Science 382 (2023); with the tuning
weight of Angelopoulos, Duchi & Zrnic, "PPI++" (2023). Predictions for labelled passages are those of models that had
not seen them (Zrnic & Candès, "Cross-prediction-powered inference", 2024). The variance is clustered by article
(Liang & Zeger 1986), since passages of one article are alike.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t

from klumme.errors import UsageError, did_you_mean
from klumme.tables import Tables
from klumme.themes import registry
from klumme.themes.codebook import load_codebook
from klumme.themes.keeping import all_labels
from klumme.themes.labels import Gold, adjudicated
from klumme.workspace import Workspace

# With fewer random labels or articles than this, no interval is worth printing.
LEAST = 10

BY = {
    "parti": "a.party",
    "kommune": "a.municipality",
    "år": "CAST(year(a.published) AS VARCHAR)",
    "forfatter": "a.author",
    "kilde": "a.source",
    "alt": "'alle'",
}
_ROWS = """
SELECT p.id, p.article_id AS article, coalesce({by}, '') AS "group", s.p, s.tagged
FROM current_passages p JOIN current_articles a ON p.article_id = a.id
JOIN theme_scores s ON s.passage_id = p.id AND s.theme = $theme
"""


@dataclass(frozen=True, slots=True)
class Share:
    """The share of passages with a theme in one group: raw, and corrected with its 95 % interval.

    `corrected` is None where too few of the group's passages were drawn at random and labelled.
    """

    group: str
    passages: int
    labelled: int
    raw: float
    corrected: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Scored:
    """Passages of one group: predictions, answers (NaN where not labelled at random), and their articles."""

    predicted: NDArray[np.float64]
    answers: NDArray[np.float64]
    articles: NDArray[Any]


def shares(workspace: Workspace, theme: str, by: str = "alt", gold: Iterable[Gold] | None = None) -> list[Share]:
    """Return the share of a theme in each group of the corpus, largest group first.

    `gold` is what holds of each labelled passage, read from the labels where it is not given.
    Raises CodebookError for an unknown theme, UsageError for an unknown grouping.
    """
    if by not in BY:
        raise UsageError(f"There is no grouping '{by}'.", did_you_mean(by, BY))
    theme = load_codebook(workspace.codebook).theme(theme).id
    rows = Tables(workspace).read(_ROWS.format(by=BY[by]), {"theme": theme})
    gold = adjudicated(all_labels(workspace)).values() if gold is None else gold
    answers, unseen = _random_answers(gold, theme), _held_out(workspace, theme)
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        groups[row["group"]].append(row)
    found = [_share(name, members, answers, unseen) for name, members in groups.items()]
    return sorted(found, key=lambda share: (-share.passages, share.group))


def _random_answers(gold: Iterable[Gold], theme: str) -> dict[str, bool]:
    said = {one.passage_id: one.themes.get(theme) for one in gold if one.random_draw}
    return {name: value for name, value in said.items() if value is not None}


def _held_out(workspace: Workspace, theme: str) -> dict[str, float] | None:
    """Return what models that had not seen a labelled passage say of it, where the model in use was scored with.

    None where the scores in the tables are by words alone: of those nothing is remembered.
    """
    version = Tables(workspace).version("theme_scores")
    if version.endswith("-words"):
        return None
    remembered = registry.held_out(workspace.themes / version)
    return {name: p[theme] for name, p in remembered.items() if theme in p}


def _share(
    name: str, members: Sequence[Mapping[str, Any]], answers: Mapping[str, bool], unseen: Mapping[str, float] | None
) -> Share:
    said = np.array([float(answers[row["id"]]) if row["id"] in answers else np.nan for row in members])
    # By words alone the model has learnt from what is labelled and would seem to err too seldom: labels speak alone.
    predicted = np.array([0.0 if unseen is None else unseen.get(row["id"], row["p"]) for row in members])
    raw = float(np.mean([row["tagged"] for row in members]))
    scored = Scored(predicted, said, np.array([row["article"] for row in members]))
    labelled = int((~np.isnan(said)).sum())
    known = labelled >= LEAST and len(set(scored.articles)) >= LEAST
    corrected = correct(scored) if known else (None, None, None)
    return Share(name or "(uden)", len(members), labelled, raw, *corrected)


def correct(scored: Scored, level: float = 0.95) -> tuple[float, float, float]:
    """Return the share corrected for errors of the predictions, and the ends of its interval.

    The mean prediction over unlabelled passages, plus what labelled ones show it to be wrong by, each weighed by
    how much the predictions tell (PPI++, eq. 2 and 6); without unlabelled passages it is the share of yeses.
    """
    drawn = ~np.isnan(scored.answers)
    y, f, rest = scored.answers[drawn], scored.predicted[drawn], scored.predicted[~drawn]
    weight = _tuning(y, f, len(rest))
    center = (y - weight * f).mean() + (weight * rest.mean() if len(rest) else 0.0)
    influence = np.zeros(len(drawn))
    influence[drawn] = ((y - weight * f) - (y - weight * f).mean()) / len(y)
    if len(rest):
        influence[~drawn] = weight * (rest - rest.mean()) / len(rest)
    half = _quantile(scored.articles, level) * _clustered(influence, scored.articles)
    return float(center), float(max(center - half, 0.0)), float(min(center + half, 1.0))


def _tuning(y: NDArray[np.float64], f: NDArray[np.float64], others: int) -> float:
    """Return the weight of the predictions that makes the interval narrowest; 0 where they can tell nothing."""
    if not others or f.var() == 0:
        return 0.0
    best = np.cov(y, f)[0, 1] / ((1 + len(y) / others) * f.var(ddof=1))
    return float(np.clip(best, 0, 1))


def _clustered(influence: NDArray[np.float64], articles: NDArray[Any]) -> float:
    _, place = np.unique(articles, return_inverse=True)
    sums = np.bincount(place, weights=influence)
    return float(np.sqrt((sums**2).sum() * len(sums) / max(len(sums) - 1, 1)))


def _quantile(articles: NDArray[Any], level: float) -> float:
    return float(t.ppf(0.5 + level / 2, max(len(set(articles.tolist())) - 1, 1)))
