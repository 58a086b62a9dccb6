"""Which passages to label next: some that the model is unsure of, some unlike the rest, and some at random.

One half of the corpus, chosen by a hash of the passage ids, is kept for random draws alone. What is drawn from it does
not depend on any model, so estimates from these labels hold for the whole corpus (see `klumme share`).
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import Any

from klumme.tables import Tables
from klumme.themes.codebook import Codebook
from klumme.themes.diversity import spread
from klumme.themes.encoder import Floats
from klumme.themes.passages import Known
from klumme.themes.systems import keyword_pattern

RANDOM, UNSURE, DIVERSE = "random", "unsure", "diverse"
# Two of five are random: enough for honest shares, while most of the work goes to what the model can learn from.
ORDER = (UNSURE, RANDOM, UNSURE, RANDOM, DIVERSE)
POOL = 2000


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A passage to label, and why it is asked."""

    passage: Known
    reason: str

    @property
    def random(self) -> bool:
        """Whether the passage was drawn at random."""
        return self.reason == RANDOM


def pool(passages: Sequence[Known]) -> list[Known]:
    """Return the passages of which the diverse ones are chosen: those not kept for chance, by a hash of their ids."""
    ranked = sorted(passages, key=lambda passage: _rank(passage.id))
    return [passage for passage in ranked if not _kept_for_chance(passage.id)][:POOL]


def suggest(
    passages: Sequence[Known],
    doubt: Mapping[str, float],
    size: int,
    meanings: Mapping[str, Floats] | None = None,
    labelled: Sequence[str] = (),
) -> list[Suggestion]:
    """Mix unsure, diverse and random passages into a queue of at most `size`; the same input gives the same queue.

    `doubt` says how far each passage is from being decided, 0 for none; passages that it lacks come last. `meanings`
    are the vectors of the `pool` and of the labelled passages, where there are any.
    """
    ranked = sorted(passages, key=lambda passage: _rank(passage.id))
    chosen = [passage for passage in ranked if not _kept_for_chance(passage.id)]
    unsure = sorted(chosen, key=lambda passage: -doubt.get(passage.id, 0.0))
    queues: dict[str, Iterator[Known]] = {
        RANDOM: iter([passage for passage in ranked if _kept_for_chance(passage.id)]),
        UNSURE: iter(unsure),
        DIVERSE: iter(spread(chosen[:POOL], size, meanings, labelled)),
    }
    return list(_mixed(queues, size))


def _mixed(queues: dict[str, Iterator[Known]], size: int) -> Iterator[Suggestion]:
    asked: set[str] = set()
    for reason in cycle(ORDER):
        if len(asked) >= size or not queues:
            return
        passage = next((p for p in queues.get(reason, iter(())) if p.id not in asked), None)
        if passage is None:
            queues.pop(reason, None)
            continue
        asked.add(passage.id)
        yield Suggestion(passage, reason)


def _rank(name: str) -> str:
    return hashlib.sha256(f"klumme {name}".encode()).hexdigest()


def _kept_for_chance(name: str) -> bool:
    return int(_rank(name)[-1], 16) % 2 == 0


def doubts(tables: Tables, thresholds: Mapping[str, float], themes: Sequence[str]) -> dict[str, float]:
    """Return how near each scored passage is to a threshold of one of the themes: 1 at it, 0 at certainty."""
    found: dict[str, float] = {}
    for row in tables.read(
        "SELECT passage_id, theme, p FROM theme_scores WHERE list_contains(?, theme)", [list(themes)]
    ):
        found[row["passage_id"]] = max(found.get(row["passage_id"], 0.0), _doubt(row, thresholds))
    return found


def _doubt(row: Mapping[str, Any], thresholds: Mapping[str, float]) -> float:
    cut = thresholds.get(row["theme"], 0.5)
    distance = abs(row["p"] - cut)
    return float(1 - distance / max(cut, 1 - cut))


def keyword_doubts(passages: Sequence[Known], codebook: Codebook, themes: Sequence[str]) -> dict[str, float]:
    """Stand in for doubts where no model knows a theme: passages that hold its keywords come first."""
    patterns = [keyword_pattern(codebook.theme(theme).keywords) for theme in themes]
    return {
        passage.id: min(1.0, 0.5 + 0.1 * hits)
        for passage in passages
        if (hits := sum(len(pattern.findall(passage.text.lower())) for pattern in patterns))
    }
