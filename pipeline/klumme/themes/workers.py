"""What a worker does with a batch of passages to tag, in this process or on any machine that shares the folder."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from klumme.annotate.workers import from_bytes, key_of
from klumme.errors import MissingModelError
from klumme.records import Carrier, ThemeScore
from klumme.settings import TagSettings
from klumme.tables import Tables
from klumme.themes.carriers import Share, carriers, share_out, take_apart
from klumme.themes.encoder import Floats, Pieces
from klumme.themes.readings import Reading, Token
from klumme.themes.scoring import Scorer, open_scorer
from klumme.themes.vectors import passage_vectors
from klumme.workspace import Workspace

# What a passage's pieces add, by its id.
Shares: TypeAlias = dict[str, Share | None]


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
    shares: Shares = {}

    def look(passage: str, pieces: Pieces) -> None:
        shares[passage] = share_out(scorer.model, pieces)

    vectors = passage_vectors(tables, scorer.encoder, batch, key, look).themes if scorer.encoder else None
    tables.append({"theme_scores": score(scorer, batch, readings, vectors, shares)}, job.version, key)
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
    ordered = rows.sort_by([("passage_id", "ascending"), ("i", "ascending")])
    fields = (ordered[name].to_pylist() for name in ("passage_id", *Token._fields))
    for passage, form, lemma, pos, compound, sentence, start in zip(*fields, strict=True):
        if passage in wanted:
            found[passage].append(Token(form, lemma, pos, tuple(compound or ()), sentence, start))
    return {name: tuple(tokens) for name, tokens in found.items()}


def score(
    scorer: Scorer,
    batch: Sequence[tuple[str, str]],
    readings: Sequence[Reading],
    vectors: Floats | None = None,
    shares: Shares | None = None,
) -> list[ThemeScore]:
    """Return a score for each passage (id, text) and theme, with the reasons for those that are tagged.

    `vectors`, a row for each passage, and `shares`, by its id, spare the encoder work that was done before.
    """
    p, over = scorer.scores([text for _, text in batch], readings, vectors)
    why, version = _reasons(scorer, batch, readings, over, shares or {}), scorer.version
    return [
        ThemeScore(passage, theme, float(p[i, k]), bool(over[i, k]), version, why.get((i, k), ()))
        for i, (passage, _) in enumerate(batch)
        for k, theme in enumerate(scorer.model.themes)
    ]


def _reasons(
    scorer: Scorer,
    batch: Sequence[tuple[str, str]],
    readings: Sequence[Reading],
    over: NDArray[np.bool_],
    shares: Shares,
) -> dict[tuple[int, int], tuple[Carrier, ...]]:
    """Return what carried each decision, by row and theme."""
    rows = [row for row in np.flatnonzero(over.any(axis=1)).tolist() if readings[row]]
    tagged = [batch[row] for row in rows]
    found = (shares[passage] if passage in shares else scorer.share(text) for passage, text in tagged)
    apart = take_apart(scorer.model, [text for _, text in tagged], [readings[row] for row in rows], found)
    return {
        (row, theme): carriers(scorer.model, passage, theme)
        for row, passage in zip(rows, apart, strict=True)
        for theme in np.flatnonzero(over[row]).tolist()
    }
