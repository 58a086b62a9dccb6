"""The whole evaluation of a workspace: all systems on all sets, stored with the model in use."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from klumme.errors import LabelError, MissingModelError
from klumme.report import Progress, quiet
from klumme.settings import Settings
from klumme.themes import reasons, registry
from klumme.themes.card import write_card
from klumme.themes.codebook import Codebook, load_codebook
from klumme.themes.encoder import Encoder, open_encoder
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
from klumme.themes.examples import labels_hash, make_examples, trainable
from klumme.themes.keeping import labelled
from klumme.themes.pictures import draw
from klumme.themes.readings import open_reader
from klumme.themes.reasons import judge_reasons
from klumme.themes.systems import OURS, WITHOUT, System, systems
from klumme.themes.train import Examples
from klumme.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Assessment:
    """Figures by set and system, the results they come from, the learning curve, and the hash of the gold data.

    `reasons` are the figures of the sentences that are named for tags, empty where they could not be judged.
    """

    figures: dict[str, dict[str, Any]]
    results: list[Result]
    curve: list[Any]
    gold: str
    notes: tuple[str, ...]
    reasons: dict[str, Any]

    @property
    def ours(self) -> dict[str, Any]:
        """Our own figures by set."""
        return {name: rows[OURS] for name, rows in self.figures.items()}


@dataclass(frozen=True, slots=True)
class Scope:
    """What to evaluate on: a folder with sets of other hands, or none; `quick` leaves the slow splits out.

    With `words_only`, no encoder takes part even where one is at hand; `bare` leaves out the reasons for tags.
    """

    passages: Path | None = None
    quick: bool = False
    words_only: bool = False
    bare: bool = False


# Labelled passages, how authors are held out, the hash of the labels, and the codebook they were given under.
Gold: TypeAlias = tuple[Examples, Sequence[Split], str, Codebook]


def assess(workspace: Workspace, settings: Settings, scope: Scope, progress: Progress = quiet) -> Assessment:
    """Evaluate all systems; raises LabelError when no theme has enough labels."""
    codebook, joined = load_codebook(workspace.codebook), labelled(workspace).labelled
    themes, lacking = trainable(joined, codebook)
    natural = sum(one.passage.natural for one in joined)
    if not themes or not natural:
        raise LabelError("There are too few labels on articles to evaluate with.", "Label some with `klumme label`.")
    reader = open_reader(workspace, settings.annotate.pipeline)
    encoder = None if scope.words_only else open_encoder(workspace)
    examples = make_examples(joined, themes, reader, encoder)
    rows = systems(codebook, dense=examples.vectors is not None)
    held = splits(examples)
    names = [AUTHORS] if scope.quick else list(held)
    results = [cross_evaluate(system, examples, name, held[name], progress) for name in names for system in rows]
    sets = outside_sets(scope.passages, codebook, reader, themes, encoder) if scope.passages else {}
    results += evaluate_outside(rows, examples, sets, progress)
    results.sort(key=lambda result: [*held, *OUTSIDE.values()].index(result.set))
    curve = [] if scope.quick else learning_curve(_learner(rows), examples, codebook.core, progress)
    figures: dict[str, dict[str, Any]] = {}
    for result in results:
        figures.setdefault(result.set, {})[result.system] = result.figures(codebook.core)
    gold: Gold = (examples, held[AUTHORS], labels_hash(joined), codebook)
    named, why = ({}, "not asked for") if scope.bare else _judge(workspace, gold, encoder, progress)
    notes = [f"'{theme}' is left out: {why}." for theme, why in lacking.items()]
    notes += [f"'{name}' is not measured: {file} is not there." for file, name in OUTSIDE.items() if name not in sets]
    notes += [] if named or scope.bare else [f"The sentences named for tags are not judged: {why}."]
    return Assessment(figures, results, curve, gold[2], tuple(notes), named)


def _judge(workspace: Workspace, gold: Gold, encoder: Encoder | None, progress: Progress) -> tuple[dict[str, Any], str]:
    """Judge the sentences that the model in use names for tags; returns figures, or nothing and why."""
    examples, held, labels, codebook = gold
    try:
        model = registry.load_model(workspace)
    except MissingModelError:
        return {}, "no model is in use"
    if model.facts.get("labels") != labels or model.encoder != (encoder.name if encoder else ""):
        return {}, "the model in use was trained on other labels or with another encoder"
    watched = progress(held, len(held), "Reasons: other authors")
    found = judge_reasons(model, examples, encoder, read_evidence(workspace.evidence_folders, codebook), watched)
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
    if facts.get("labels") != found.gold:
        raise MissingModelError("The model in use was trained on other labels.", "Train it anew with `klumme retrain`.")
    sets = known.get("sets", {}) | found.ours
    compared = known.get("systems", {}) | found.figures
    curve = found.curve or known.get("learning_curve", [])
    metrics = known | {"sets": sets, "systems": compared, "learning_curve": curve, "gold": found.gold}
    metrics |= {"reasons": found.reasons}
    draw(found.results, found.curve, folder / "pictures")
    registry.write(folder / registry.METRICS, json.dumps(metrics, indent=1, ensure_ascii=False) + "\n")
    registry.write(folder / registry.CARD, write_card(facts, metrics))
    return folder
