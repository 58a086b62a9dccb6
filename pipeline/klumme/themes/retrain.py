"""Retrain: learn from all labels, measure, compare with the model in use, and put the better one into use."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import sklearn
from numpy.typing import NDArray

from klumme.errors import LabelError, MissingModelError
from klumme.records import Label
from klumme.report import Progress, quiet
from klumme.settings import Settings
from klumme.themes import registry
from klumme.themes.card import write_card
from klumme.themes.choose import Choice, choose
from klumme.themes.codebook import Codebook, load_codebook
from klumme.themes.compare import Comparison, compare, is_worse
from klumme.themes.disputes import hear, open_questions
from klumme.themes.encoder import Encoder, open_encoder
from klumme.themes.examples import SEED, Examples, answers, labels_hash, make_examples, trainable
from klumme.themes.keeping import all_labels, labelled
from klumme.themes.labels import adjudicated, now
from klumme.themes.measure import Judged, figures
from klumme.themes.model import Matrix, ThemeModel
from klumme.themes.passages import Joined, Labelled, join, known_passages
from klumme.themes.readings import Reader, open_reader
from klumme.themes.scoring import Scorer, make_scorer
from klumme.themes.train import FIXED, Trained, train
from klumme.workspace import Workspace

HELD_OUT_SET = "held-out passages of the sample"


@dataclass(frozen=True, slots=True)
class Retrained:
    """What a retraining came to; `comparison` is None when there was no model to compare with.

    `choice` are the figures of the choice of a recipe, None where the fixed one was taken.
    """

    version: str
    promoted: bool
    why: str
    figures: dict[str, Any]
    comparison: Comparison | None
    notes: tuple[str, ...]
    choice: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """On which terms a model is trained.

    With `words_only` the encoder takes no part, even where one is at hand; by `force` the model is used even if it is
    worse; to `choose` a recipe takes minutes, the fixed one is at hand.
    """

    words_only: bool = False
    force: bool = False
    choose: bool = False


def retrain(workspace: Workspace, settings: Settings, terms: Terms = Terms(), progress: Progress = quiet) -> Retrained:
    """Train from all labels; the new model is used if it is not worse than the one in use, or if forced.

    Raises LabelError when no theme has enough labels, or too few authors have been labelled to choose a recipe by.
    """
    codebook = load_codebook(workspace.codebook)
    labels = all_labels(workspace, codebook)
    joined = _joined(workspace, labels)
    themes, lacking = trainable(joined.labelled, codebook)
    if not themes:
        raise LabelError("No theme has enough labels to learn from.", "Label some passages with `klumme label`.")
    reader = open_reader(workspace, settings.annotate.pipeline)
    encoder = None if terms.words_only else open_encoder(workspace)
    examples = make_examples(joined.labelled, themes, reader, encoder, progress)
    choice = choose(examples, progress) if terms.choose else None
    facts = _named(_facts(codebook, labels, joined, reader, encoder), choice) | {"lacking": lacking}
    trained = train(examples, facts, choice.recipe if choice else FIXED, progress)
    open_ones = open_questions(hear(labels, themes).values())
    notes = (*_notes(joined, lacking, len(open_ones)), *_fixed_again(workspace, choice))
    folder = registry.own(workspace)
    comparison = _compare(workspace, trained, encoder)
    found = figures(trained.judged.rows(trained.tested), codebook.core)
    measured = {"sets": {HELD_OUT_SET: found}, "in_sample": figures(trained.in_sample, codebook.core)}
    chosen = choice.figures() if choice else None
    measured |= {"choice": chosen} if chosen else {}
    _store(folder / trained.model.version, trained, measured, comparison)
    promoted, why = _decide(comparison, force=terms.force)
    if promoted:
        registry.promote(folder, trained.model.version, why)
    return Retrained(trained.model.version, promoted, why, found, comparison, notes, chosen)


def _joined(workspace: Workspace, labels: Sequence[Label]) -> Joined:
    if not labels:
        raise LabelError("There are no labels.", "Make some with `klumme label`, or import them.")
    return join(adjudicated(labels).values(), known_passages(workspace))


def _facts(
    codebook: Codebook, labels: Sequence[Label], joined: Joined, reader: Reader, encoder: Encoder | None
) -> dict[str, Any]:
    """Say what a model is made from."""
    return {
        "trained": now().isoformat(),
        "labels": labels_hash(joined.labelled),
        "passages": len(joined.labelled),
        "natural": sum(one.passage.natural for one in joined.labelled),
        "coders": sorted({label.coder for label in labels}),
        "codebook": codebook.version,
        "pipeline": reader.name,
        "encoder": encoder.name if encoder else "",
        "sklearn": sklearn.__version__,
        "seed": SEED,
    }


def _named(facts: dict[str, Any], choice: Choice | None) -> dict[str, Any]:
    """Add the recipe, and the version: the day, and the hash of labels, pipeline and recipe, or what it was of."""
    recipe = asdict(choice.recipe if choice else FIXED)
    chosen = {"chosen_among": choice.grid} if choice else {}
    made_from = [facts["labels"], facts["pipeline"], facts["encoder"], recipe, facts["codebook"], *chosen.values()]
    digest = hashlib.sha256(" ".join(map(str, made_from)).encode()).hexdigest()
    day = facts["trained"][:10].replace("-", "")
    return {"version": f"{day}-{digest[:8]}", **facts, "recipe": recipe, **chosen}


def _compare(workspace: Workspace, trained: Trained, encoder: Encoder | None) -> Comparison | None:
    """Compare with the model in use, on honest passages and the themes that both models know."""
    try:
        folder = registry.find(workspace)
        model = registry.load(folder)
    except MissingModelError:
        return None
    both = [theme for theme in trained.model.themes if theme in model.themes]
    if not both:
        return None
    new = trained.judged.columns(both).rows(trained.tested)
    columns = [model.themes.index(theme) for theme in both]
    p, over = _old(make_scorer(model, encoder), folder, trained.examples)
    asked = np.ix_(np.flatnonzero(trained.tested), np.array(columns))
    return compare(Judged(tuple(both), new.answers, p[asked], over[asked], new.articles), new)


def _old(scorer: Scorer, folder: Path, examples: Examples) -> tuple[Matrix, NDArray[np.bool_]]:
    """Return what the old model says of passages it has not learnt from, held out then or new since, and its decisions.

    Without its encoder it decides on new ones by words, at the thresholds for words.
    """
    model, remembered = scorer.model, registry.held_out(folder)
    names = [passage.id for passage in examples.passages]
    p = np.array([[remembered.get(name, {}).get(theme, 0.0) for theme in model.themes] for name in names])
    over, unknown = p >= model.best.thresholds, np.array([name not in remembered for name in names])
    new = examples.rows(unknown)
    if new.passages:
        p[unknown], over[unknown] = scorer.scores([passage.text for passage in new.passages], new.readings)
    return p, over


def _decide(comparison: Comparison | None, *, force: bool) -> tuple[bool, str]:
    if comparison is None:
        return True, "the first model"
    value, low, high = comparison.micro
    said = f"micro-F1 {value:+.3f} [{low:+.3f}, {high:+.3f}] against the model in use"
    if force:
        return True, f"forced; {said}"
    return (False, f"worse: {said}") if is_worse(comparison) else (True, f"not worse: {said}")


def _store(folder: Path, trained: Trained, measured: dict[str, Any], comparison: Comparison | None) -> None:
    """Write the model, its figures, its card and its held-out probabilities, the model last."""
    model = trained.model
    metrics = {
        "facts": model.facts,
        **measured,
        "comparison": asdict(comparison) if comparison else None,
    }
    lines = (
        json.dumps({"id": passage.id, "p": dict(zip(model.themes, np.round(row, 6).tolist(), strict=True))})
        for passage, row in zip(trained.examples.passages, trained.held_out, strict=True)
    )
    registry.write(folder / registry.HELD_OUT, "".join(f"{line}\n" for line in lines))
    registry.write(folder / registry.METRICS, json.dumps(metrics, indent=1, ensure_ascii=False) + "\n")
    registry.write(folder / registry.CARD, write_card(model.facts, metrics))
    registry.save(model, folder)


def _notes(joined: Joined, lacking: dict[str, str], unsettled: int) -> tuple[str, ...]:
    notes = [f"'{theme}' is not trained: {why}." for theme, why in lacking.items()]
    if unsettled:
        notes.append(f"coders disagree on {unsettled} passages, or are unsure; `klumme adjudicate` settles them.")
    if joined.textless:
        notes.append(f"{len(joined.textless)} labelled passages have no text here; `klumme labels attach` joins them.")
    if joined.drifted:
        notes.append(f"{len(joined.drifted)} labels are of a text that has changed since; they are not used.")
    return tuple(notes)


def _fixed_again(workspace: Workspace, choice: Choice | None) -> tuple[str, ...]:
    """Say where a choice that was made for the model in use is not made for the new one."""
    if choice or "chosen_among" not in registry.facts_in_use(workspace):
        return ()
    return ("the model in use has a recipe that was chosen, this one the fixed recipe; `klumme retrain --choose`.",)


def compare_versions(workspace: Workspace, old: str, new: str) -> Comparison:
    """Compare two stored models on the labelled passages that both were held out on.

    Raises MissingModelError when they share no such passages or no theme.
    """
    folders = [registry.find(workspace, name) for name in (old, new)]
    models, said = [registry.load(f) for f in folders], [registry.held_out(f) for f in folders]
    themes = [theme for theme in models[0].themes if theme in models[1].themes]
    shared = [x for x in labelled(workspace).labelled if all(x.passage.id in p for p in said)]
    natural = [one for one in shared if one.passage.natural] or shared
    if not themes or not natural:
        raise MissingModelError(f"'{old}' and '{new}' share no held-out passages.", "Train both: `klumme retrain`.")
    y, articles = answers(natural, themes), np.array([one.passage.article for one in natural])
    ids = tuple(one.passage.id for one in natural)
    return compare(
        *(
            _said(m, p, natural, Judged(tuple(themes), y, y, y > 0, articles, ids))
            for m, p in zip(models, said, strict=True)
        )
    )


def _said(model: ThemeModel, p: dict[str, dict[str, float]], natural: Sequence[Labelled], blank: Judged) -> Judged:
    table = np.array([[p[one.passage.id][theme] for theme in blank.themes] for one in natural])
    cut = model.best.thresholds[[model.themes.index(theme) for theme in blank.themes]]
    return Judged(blank.themes, blank.answers, table, table >= cut, blank.articles, blank.ids)
