"""The model in use, as it lies on disk: is it the one that these labels make, and how good is it as it tags?"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from klumme.settings import TagSettings
from klumme.themes.evaluate import Result
from klumme.themes.examples import Examples
from klumme.themes.gate import FloorError
from klumme.themes.measure import Judged
from klumme.themes.scoring import Scorer, open_scorer
from klumme.themes.train import FIXED
from klumme.workspace import Workspace

# What the model in use comes to on passages it has not learnt from, and on those it has.
IN_USE, LEARNT = "model in use", "model in use, in-sample"


def open_in_use(workspace: Workspace, settings: TagSettings, made_from: Mapping[str, Any]) -> Scorer:
    """Open the model that tags, as it tags.

    Raises MissingModelError when there is none or it cannot be used, FloorError when it is made from other things than
    `made_from` (its labels, its spaCy pipeline, its encoder): then a model trained anew says nothing of it.
    """
    scorer = open_scorer(workspace, settings)
    other = [*_others(scorer, made_from, words_only=settings.words_only)]
    if other:
        raise FloorError(
            f"The model in use, {scorer.model.version}, is not the one that would be trained here: {'; '.join(other)}.",
            "Train it anew: klumme retrain; or put one that fits into use: klumme models promote.",
        )
    return scorer


def _others(scorer: Scorer, made_from: Mapping[str, Any], *, words_only: bool) -> Sequence[str]:
    """Say in what the model is made from something else; where words decide alone, its encoder is not asked after."""
    facts = scorer.model.facts
    said = ["it learnt from other labels"] if facts.get("labels") != made_from["labels"] else []
    said += ["it was trained by another recipe"] if _edition(facts) != FIXED.edition else []
    for what in ("pipeline",) if words_only else ("pipeline", "encoder"):
        was, now = facts.get(what) or "none", made_from[what] or "none"
        said += [f"its {what} was {was}, here it is {now}"] if was != now else []
    return said


def _edition(facts: Mapping[str, Any]) -> int | None:
    """Return the edition of a model's recipe; its strengths may be ones that were chosen."""
    return (facts.get("recipe") or {}).get("edition")


def judge_in_use(scorer: Scorer, asked: Examples, name: str, system: str = IN_USE) -> Result:
    """Judge a stored model on passages, by the scores and decisions that tagging gives them.

    Of a theme that it does not know it says what it does in a corpus: nothing.
    """
    said = scorer.scores([passage.text for passage in asked.passages], asked.readings)
    p, tagged = np.zeros(asked.answers.shape), np.zeros(asked.answers.shape, dtype=bool)
    for k, theme in enumerate(asked.themes):
        if theme in scorer.model.themes:
            there = scorer.model.themes.index(theme)
            p[:, k], tagged[:, k] = said[0][:, there], said[1][:, there]
    return Result(name, system, Judged(asked.themes, asked.answers, p, tagged, asked.articles))
