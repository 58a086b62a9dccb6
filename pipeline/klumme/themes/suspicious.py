"""Labels that are likely wrong: where models that had not seen a passage are sure of the opposite.

Confident learning (Northcutt, Jiang & Chuang 2021) with cross-validated probabilities: an answer is suspicious when the
probability of the other answer is at least the mean that passages with that other answer get.
"""

from dataclasses import dataclass

import numpy as np

from klumme.errors import MissingModelError
from klumme.themes import registry
from klumme.themes.keeping import labelled
from klumme.themes.passages import Known
from klumme.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Suspicion:
    """A label that says yes or no where the held-out probability says otherwise."""

    passage: Known
    theme: str
    said: bool
    p: float

    @property
    def surprise(self) -> float:
        """How sure the model is of the opposite."""
        return 1 - self.p if self.said else self.p


def suspicious(workspace: Workspace) -> list[Suspicion]:
    """Return likely label errors, the likeliest first; raises MissingModelError when no model remembers any."""
    remembered = registry.held_out(registry.find(workspace))
    if not remembered:
        raise MissingModelError("The model in use remembers no held-out passages.", "Train one: `klumme retrain`.")
    pairs = [
        Suspicion(one.passage, theme, said, remembered[one.passage.id][theme])
        for one in labelled(workspace).labelled
        for theme, said in one.themes.items()
        if said is not None and theme in remembered.get(one.passage.id, {})
    ]
    found = [
        pair for theme in {pair.theme for pair in pairs} for pair in _of_theme([p for p in pairs if p.theme == theme])
    ]
    return sorted(found, key=lambda pair: (-pair.surprise, pair.passage.id, pair.theme))


def _of_theme(pairs: list[Suspicion]) -> list[Suspicion]:
    yes, no = [pair.p for pair in pairs if pair.said], [pair.p for pair in pairs if not pair.said]
    if not yes or not no:
        return []
    usual_yes, usual_no = float(np.mean(yes)), float(np.mean(no))
    return [pair for pair in pairs if (pair.p <= usual_no if pair.said else pair.p >= usual_yes)]
