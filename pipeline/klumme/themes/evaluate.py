"""Evaluate systems on passages they have not learnt from: of other authors, places, years, and by other hands."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import GroupKFold

from klumme.report import Progress, quiet
from klumme.themes.codebook import Codebook
from klumme.themes.encoder import Encoder
from klumme.themes.examples import Examples, make_examples
from klumme.themes.measure import Judged, figures
from klumme.themes.outside import read_outside
from klumme.themes.readings import Reader
from klumme.themes.systems import System

FOLDS = 5
# Municipalities are left out a tenth of them at a time (forty fits would take as long as all the rest).
PARTS = 10
CUT = datetime(2023, 1, 1)
AUTHORS, PLACES, LATER = "other authors", "other municipalities", "after 2023"
OUTSIDE = {"columns.jsonl": "independent columns", "newspaper.jsonl": "newspaper of the 80s and 90s"}
SHARES = (0.1, 0.25, 0.5, 1.0)

Split = tuple[NDArray[Any], NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Result:
    """What one system came to on one set of passages."""

    set: str
    system: str
    judged: Judged

    def figures(self, core: Sequence[str]) -> dict[str, Any]:
        """Return all measures with their intervals."""
        return figures(self.judged, core)


def splits(examples: Examples) -> dict[str, list[Split]]:
    """Return the ways to hold out natural passages: by author, by municipality, by time.

    Passages written for training are always learnt from and never tested on, nor are those from whose labels the
    encoder has learnt.
    """
    natural = np.flatnonzero(examples.natural & examples.fresh)
    made = {AUTHORS: list(_grouped(examples, natural, examples.groups[natural], FOLDS))}
    there = [examples.passages[row] for row in natural.tolist()]
    places = np.array([passage.municipality for passage in there])
    if len(set(places)) > 1:
        made[PLACES] = list(_grouped(examples, natural, places, PARTS))
    later = np.array([passage.published is not None and passage.published >= CUT for passage in there])
    if later.any() and not later.all():
        tested = natural[later]
        made[LATER] = [(np.setdiff1d(np.arange(len(examples.passages)), tested), tested)]
    return made


def _grouped(examples: Examples, natural: NDArray[Any], groups: NDArray[Any], count: int) -> Iterator[Split]:
    everything = np.arange(len(examples.passages))
    for _, held in GroupKFold(min(count, len(set(groups)))).split(natural, groups=groups):
        yield np.setdiff1d(everything, natural[held]), natural[held]


def cross_evaluate(
    system: System, examples: Examples, name: str, folds: Sequence[Split], progress: Progress = quiet
) -> Result:
    """Fit a system once for each split and judge all held-out passages together."""
    p, tagged = np.zeros(examples.answers.shape), np.zeros(examples.answers.shape, dtype=bool)
    for learnt, tested in progress(folds, len(folds), f"{system.name}: {name}"):
        p[tested], tagged[tested] = system.fit(examples.rows(learnt))(examples.rows(tested))
    tested = np.concatenate([held for _, held in folds])
    whole = Judged(examples.themes, examples.answers, p, tagged, examples.articles)
    return Result(name, system.name, whole.rows(np.sort(tested)))


def outside_sets(
    folder: Path, codebook: Codebook, reader: Reader, themes: Sequence[str], encoder: Encoder | None = None
) -> dict[str, Examples]:
    """Read the sets of other hands, as far as they are there."""
    found = {}
    for file, name in OUTSIDE.items():
        if (folder / file).exists():
            coded = read_outside(folder / file, codebook)
            found[name] = make_examples(coded, themes, reader, encoder)
    return found


def evaluate_outside(
    rows: Sequence[System], examples: Examples, sets: dict[str, Examples], progress: Progress = quiet
) -> list[Result]:
    """Fit each system on all labels and judge it on the sets of other hands."""
    results = []
    for system in progress(rows if sets else (), len(rows), "Other hands"):
        predict = system.fit(examples)
        for name, asked in sets.items():
            p, tagged = predict(asked)
            results.append(Result(name, system.name, Judged(examples.themes, asked.answers, p, tagged, asked.articles)))
    return results


def learning_curve(system: System, examples: Examples, core: Sequence[str], progress: Progress = quiet) -> list[Any]:
    """Return micro-F1 and average precision on other authors, learnt from a growing share of the passages."""
    order, curve = np.random.default_rng(0).permutation(len(examples.passages)), []
    for share in SHARES:
        kept = order[: int(share * len(order))]
        folds = [(np.intersect1d(learnt, kept), tested) for learnt, tested in splits(examples)[AUTHORS]]
        found = cross_evaluate(system, examples, f"{share:.0%} of the labels", folds, progress).figures(core)
        curve.append({"passages": len(kept), "f1": found["micro"]["f1"], "ap": found["macro"]["ap"]})
    return curve
