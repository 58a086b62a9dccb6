"""What coders leave open of a passage, most urgent first: yes against no, an answer against unsure, nobody sure.

All of it holds neither yes nor no, and nothing is learnt from it until an adjudicator has spoken.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from klumme.records import Label
from klumme.themes.labels import ADJUDICATED, Gold, adjudicated, in_force

DISPUTE, YES_OR_UNSURE, NO_OR_UNSURE, UNSURE = KINDS = (
    "yes against no",
    "yes against unsure",
    "no against unsure",
    "nobody sure",
)
_KIND = {
    frozenset({True, False}): DISPUTE,
    frozenset({True, False, None}): DISPUTE,
    frozenset({True, None}): YES_OR_UNSURE,
    frozenset({False, None}): NO_OR_UNSURE,
    frozenset({None}): UNSURE,
}


@dataclass(frozen=True, slots=True)
class Heard:
    """What holds of a passage, what each coder said of it, and the kind of question that each open theme is."""

    gold: Gold
    said: tuple[Label, ...]
    questions: dict[str, str]

    @property
    def kind(self) -> str:
        """The kind of its most urgent question, empty where nothing is open."""
        return min(self.questions.values(), key=KINDS.index, default="")


def hear(labels: Iterable[Label], themes: Iterable[str]) -> dict[str, Heard]:
    """Return by passage what coders and adjudicators said, and what they leave open of these themes."""
    by_passage: dict[str, list[Label]] = defaultdict(list)
    for label in in_force(labels):
        by_passage[label.passage_id].append(label)
    gold, themes = adjudicated(label for said in by_passage.values() for label in said), tuple(themes)
    return {name: _heard(gold[name], said, themes) for name, said in by_passage.items()}


def open_questions(heard: Iterable[Heard]) -> list[Heard]:
    """Return the passages of which something is open, disputes first, else in the order given."""
    return sorted((one for one in heard if one.questions), key=lambda one: KINDS.index(one.kind))


def _heard(gold: Gold, labels: list[Label], themes: tuple[str, ...]) -> Heard:
    said = tuple(label for label in labels if label.origin != ADJUDICATED)
    settled = {theme for label in labels if label.origin == ADJUDICATED for theme in label.themes}
    kinds = {theme: _kind(said, theme) for theme in themes if theme not in settled}
    return Heard(gold, said, {theme: kind for theme, kind in kinds.items() if kind})


def _kind(said: tuple[Label, ...], theme: str) -> str:
    """Name the question that a theme is; answers that are all yes, all no, or none at all, are no question."""
    return _KIND.get(frozenset(label.themes[theme] for label in said if theme in label.themes), "")
