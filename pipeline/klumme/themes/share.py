"""Shares of passages with a theme: raw, corrected for the classifier's errors, and by labels where all are read.

The raw share of tagged passages is biased as the classifier is. A small random sample of labelled passages tells by
how much, and the many predictions make the corrected share surer than the labels alone could (`klumme.themes.ppi`).
Predictions for labelled passages are those of models that had not seen them (Zrnic & Candès, "Cross-prediction-powered
inference", 2024): what a model says of passages that it has learnt from tells another error than it makes of the rest.
Of the rest the model in use speaks, which has learnt from more than the models that were held out. On the sample that
left .002 (standard error .001) of the .019 by which its probabilities erred (12 draws of 200 passages, eight themes).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from klumme.errors import UsageError, did_you_mean
from klumme.tables import Tables
from klumme.themes import registry
from klumme.themes.census import Told, take_census
from klumme.themes.codebook import load_codebook
from klumme.themes.ppi import Scored, correct
from klumme.workspace import Workspace

# With fewer random labels or articles than this, no interval is worth printing.
LEAST = 10

BY = {
    "parti": "a.party",
    "kommune": "a.municipality",
    "år": "CAST(year(a.published) AS VARCHAR)",
    "forfatter": "a.author",
    "kilde": "a.source",
    "alt": "'alle'",
}
# An unchanged passage of a revised article came with the first version.
_ROWS = """
WITH first AS (SELECT p.id, min(fetched_at) AS came FROM passages p JOIN articles a ON article_id = a.id GROUP BY p.id)
SELECT p.id, p.article_id AS article, coalesce({by}, '') AS "group", first.came, s.p, s.tagged
FROM current_passages p JOIN current_articles a ON p.article_id = a.id JOIN first ON first.id = p.id
LEFT JOIN theme_scores s ON s.passage_id = p.id AND s.theme = $theme
"""


@dataclass(frozen=True, slots=True)
class Share:
    """The share of passages with a theme in one group: raw, by labels, and corrected with its 95 % interval.

    `raw` is of the passages that are tagged, which all but `untagged` are, and None where none is. `by_labels` is of
    exactly these passages: a count, None unless all of them are `settled`. `corrected` is None where too few were drawn
    at random and `labelled`; with `alone` it rests on the labels alone.
    """

    group: str
    passages: int
    raw: float | None
    settled: int
    by_labels: float | None
    labelled: int
    corrected: float | None
    low: float | None
    high: float | None
    # Of the passages: open ones (coders disagree or are unsure), those of them that chance had drawn, settled ones
    # whose label the model has learnt from, those that it has not tagged, and those that came after the last draw.
    open: int
    open_drawn: int
    learnt: int
    untagged: int
    late: int
    alone: bool


@dataclass(frozen=True, slots=True)
class _Member:
    """A passage of a group: what the model says of it, None where it was not tagged, and what labels do.

    `said` is None where it is not `coded`, and where it is but open.
    """

    id: str
    article: str
    p: float | None
    tagged: bool | None
    coded: bool
    said: bool | None
    drawn: bool
    late: bool = False


@dataclass(frozen=True, slots=True)
class _Memory:
    """What a model said of passages before it learnt from them; `known` is False where there is no telling."""

    unseen: Mapping[str, float]
    known: bool


def shares(workspace: Workspace, theme: str, by: str = "alt", census: Mapping[str, Told] | None = None) -> list[Share]:
    """Return the share of a theme in each group of the corpus, largest group first.

    `census` is what labels say of the passages, taken where it is not given.
    Raises CodebookError for an unknown theme, UsageError for an unknown grouping.
    """
    if by not in BY:
        raise UsageError(f"There is no grouping '{by}'.", did_you_mean(by, BY))
    theme = load_codebook(workspace.codebook).theme(theme).id
    rows = Tables(workspace).read(_ROWS.format(by=BY[by]), {"theme": theme})
    told, memory = take_census(workspace) if census is None else census, _memory(workspace, theme)
    last = _last_draw(rows, told, theme)
    groups: dict[str, list[_Member]] = defaultdict(list)
    for row in rows:
        name, late = row.pop("group"), _after(row.pop("came"), last)
        groups[name].append(_member(row, told.get(row["id"], Told({})), theme, late=late))
    found = [_share(name or "(uden)", members, memory) for name, members in groups.items()]
    return sorted(found, key=lambda share: (-share.passages, share.group))


def _last_draw(rows: Iterable[Mapping[str, Any]], told: Mapping[str, Told], theme: str) -> datetime | None:
    """Return when the last passage was drawn, None where none was, or where times do not tell what it was drawn from.

    Passages that came after their own draw tell that the corpus was collected anew since, as in another's copy.
    """
    draws = [(row["came"], told[row["id"]].drawn.get(theme)) for row in rows if row["id"] in told]
    anew = any(_after(came, drawn) for came, drawn in draws)
    return None if anew else max((drawn for _, drawn in draws if drawn), default=None)


def _after(came: datetime | None, drawn: datetime | None) -> bool:
    return came is not None and drawn is not None and came > drawn


def _member(row: Mapping[str, Any], told: Told, theme: str, *, late: bool) -> _Member:
    coded, drawn = theme in told.themes, theme in told.drawn
    return _Member(**row, coded=coded, said=told.themes.get(theme), drawn=drawn, late=late)


def _memory(workspace: Workspace, theme: str) -> _Memory:
    """Recall what the model that tagged the corpus said of passages when they were left out.

    Of scores by words alone nothing is remembered, nor of those of a model that is not here any more.
    """
    version = Tables(workspace).version("theme_scores")
    remembered = registry.held_out(workspace.themes / version.removesuffix("-words")) if version else {}
    unseen = {name: p[theme] for name, p in remembered.items() if theme in p}
    return _Memory(unseen, known=bool(remembered) and not version.endswith("-words"))


def _share(name: str, members: Sequence[_Member], memory: _Memory) -> Share:
    said = [one.said for one in members if one.said is not None]
    tagged = [one.tagged for one in members if one.tagged is not None]
    open_ = [one for one in members if one.coded and one.said is None]
    alone = not memory.known or len(tagged) < len(members)
    scored = _scored(members, None if alone else memory.unseen)
    corrected, low, high = _corrected(scored)
    return Share(
        group=name,
        passages=len(members),
        raw=float(np.mean(tagged)) if tagged else None,
        settled=len(said),
        by_labels=float(np.mean(said)) if len(said) == len(members) else None,
        labelled=scored.labelled,
        corrected=corrected,
        low=low,
        high=high,
        open=len(open_),
        open_drawn=sum(one.drawn for one in open_),
        learnt=sum(one.said is not None and one.id in memory.unseen for one in members),
        untagged=len(members) - len(tagged),
        late=sum(one.late for one in members),
        alone=alone,
    )


def _corrected(scored: Scored) -> tuple[float, float, float] | tuple[None, None, None]:
    enough = scored.labelled >= LEAST and len(set(scored.articles.tolist())) >= LEAST
    return correct(scored) if enough else (None, None, None)


def _scored(members: Sequence[_Member], unseen: Mapping[str, float] | None) -> Scored:
    """Lay out a group for inference; without predictions (0 for all) the labels speak alone."""
    answers = [float(one.said) if one.drawn and one.said is not None else np.nan for one in members]
    predicted = [0.0 if unseen is None else unseen.get(one.id, one.p) for one in members]
    articles = np.array([one.article for one in members])
    return Scored(np.array(predicted, dtype=np.float64), np.array(answers), articles)
