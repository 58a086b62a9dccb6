"""Calibrate: from log-odds of passages left out to probabilities, and the thresholds from which a theme holds."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from sklearn.linear_model import LogisticRegression

from klumme.themes.examples import LEAST, SEED, Examples
from klumme.themes.model import BOTH, WORDS, Fusion, Matrix

# A theme's own threshold counts as much as the one for all themes when it has this many positives.
MANY = 100


def fuse(examples: Examples, logits: Sequence[Matrix]) -> dict[str, Fusion]:
    """Calibrate the words alone and, where there are two members, both of them together."""
    alone = fit_fusion(examples, logits[:1])
    return {WORDS: alone} | ({BOTH: fit_both(examples, logits, alone)} if len(logits) > 1 else {})


def fit_both(examples: Examples, logits: Sequence[Matrix], alone: Fusion) -> Fusion:
    """Fuse both members on the passages that the encoder has not learnt from.

    A theme with fewer than LEAST positives among them is left to the words `alone`.
    """
    few = np.nansum(examples.answers[examples.fresh], axis=0) < LEAST
    if few.all():
        return Fusion(np.pad(alone.slopes, ((0, 0), (0, 1))), alone.bias, alone.thresholds)
    kept = np.flatnonzero(~few)
    some = replace(examples.rows(examples.fresh), themes=tuple(np.array(examples.themes)[kept]))
    some = replace(some, answers=some.answers[:, kept])
    found = fit_fusion(some, [logit[examples.fresh][:, kept] for logit in logits])
    slopes = np.pad(alone.slopes, ((0, 0), (0, 1)))
    bias, cut = alone.bias.copy(), alone.thresholds.copy()
    slopes[kept], bias[kept], cut[kept] = found.slopes, found.bias, found.thresholds
    return Fusion(slopes, bias, cut)


def fit_fusion(examples: Examples, logits: Sequence[Matrix]) -> Fusion:
    """Calibrate held-out log-odds by Platt's method on text as it occurs, and set the thresholds there."""
    weights, fitted = natural_weights(examples), []
    for theme in range(len(examples.themes)):
        coded = np.flatnonzero(~np.isnan(examples.answers[:, theme]))
        columns = np.column_stack([logit[:, theme] for logit in logits])
        regression = LogisticRegression(C=1.0, random_state=SEED)
        fitted.append(regression.fit(columns[coded], examples.answers[coded, theme], weights[coded, theme]))
    slopes, bias = np.vstack([r.coef_[0] for r in fitted]), np.array([r.intercept_[0] for r in fitted])
    p = Fusion(slopes, bias, bias).probabilities(logits)
    return Fusion(slopes, bias, thresholds(p, examples.answers, weights))


def natural_weights(examples: Examples) -> Matrix:
    """Weigh passages (rows) so that each theme (columns) is as frequent as in natural ones.

    Label-shift correction by importance weights (Saerens, Latinne & Decaestecker 2002). Without enough natural
    passages to tell how frequent a theme is, those written for training are left as they are. Natural ones count no
    more than others: at ten times as much, thresholds set on the sample were too high for columns by other writers
    (micro-F1 .593 against .617 on p24 to p26, .562 against .584 on p47 and p48).
    """
    weights = np.ones_like(examples.answers)
    for theme, column in enumerate(examples.answers.T):
        natural, written = column[examples.natural], column[~examples.natural]
        positives, share = np.nansum(natural), np.nanmean(written) if len(written) else 0.0
        if positives < LEAST or not 0 < share < 1:
            continue
        frequent = positives / np.sum(~np.isnan(natural))
        ratio = np.where(column == 1, frequent / share, (1 - frequent) / (1 - share))
        weights[~examples.natural, theme] = ratio[~examples.natural]
    return weights


def thresholds(p: Matrix, answers: Matrix, weights: Matrix) -> Matrix:
    """Return for each theme the probability from which F1 is best, the nearer to that of all the fewer positives."""
    shared = best_threshold(p.ravel(), answers.ravel(), weights.ravel())
    own = np.array([best_threshold(*columns) for columns in zip(p.T, answers.T, weights.T, strict=True)])
    positives = np.nansum(answers, axis=0)
    return np.asarray((positives * own + MANY * shared) / (positives + MANY))


def best_threshold(p: Matrix, answers: Matrix, weights: Matrix) -> float:
    """Return the cut that gives the best F1 of weighted answers, halfway between the probabilities it parts."""
    coded = ~np.isnan(answers)
    order = np.argsort(-p[coded], kind="stable")
    p, hits, mass = p[coded][order], (answers[coded] * weights[coded])[order], weights[coded][order]
    f1 = 2 * np.cumsum(hits) / (np.cumsum(mass) + hits.sum())
    f1[:-1][np.diff(p) == 0] = 0
    best = int(np.argmax(f1))
    return float((p[best] + p[min(best + 1, len(p) - 1)]) / 2)
