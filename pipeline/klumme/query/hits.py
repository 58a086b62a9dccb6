"""Read what belongs to the passages that were found: text, marked words, themes, article."""

import math
import re
from typing import Any

import numpy as np

from klumme.query.arrays import Arrays, Numbers, pick
from klumme.query.plan import Found, Plan
from klumme.records import Hit

_ARTICLE = ["article_id", "title", "author", "party", "municipality", "published", "source", "url", "page_sha256"]
_PASSAGE = ["passage_id", "ordinal", "text"]

_EDGE = r"(?<![^\W_])({})(?![^\W_])"


def read_hits(plan: Plan, found: Found, limit: int, offset: int) -> tuple[Hit, ...]:
    """Return the best of what was found as hits, with the words and phrases of the query marked."""
    arrays = plan.arrays
    best = _best(arrays, found, limit, offset)
    passages = found.passages[best]
    marks = _words(arrays, plan.lemmas, passages)
    rows = zip(
        pick(arrays.places, passages, _PASSAGE),
        pick(arrays.pieces, arrays.piece[passages], _ARTICLE),
        passages.tolist(),
        found.scores[best].tolist(),
        strict=True,
    )
    return tuple(
        _hit(arrays, passage, score, place | piece, marks.get(passage, []) + _phrases(place["text"], plan.phrases))
        for place, piece, passage, score in rows
    )


def _best(arrays: Arrays, found: Found, limit: int, offset: int) -> Numbers:
    """Return the places of one page: the best first, of equals the newest, then in the order of the corpus."""
    scores = np.nan_to_num(found.scores, nan=-np.inf)
    until = min(offset + limit, len(scores))
    worst = np.partition(scores, len(scores) - until)[len(scores) - until] if 0 < until < len(scores) else -np.inf
    kept = (scores >= worst).nonzero()[0]
    published = arrays.published[arrays.piece[found.passages[kept]]]
    return np.asarray(kept[np.lexsort((kept, -published, -scores[kept]))][offset:until])


def _hit(arrays: Arrays, passage: int, score: float, row: dict[str, Any], spans: list[tuple[int, int]]) -> Hit:
    p = arrays.p[:, passage].tolist()
    known = {
        theme: (round(p[n], 4), arrays.tagged[n, passage]) for n, theme in enumerate(arrays.themes) if p[n] == p[n]
    }
    return Hit(
        **row,
        score=0.0 if math.isnan(score) else score,
        spans=tuple(merge_spans(spans)),
        themes={theme: p for theme, (p, _) in known.items()},
        tagged=tuple(theme for theme, (_, tagged) in known.items() if tagged),
    )


def _words(arrays: Arrays, lemmas: list[str], passages: Numbers) -> dict[int, list[tuple[int, int]]]:
    """Return where the words of these lemmas stand in some passages."""
    shown = np.zeros(len(arrays), np.bool_)
    shown[passages] = True
    spans: dict[int, list[tuple[int, int]]] = {}
    for where in map(arrays.tokens_of, lemmas):
        at = where.start + shown[arrays.passage[where]].nonzero()[0]
        for passage, *span in zip(*(a[at].tolist() for a in (arrays.passage, arrays.start, arrays.stop)), strict=True):
            spans.setdefault(passage, []).append((span[0], span[1]))
    return spans


def _phrases(text: str, phrases: list[str]) -> list[tuple[int, int]]:
    patterns = [_EDGE.format(r"\s+".join(map(re.escape, phrase.split()))) for phrase in phrases]
    return [match.span(1) for pattern in patterns for match in re.finditer(pattern, text, re.IGNORECASE)]


def merge_spans(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Sort spans and join those that overlap."""
    merged: list[tuple[int, int]] = []
    for start, stop in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(stop, merged[-1][1]))
        else:
            merged.append((start, stop))
    return merged
