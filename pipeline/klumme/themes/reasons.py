"""Judge the reasons given for tags: is the sentence that is named for a tag one that carries the theme?"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from klumme.themes.carriers import Parts, sentence_named, share_out, take_apart
from klumme.themes.encoder import Encoder
from klumme.themes.evidence import Evidence, Span
from klumme.themes.examples import Examples
from klumme.themes.labels import text_hash
from klumme.themes.measure import draws, interval, ratio
from klumme.themes.model import ThemeModel
from klumme.themes.train import fit_members, recipe_of


@dataclass(frozen=True, slots=True)
class Reason:
    """A right tag of a passage of several sentences, not all of which carry the theme, and the sentence named for it.

    `right` says whether a coder named that sentence, `strict` whether every coder did; both are false where no
    sentence was named (`silent`). What else one might name: the share of the sentences that a coder named is what a
    draw would get (`chance`), `longest` says whether the longest is among them.
    """

    theme: str
    article: str
    right: bool
    strict: bool
    silent: bool
    chance: float
    longest: bool


def judge_reasons(
    model: ThemeModel,
    examples: Examples,
    encoder: Encoder | None,
    evidence: Mapping[str, Sequence[Evidence]],
    splits: Iterable[tuple[NDArray[Any], NDArray[Any]]],
) -> list[Reason]:
    """Return the reasons for right tags of held-out passages that have evidence.

    For each split the members are fitted without the held-out passages; words known, fusion and thresholds are those
    of `model`.
    """
    matrix = model.features.matrix(examples.readings)
    recipe = recipe_of(model.facts)
    found: list[Reason] = []
    for learnt, tested in splits:
        asked = [row for row in tested.tolist() if text_hash(examples.passages[row].text) in evidence]
        if asked:
            words, dense = fit_members(examples, matrix, learnt, recipe, -1)
            stranger = replace(model, words=words, dense=dense)
            found += _of_passages(stranger, examples.rows(np.array(asked)), encoder, evidence)
    return found


def _of_passages(
    model: ThemeModel, asked: Examples, encoder: Encoder | None, evidence: Mapping[str, Sequence[Evidence]]
) -> Iterator[Reason]:
    over = model.scores(asked.readings, asked.vectors) >= model.fusion(asked.vectors).thresholds
    parts = _taken_apart(model, asked, encoder)
    for row, theme in zip(*np.nonzero(over & (asked.answers == 1)), strict=True):
        said = evidence[text_hash(parts[row].text)]
        carrying = [one.carried_by[model.themes[theme]] for one in said if model.themes[theme] in one.carried_by]
        if 0 < len(frozenset().union(*carrying)) < len(said[0].sentences):
            named = sentence_named(model, parts[row], int(theme))
            place = _place(parts[row].text, named, said[0].sentences) if named else None
            yield _reason((model.themes[theme], asked.passages[row].article), said[0].sentences, carrying, place)


def _taken_apart(model: ThemeModel, asked: Examples, encoder: Encoder | None) -> list[Parts]:
    texts = [passage.text for passage in asked.passages]
    pieces = encoder.pieces(texts) if encoder else [None] * len(texts)
    passages = list(zip(texts, asked.readings, strict=True))
    return take_apart(model, passages, model.features.count(asked.readings), [share_out(model, one) for one in pieces])


def _reason(
    names: tuple[str, str], spans: Sequence[Span], carrying: Sequence[frozenset[int]], place: int | None
) -> Reason:
    either, all_of_them = frozenset.union(*carrying), frozenset.intersection(*carrying)
    longest = max(range(len(spans)), key=lambda number: spans[number][1] - spans[number][0])
    right, strict = place in either, place in all_of_them
    return Reason(*names, right, strict, place is None, len(either) / len(spans), longest in either)


def _place(text: str, sentence: str, spans: Sequence[Span]) -> int:
    """Find the number of the sentence that shares most letters with one that was cut by other rules."""
    start = text.index(sentence)
    end = start + len(sentence)
    return int(np.argmax([min(end, last) - max(start, first) for first, last in spans]))


SHARES = ("right", "strict", "silent", "chance", "longest")


def figures(found: Sequence[Reason]) -> dict[str, Any]:
    """Return how many reasons there are and their SHARES, each [value, low, high] by a bootstrap over articles."""
    weights = draws(np.array([one.article for one in found]))
    columns = {name: np.array([float(getattr(one, name)) for one in found]) for name in SHARES}
    return {"reasons": len(found)} | {
        name: interval(ratio(weights @ column, weights.sum(axis=1))) for name, column in columns.items()
    }


def in_words(known: Mapping[str, Any]) -> str:
    """Say what the figures of `figures` mean."""
    said = {name: "{:.3f} [{:.3f}, {:.3f}]".format(*known[name]) for name in SHARES}
    return (
        f"Reasons, on other authors: for {known['reasons']} right tags, the sentence named is one that a coder named "
        f"in {said['right']}, one that every coder named in {said['strict']} (none is named in {said['silent']}). "
        f"The longest sentence would be one that a coder named in {said['longest']}, one drawn at random in "
        f"{said['chance']}."
    )
