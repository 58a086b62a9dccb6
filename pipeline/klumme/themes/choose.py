"""Choose a recipe by cross-validation grouped by author, and tell by a nested one what choosing is worth.

A recipe that was chosen because it did best on some authors does less well on others, so each outer part holds authors
back, makes the whole choice without them, and only then asks about them (Varma & Simon 2006; Cawley & Talbot 2010).
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from itertools import product
from typing import Any, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from klumme.errors import LabelError
from klumme.report import Progress, quiet
from klumme.themes.calibration import fuse
from klumme.themes.compare import compare
from klumme.themes.evaluate import AUTHORS, Split, splits
from klumme.themes.examples import Examples
from klumme.themes.features import Features, fit_features
from klumme.themes.measure import Array, Judged, draws, figures, interval, theme_figures
from klumme.themes.model import BOTH, WORDS, Matrix
from klumme.themes.systems import Said
from klumme.themes.train import (
    FIXED,
    FOLDS,
    Recipe,
    fit_model,
    folds,
    held_out_log_odds,
    strange_log_odds,
)

# The inverse strengths to choose among: those of the fixed recipe, and a step to both sides of them. Between so near
# neighbours mean average precision differed by thousandths (models/themes/README.md). As many of one as of the other.
GRID: dict[str, tuple[float, ...]] = {"words": (3.0, 10.0, 30.0), "dense": (0.0003, 0.001, 0.003)}
# With so many authors each of the five outer parts has two, and four times as many to choose by.
AUTHORS_NEEDED = 10

# A member by its name in the recipe, and its strength.
Member: TypeAlias = tuple[str, float]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Inner:
    """What each member of the grid says of passages left out with their authors (`seen`) or sources (`strange`).

    The members know nothing of each other until they are fused, so that three and three are fitted for nine recipes.
    """

    examples: Examples
    text: tuple[Features, csr_matrix]
    seen: dict[Member, Matrix] = field(default_factory=dict)
    strange: dict[Member, Matrix] = field(default_factory=dict)

    def said(self, logits: dict[Member, Matrix], recipe: Recipe) -> list[Matrix]:
        """Return the log-odds of a recipe's members."""
        return [logits[name, getattr(recipe, name)] for name in searched(self.examples)]

    def ap(self, recipe: Recipe) -> float:
        """Return the criterion: mean average precision on what is `asked`, fused and calibrated as a model would be."""
        fusions = fuse(self.examples, self.said(self.strange, recipe))
        fusion = fusions.get(BOTH, fusions[WORDS])
        p, rows = fusion.probabilities(self.said(self.seen, recipe)), asked(self.examples)
        whole = Judged(self.examples.themes, self.examples.answers, p, p >= fusion.thresholds, self.examples.articles)
        return float(mean_ap(whole.rows(rows), np.ones((1, len(rows))))[0])

    def scores(self) -> dict[Recipe, float]:
        """Return the criterion of every recipe."""
        return {recipe: self.ap(recipe) for recipe in recipes(self.examples)}

    def predict(self, recipe: Recipe, strangers: Examples) -> Said:
        """Fit a model by a recipe; returns its probabilities and decisions on passages of other authors."""
        model = fit_model(self.examples, self.text, recipe, self.said(self.strange, recipe), {})
        p = model.scores(strangers.readings, strangers.vectors)
        return p, p >= model.best.thresholds


@dataclass(frozen=True, slots=True)
class Choice:
    """The recipe chosen on everything, by the `scores` of all; which one each outer part chose; and what that is worth.

    `chosen` and `fixed` are of authors who took no part: what the recipe chosen without them and the fixed one say.
    `unasked` are the themes that so few authors have that nothing can be chosen by them.
    """

    scores: dict[Recipe, float]
    parts: tuple[Recipe, ...]
    chosen: Judged
    fixed: Judged
    searched: tuple[str, ...]
    unasked: tuple[str, ...]

    @property
    def recipe(self) -> Recipe:
        """The recipe chosen on everything."""
        return best(self.scores)

    @property
    def grid(self) -> dict[str, list[float]]:
        """The strengths that were chosen among."""
        return {name: list(GRID[name]) for name in self.searched}

    def figures(self) -> dict[str, Any]:
        """Return all that a model card tells of the choice; each measure is [value, low, high]."""
        return {
            "recipe": self._strengths(self.recipe),
            "fixed": self._strengths(FIXED),
            "grid": [
                self._strengths(recipe) | {"ap": round(score, 4), "parts": self.parts.count(recipe)}
                for recipe, score in self.scores.items()
            ],
            "parts": [self._strengths(recipe) for recipe in self.parts],
            "themes": list(self.chosen.themes),
            "unasked": list(self.unasked),
            "passages": len(self.chosen.answers),
            "articles": len(set(self.chosen.articles)),
            "nested": {"chosen": _measures(self.chosen), "fixed": _measures(self.fixed), "difference": self._gain()},
        }

    def _strengths(self, recipe: Recipe) -> dict[str, float]:
        return {name: value for name, value in asdict(recipe).items() if name in self.searched}

    def _gain(self) -> dict[str, list[float]]:
        weights = draws(self.chosen.articles)
        gain = mean_ap(self.chosen, weights) - mean_ap(self.fixed, weights)
        return {"ap": interval(gain), "f1": compare(self.fixed, self.chosen).micro}


def choose(examples: Examples, progress: Progress = quiet) -> Choice:
    """Choose a recipe on everything, and five times without a fifth of the authors, on whom it is then judged.

    Raises LabelError when there are too few authors, or no theme that enough of them have.
    """
    parts = outer_parts(examples)
    kept = choosable(examples, parts)
    some = replace(examples, themes=tuple(np.array(examples.themes)[kept].tolist()), answers=examples.answers[:, kept])
    with one_bar(progress, (len(parts) + 1) * fits(some)) as bar:
        took, chosen, fixed = zip(*(_part(some, part, bar) for part in parts), strict=True)
        scores = look(some, bar).scores()
    unasked = tuple(theme for theme in examples.themes if theme not in some.themes)
    return Choice(scores, took, _judged(some, parts, chosen), _judged(some, parts, fixed), searched(some), unasked)


def _part(examples: Examples, part: Split, progress: Progress) -> tuple[Recipe, Said, Said]:
    """Return which recipe is chosen without some authors, and what it and the fixed one say of them."""
    inner, strangers = look(examples.rows(part[0]), progress), examples.rows(part[1])
    recipe = best(inner.scores())
    fixed = inner.predict(FIXED, strangers)
    return recipe, fixed if recipe == FIXED else inner.predict(recipe, strangers), fixed


def _judged(examples: Examples, parts: Sequence[Split], said: Sequence[Said]) -> Judged:
    rows = np.concatenate([tested for _, tested in parts])
    p, tagged = (np.concatenate(some) for some in zip(*said, strict=True))
    return Judged(examples.themes, examples.answers[rows], p, tagged, examples.articles[rows])


def searched(examples: Examples) -> tuple[str, ...]:
    """Return which members' strengths are chosen: without an encoder, the words' alone."""
    return ("words",) if examples.vectors is None else ("words", "dense")


def recipes(examples: Examples) -> list[Recipe]:
    """Return the recipes to choose among."""
    names = searched(examples)
    return [_recipe(names, some) for some in product(*(GRID[name] for name in names))]


def _recipe(names: Sequence[str], strengths: Sequence[float]) -> Recipe:
    given = dict(zip(names, strengths, strict=True))
    return Recipe(given["words"], given.get("dense", FIXED.dense))


def best(scores: dict[Recipe, float]) -> Recipe:
    """Return the recipe with the highest score; of equals the fixed one, else the one that holds back most."""
    return max(scores, key=lambda recipe: (scores[recipe], recipe == FIXED))


def asked(examples: Examples) -> NDArray[np.intp]:
    """Return the passages (rows) by which recipes are judged: from articles, and not learnt from by the encoder."""
    return np.flatnonzero(examples.natural & examples.fresh)


def outer_parts(examples: Examples) -> list[Split]:
    """Return for each outer part what is learnt from, which has no passage at all by its authors, and what is asked.

    The authors are those that `klumme evaluate` holds out together, so that its figures can be laid beside these.
    """
    if len(set(examples.groups[asked(examples)])) < AUTHORS_NEEDED:
        raise _too_few()
    tested = [rows for _, rows in splits(examples)[AUTHORS]]
    groups = examples.groups
    return [(np.flatnonzero(~np.isin(groups, groups[rows])), rows) for rows in tested]


def choosable(examples: Examples, parts: Sequence[Split]) -> NDArray[np.intp]:
    """Return the themes (columns) that two of the others who are asked have, and one is without, in each part.

    Raises LabelError when there are none.
    """
    rows = asked(examples)
    there = [examples.rows(np.intersect1d(learnt, rows)) for learnt, _ in parts]
    kept = [k for k in range(len(examples.themes)) if all(_tells(some, k) for some in there)]
    if not kept:
        raise _too_few()
    return np.array(kept)


def _tells(examples: Examples, theme: int) -> bool:
    column = examples.answers[:, theme]
    return len(set(examples.groups[column == 1])) > 1 and bool((column == 0).any())


def _too_few() -> LabelError:
    return LabelError(
        f"A recipe is chosen by labelled passages, new to the encoder, in articles of {AUTHORS_NEEDED} authors, "
        "several of whom have a theme.",
        "Label more with `klumme label`, or leave --choose out.",
    )


def look(examples: Examples, progress: Progress = quiet) -> Inner:
    """Fit every member of the grid without some authors, and without some sources."""
    inner = Inner(examples, fit_features(examples.readings))
    matrix = inner.text[1]
    for recipe in _each_strength_once(examples):
        seen = held_out_log_odds(examples, matrix, recipe, progress(folds(examples), FOLDS, ""))
        strange = strange_log_odds(examples, matrix, recipe, seen, progress)
        for name, here, there in zip(searched(examples), seen, strange, strict=True):
            member = name, getattr(recipe, name)
            inner.seen[member], inner.strange[member] = here, there
    return inner


def _each_strength_once(examples: Examples) -> list[Recipe]:
    names = searched(examples)
    return [_recipe(names, some) for some in zip(*(GRID[name] for name in names), strict=True)]


def fits(examples: Examples) -> int:
    """Return how many times `look` fits."""
    sources = len({passage.source for passage in examples.passages})
    return len(_each_strength_once(examples)) * (FOLDS + (min(FOLDS, sources) if sources > 1 else 0))


@contextmanager
def one_bar(progress: Progress, total: int) -> Iterator[Progress]:
    """Let many loops move one bar, since a search has as many loops as it has recipes and parts."""
    steps = progress(range(total), total, "Choosing a recipe")

    def moved(items: Iterable[T], total: int | None, what: str) -> Iterator[T]:  # noqa: ARG001
        for item in items:
            next(steps, None)
            yield item

    yield moved
    for _ in steps:  # a part that lacks a source fits less often
        pass


def mean_ap(judged: Judged, weights: Array) -> Array:
    """Return the mean over themes of average precision, for each draw (row) of `weights` over the passages."""
    columns = []
    for k in range(len(judged.themes)):
        y, p, tagged, coded = judged.theme(k)
        columns.append(theme_figures(y, p, tagged, weights[:, coded])["ap"])
    return np.asarray(np.mean(columns, axis=0))


def _measures(judged: Judged) -> dict[str, list[float]]:
    found = figures(judged)
    return {"ap": found["macro"]["ap"], "f1": found["micro"]["f1"]}
