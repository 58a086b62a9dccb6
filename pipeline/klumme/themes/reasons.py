"""Judge the reasons given for tags: is the sentence that is named for a tag one that carries the theme?"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from klumme.themes.carriers import carriers, share_out, take_apart
from klumme.themes.encoder import Encoder
from klumme.themes.evidence import Evidence, Span
from klumme.themes.labels import text_hash
from klumme.themes.measure import draws, interval, ratio
from klumme.themes.model import ThemeModel
from klumme.themes.train import Examples, Recipe, fit_members

Known = Mapping[str, Sequence[Evidence]]


@dataclass(frozen=True, slots=True)
class Reason:
    """One right tag of a passage of several sentences: what was named for it, and what coders named.

    `right` says whether the sentence that the model names is among those that a coder named, `chance` how likely that
    is for a sentence drawn at random, `first` whether the passage's first sentence is among them.
    """

    theme: str
    article: str
    right: bool
    chance: float
    first: bool


def judge_reasons(
    model: ThemeModel,
    examples: Examples,
    encoder: Encoder | None,
    evidence: Known,
    splits: Iterable[tuple[NDArray[Any], NDArray[Any]]],
) -> list[Reason]:
    """Return the reasons for all right tags of held-out passages that have evidence.

    For each split the members are fitted without the held-out passages; how they are fused is as in `model`.
    """
    matrix = model.features.matrix(examples.readings)
    found: list[Reason] = []
    for learnt, tested in splits:
        asked = [row for row in tested.tolist() if text_hash(examples.passages[row].text) in evidence]
        if asked:
            words, dense = fit_members(examples, matrix, learnt, Recipe(), -1)
            stranger = replace(model, words=words, dense=dense)
            found += _reasons(stranger, examples.rows(np.array(asked)), encoder, evidence)
    return found


def _reasons(model: ThemeModel, asked: Examples, encoder: Encoder | None, evidence: Known) -> Iterator[Reason]:
    texts = [passage.text for passage in asked.passages]
    over = model.scores(asked.readings, asked.vectors) >= model.fusion(asked.vectors).thresholds
    pieces = encoder.pieces(texts) if encoder else [None] * len(texts)
    shares = [share_out(model, one) for one in pieces]
    parts = take_apart(
        model, list(zip(texts, asked.readings, strict=True)), model.features.count(asked.readings), shares
    )
    for row, theme in zip(*np.nonzero(over & (asked.answers == 1)), strict=True):
        named = carriers(model, parts[row], int(theme))
        said = evidence[text_hash(texts[row])]
        known = _carrying(said, model.themes[theme])
        if len(known) > 1:
            right = bool(named) and known[_place(texts[row], named[0].term, said[0].sentences)]
            yield Reason(model.themes[theme], asked.passages[row].article, right, float(np.mean(known)), known[0])


def _carrying(said: Sequence[Evidence], theme: str) -> list[bool]:
    """Say of each sentence whether a coder named it for the theme; nothing where none did."""
    named = {number for one in said for number in one.carried_by.get(theme, ())}
    return [number in named for number in range(len(said[0].sentences))] if named else []


def _place(text: str, sentence: str, spans: Sequence[Span]) -> int:
    """Find the sentence that shares most letters with what is named: a word, or a sentence cut by other rules."""
    start = text.index(sentence)
    end = start + len(sentence)
    return int(np.argmax([min(end, last) - max(start, first) for first, last in spans]))


def figures(found: Sequence[Reason]) -> dict[str, Any]:
    """Return how many reasons there are and the shares that are right, with intervals over articles."""
    weights = draws(np.array([one.article for one in found]))
    columns = {name: np.array([float(getattr(one, name)) for one in found]) for name in ("right", "chance", "first")}
    shares = {name: interval(ratio(weights @ column, weights.sum(axis=1))) for name, column in columns.items()}
    return {"reasons": len(found), **shares}


def in_words(known: Mapping[str, Any]) -> str:
    """Say what the figures of `figures` mean."""
    right, chance, first = ("{:.3f} [{:.3f}, {:.3f}]".format(*known[name]) for name in ("right", "chance", "first"))
    return (
        f"Of {known['reasons']} right tags of passages of several sentences by other authors, the sentence named for "
        f"the tag is one that a coder named in {right}; a sentence drawn at random would be in {chance}, "
        f"the first in {first}."
    )
