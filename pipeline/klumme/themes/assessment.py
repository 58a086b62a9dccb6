"""The whole evaluation of a workspace: all systems on all sets, stored with the model in use."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from klumme.errors import MissingModelError
from klumme.report import Progress, quiet
from klumme.themes import reasons, registry
from klumme.themes.card import write_card
from klumme.themes.evaluate import (
    AUTHORS,
    OUTSIDE,
    Result,
    Split,
    cross_evaluate,
    evaluate_outside,
    learning_curve,
    outside_sets,
    splits,
)
from klumme.themes.evidence import read_evidence
from klumme.themes.examples import Examples, make_examples
from klumme.themes.ground import Ground
from klumme.themes.in_use import IN_USE, LEARNT, judge_in_use
from klumme.themes.pictures import draw
from klumme.themes.reasons import judge_reasons
from klumme.themes.systems import OURS, WITHOUT, System, systems
from klumme.themes.train import recipe_of
from klumme.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Assessment:
    """Figures by set and system, the results they come from, the learning curve, and the hash of the labels.

    `gold` has the hash of the data of each set. `reasons` are the figures of the sentences that are named for tags,
    empty where they could not be judged.
    """

    figures: dict[str, dict[str, Any]]
    results: list[Result]
    curve: list[Any]
    labels: str
    gold: dict[str, str]
    notes: tuple[str, ...]
    reasons: dict[str, Any]

    @property
    def ours(self) -> dict[str, Any]:
        """Our own figures by set: those of a model trained anew, or where none was, of the model in use."""
        return {name: rows.get(OURS) or rows[IN_USE] for name, rows in self.figures.items()}

    @property
    def guarded(self) -> dict[str, dict[str, Any]]:
        """What a gate holds against the floors, by set and system: our own figures and those of the model in use."""
        return {
            name: {system: rows[system] for system in (OURS, IN_USE, LEARNT) if system in rows}
            for name, rows in self.figures.items()
        }


def assess(ground: Ground, progress: Progress = quiet) -> Assessment:
    """Evaluate all systems, ours by the recipe of the model in use, and in a gate that model too."""
    scope, core = ground.scope, ground.codebook.core
    examples = make_examples(ground.labelled, ground.themes, ground.reader, ground.encoder)
    recipe = recipe_of(registry.facts_in_use(ground.workspace))
    rows, held = systems(ground.codebook, dense=examples.vectors is not None, recipe=recipe), splits(examples)
    if scope.gate and scope.quick:
        rows = tuple(row for row in rows if row.name == OURS)  # no floor hangs on the others
    names = [AUTHORS] if scope.quick else list(held)
    results = [cross_evaluate(system, examples, name, held[name], progress) for name in names for system in rows]
    results += _learnt(ground, examples, held[AUTHORS]) + _outside(ground, rows, examples, progress)
    results.sort(key=lambda result: [*held, *OUTSIDE.values()].index(result.set))
    curve = [] if scope.quick else learning_curve(_learner(rows), examples, core, progress)
    figures: dict[str, dict[str, Any]] = {}
    for result in results:
        figures.setdefault(result.set, {})[result.system] = result.figures(core)
    named, why = ({}, "not asked for") if scope.gate else _judge(ground, examples, held[AUTHORS], progress)
    notes = [*ground.notes]
    notes += [] if named or scope.gate else [f"The sentences named for tags are not judged: {why}."]
    return Assessment(figures, results, curve, ground.labels, ground.gold, tuple(notes), named)


def _learnt(ground: Ground, examples: Examples, held: Sequence[Split]) -> list[Result]:
    """Judge the model of a gate on what others are held out of, though it has learnt from it.

    That flatters a model, but one that does not even reach the floors there is broken: so a gate sees it where the
    sets of other hands are missing.
    """
    if ground.in_use is None:
        return []
    tested = np.sort(np.concatenate([rows for _, rows in held]))
    return [judge_in_use(ground.in_use, examples.rows(tested), AUTHORS, LEARNT)]


def _outside(ground: Ground, rows: Sequence[System], examples: Examples, progress: Progress) -> list[Result]:
    """Judge on the sets of other hands: systems trained for it, or in a gate the model in use, which encodes itself."""
    if ground.scope.passages is None:
        return []
    encoder = None if ground.in_use else ground.encoder
    sets = outside_sets(ground.scope.passages, ground.codebook, ground.reader, ground.themes, encoder)
    if ground.in_use is None:
        return evaluate_outside(rows, examples, sets, progress)
    watched = progress(sets.items(), len(sets), "Other hands")
    return [judge_in_use(ground.in_use, asked, name) for name, asked in watched]


def _judge(ground: Ground, examples: Examples, held: Sequence[Split], progress: Progress) -> tuple[dict[str, Any], str]:
    """Judge the sentences that the model in use names for tags; returns figures, or nothing and why."""
    encoder, folders = ground.encoder, ground.workspace.evidence_folders
    try:
        model = registry.load_model(ground.workspace)
    except MissingModelError:
        return {}, "no model is in use"
    if model.facts.get("labels") != ground.labels or model.encoder != (encoder.name if encoder else ""):
        return {}, "the model in use was trained on other labels or with another encoder"
    watched = progress(held, len(held), "Reasons: other authors")
    found = judge_reasons(model, examples, encoder, read_evidence(folders, ground.codebook), watched)
    return (reasons.figures(found), "") if found else ({}, "no right tag has evidence")


def _learner(rows: Sequence[System]) -> System:
    """Return the system whose learning curve is drawn: one without the encoder, which has learnt from all labels."""
    return next((row for row in rows if row.name == WITHOUT), rows[-1])


def store(workspace: Workspace, found: Assessment) -> Path:
    """Write figures, pictures and the card into the folder of the model in use, and return it.

    Raises MissingModelError when no model is in use.
    """
    folder = registry.find(workspace)
    known = registry.metrics(folder)
    facts = known.get("facts", {})
    if facts.get("labels") != found.labels:
        raise MissingModelError("The model in use was trained on other labels.", "Train it anew with `klumme retrain`.")
    sets = known.get("sets", {}) | found.ours
    compared = known.get("systems", {}) | found.figures
    curve = found.curve or known.get("learning_curve", [])
    metrics = known | {"sets": sets, "systems": compared, "learning_curve": curve, "gold": found.labels}
    metrics |= {"reasons": found.reasons}
    draw(found.results, found.curve, folder / "pictures")
    registry.write(folder / registry.METRICS, json.dumps(metrics, indent=1, ensure_ascii=False) + "\n")
    registry.write(folder / registry.CARD, write_card(facts, metrics))
    return folder
