"""What a worker does with a batch of passages to tag, in this process or on any machine that shares the folder."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from klumme.annotate.workers import from_bytes, key_of
from klumme.errors import MissingModelError
from klumme.records import Carrier, ThemeScore
from klumme.settings import TagSettings
from klumme.tables import Tables
from klumme.themes.carriers import carriers, take_apart
from klumme.themes.encoder import Floats
from klumme.themes.readings import Reading, Token
from klumme.themes.scoring import Scorer, open_scorer
from klumme.themes.vectors import passage_vectors
from klumme.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Job:
    """Which model tags, in which version, what was read in which version, for which corpus."""

    settings: TagSettings
    version: str
    tokens: str
    workspace: Workspace


def tag_batch(job: Job, passages: bytes, parts: tuple[str, ...]) -> int:
    """Score passages whose tokens lie in these parts, store the scores, and return how many passages they were.

    Raises MissingModelError where the model is not here in this version, StorageError when nothing can be stored.
    """
    scorer, batch, tables = _scorer(job), from_bytes(passages), Tables(job.workspace)
    key = key_of([passage for passage, _ in batch])
    tokens = read_tokens(tables, job.tokens, parts, [passage for passage, _ in batch])
    readings = [tokens.get(passage, ()) for passage, _ in batch]
    vectors = passage_vectors(tables, scorer.encoder, batch, key).themes if scorer.encoder else None
    tables.append({"theme_scores": score(scorer, batch, readings, vectors)}, job.version, key)
    return len(batch)


@lru_cache(maxsize=1)
def _scorer(job: Job) -> Scorer:
    scorer = open_scorer(job.workspace, job.settings)
    if scorer.version != job.version:
        raise MissingModelError(
            f"A worker has the theme model {scorer.version} where {job.version} is wanted.",
            "Install the same klumme, model and encoder on every machine.",
        )
    return scorer


def read_tokens(tables: Tables, version: str, parts: Sequence[str], passages: Sequence[str]) -> dict[str, Reading]:
    """Fetch the tokens of annotated passages from the parts they lie in; one without tokens is not in the result."""
    rows = tables.load("tokens", version, parts, ("passage_id", *Token._fields, "i"))
    wanted, found = set(passages), defaultdict[str, list[Token]](list)
    for row in rows.sort_by([("passage_id", "ascending"), ("i", "ascending")]).drop_columns("i").to_pylist():
        if (passage := row.pop("passage_id")) in wanted:
            found[passage].append(Token(**row | {"parts": tuple(row["parts"] or ())}))
    return {name: tuple(tokens) for name, tokens in found.items()}


def score(
    scorer: Scorer, batch: Sequence[tuple[str, str]], readings: Sequence[Reading], vectors: Floats | None = None
) -> list[ThemeScore]:
    """Return a score for each passage (id, text) and theme, with the reasons for those that are tagged.

    `vectors`, a row for each passage, spares the encoder work that was done before.
    """
    p, over = scorer.scores([text for _, text in batch], readings, vectors)
    why = _reasons(scorer, batch, readings, over)
    return [
        ThemeScore(passage, theme, float(p[i, k]), bool(over[i, k]), scorer.version, why.get((i, k), ()))
        for i, (passage, _) in enumerate(batch)
        for k, theme in enumerate(scorer.model.themes)
    ]


def _reasons(
    scorer: Scorer, batch: Sequence[tuple[str, str]], readings: Sequence[Reading], over: NDArray[np.bool_]
) -> dict[tuple[int, int], tuple[Carrier, ...]]:
    """Return what carried each decision, by row and theme."""
    rows = [row for row in np.flatnonzero(over.any(axis=1)).tolist() if readings[row]]
    texts, readings = [batch[row][1] for row in rows], [readings[row] for row in rows]
    apart = take_apart(scorer.model, texts, readings, scorer.pieces(texts))
    return {
        (row, theme): carriers(scorer.model, passage, theme)
        for row, passage in zip(rows, apart, strict=True)
        for theme in np.flatnonzero(over[row]).tolist()
    }
