"""What a worker does with a batch of passages to tag, in this process or on any machine that shares the folder."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from klumme.annotate.workers import from_bytes, key_of
from klumme.errors import MissingModelError
from klumme.records import ThemeScore
from klumme.tables import Tables
from klumme.themes.carriers import carriers
from klumme.themes.readings import Reading, Token
from klumme.themes.registry import load_model
from klumme.themes.scoring import Scorer, make_scorer
from klumme.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Job:
    """Which model tags, in which version, what was read in which version, for which corpus."""

    model: str
    version: str
    tokens: str
    workspace: Workspace


def tag_batch(job: Job, passages: bytes, parts: tuple[str, ...]) -> int:
    """Score passages whose tokens lie in these parts, store the scores, and return how many passages they were.

    Raises MissingModelError where the model is not here in this version, StorageError when nothing can be stored.
    """
    scorer, batch, tables = _scorer(job), from_bytes(passages), Tables(job.workspace)
    tokens = read_tokens(tables, job.tokens, parts, [passage for passage, _ in batch])
    scores = score(scorer, batch, [tokens.get(passage, ()) for passage, _ in batch])
    tables.append({"theme_scores": scores}, job.version, key_of([passage for passage, _ in batch]))
    return len(batch)


@lru_cache(maxsize=1)
def _scorer(job: Job) -> Scorer:
    scorer = make_scorer(load_model(job.workspace, job.model))
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


def score(scorer: Scorer, batch: Sequence[tuple[str, str]], readings: Sequence[Reading]) -> list[ThemeScore]:
    """Return a score for each passage (id, text) and theme, with the reasons for those that are tagged."""
    p, over = scorer.scores([text for _, text in batch], readings)
    return [
        ThemeScore(
            passage,
            theme,
            float(p[i, k]),
            bool(over[i, k]),
            scorer.version,
            _why(scorer, text, readings[i], k) if over[i, k] else (),
        )
        for i, (passage, text) in enumerate(batch)
        for k, theme in enumerate(scorer.model.themes)
    ]


def _why(scorer: Scorer, text: str, reading: Reading, theme: int) -> Any:
    return carriers(scorer.model, text, reading, theme) if reading else ()
