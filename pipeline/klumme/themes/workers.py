"""What a worker does with a batch of passages to tag, in this process or on any machine that shares the folder."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from klumme.annotate.workers import from_bytes, key_of
from klumme.depot import Depot, Part
from klumme.errors import MissingModelError
from klumme.records import Carrier, ThemeScore
from klumme.settings import TagSettings
from klumme.tables import Tables
from klumme.themes.carriers import Share, carriers, share_out, take_apart
from klumme.themes.encoder import Floats, Pieces
from klumme.themes.features import Counts
from klumme.themes.readings import Reading, Token, by_passage
from klumme.themes.scoring import Scorer, open_scorer
from klumme.themes.vectors import passage_vectors
from klumme.workspace import Workspace, at_home

# What a passage's pieces add, by its id.
Shares: TypeAlias = dict[str, Share | None]


@dataclass(frozen=True, slots=True)
class Job:
    """Which model tags, in which version, what was read in which version, for which corpus."""

    settings: TagSettings
    version: str
    tokens: str
    workspace: Workspace


def tag_batch(
    job: Job, passages: bytes, parts: tuple[str, ...], known: pa.Table | None = None
) -> tuple[int, list[Part]]:
    """Score passages whose tokens lie in these parts; returns how many they were, and what now lies in a depot.

    `known` are the rows of vectors that need not be computed by a worker who does not see the tables.

    Raises MissingModelError where the model is not here in this version, StorageError when nothing can be stored.
    """
    scorer, batch = _scorer(job), from_bytes(passages)
    depot = Depot(job.settings.depot, known) if job.settings.depot else None
    tables = depot or Tables(job.workspace)
    key = key_of([passage for passage, _ in batch])
    tokens = read_tokens(tables, job.tokens, parts, [passage for passage, _ in batch])
    readings = [tokens.get(passage, ()) for passage, _ in batch]
    shares: Shares = {}

    def look(passage: str, pieces: Pieces) -> None:
        shares[passage] = share_out(scorer.model, pieces)

    vectors = passage_vectors(tables, scorer.encoder, batch, key, look).themes if scorer.encoder else None
    tables.append({"theme_scores": score(scorer, batch, readings, vectors, shares)}, job.version, key)
    return len(batch), depot.stored if depot else []


@lru_cache(maxsize=1)
def _scorer(job: Job) -> Scorer:
    scorer = open_scorer(at_home(job.workspace), job.settings)
    if scorer.version != job.version:
        raise MissingModelError(
            f"A worker has the theme model {scorer.version} where {job.version} is wanted.",
            "Install the same klumme, model and encoder on every machine.",
        )
    return scorer


def read_tokens(
    tables: Tables | Depot, version: str, parts: Sequence[str], passages: Sequence[str]
) -> dict[str, Reading]:
    """Fetch the tokens of annotated passages from the parts they lie in; one without tokens is not in the result.

    A passage that several parts have is read in the first of them; the rows of a part are in the order of the text.
    """
    found: dict[str, Reading] = {}
    for part in sorted(parts, reverse=True):
        rows = tables.load("tokens", version, [part], ("passage_id", *Token._fields))
        found |= by_passage(rows.filter(pc.is_in(rows["passage_id"], pa.array(passages, pa.string()))))
    return found


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
    counts = scorer.model.features.count(readings)
    p, over = scorer.decide([text for _, text in batch], counts, vectors)
    passages = [(name, text, reading) for (name, text), reading in zip(batch, readings, strict=True)]
    why, version = _reasons(scorer, passages, counts, over, shares or {}), scorer.version
    return [
        ThemeScore(passage, theme, float(p[i, k]), bool(over[i, k]), version, why.get((i, k), ()))
        for i, (passage, _) in enumerate(batch)
        for k, theme in enumerate(scorer.model.themes)
    ]


def _reasons(
    scorer: Scorer,
    passages: Sequence[tuple[str, str, Reading]],
    counts: Counts,
    over: NDArray[np.bool_],
    shares: Shares,
) -> dict[tuple[int, int], tuple[Carrier, ...]]:
    """Return what carried each decision, by row and theme."""
    tagged = [(row, *passages[row]) for row in np.flatnonzero(over.any(axis=1)).tolist()]
    tagged = [(row, name, text, reading) for row, name, text, reading in tagged if reading]
    rows = [row for row, *_ in tagged]
    found = (shares[name] if name in shares else scorer.share(text) for _, name, text, _ in tagged)
    read = [(text, reading) for _, _, text, reading in tagged]
    apart = take_apart(scorer.model, read, counts.of(rows), found)
    return {
        (row, theme): carriers(scorer.model, passage, theme)
        for row, passage in zip(rows, apart, strict=True)
        for theme in np.flatnonzero(over[row]).tolist()
    }
