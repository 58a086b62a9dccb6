"""Turn analysed docs into Arrow columns, whole arrays at a time; nothing of spaCy is left in them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from spacy.strings import StringStore
from spacy.tokens import Doc, Token

from klumme.annotate.links import Named, named_in
from klumme.records import Entity
from klumme.schemas import SCHEMAS

_TEXTS = ("form", "lemma", "pos", "morph", "dep")
_ATTRIBUTES: list[int | str] = ["ORTH", "LEMMA", "POS", "MORPH", "DEP", "HEAD", "IDX", "IS_SPACE", "SENT_START"]

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Reading:
    """What the tables need of one passage: a row for each token that is not white space.

    `texts` holds the hashes of _TEXTS (tokens x 5); `start` counts characters, `head` tokens, `sentence` sentences.
    """

    passage: str
    texts: Array
    start: Array
    head: Array
    sentence: Array
    ent: list[str]
    parts: list[list[str]]
    entities: list[Entity]

    def __len__(self) -> int:
        return len(self.ent)


class Reader:
    """Takes from docs what the tables need; made anew for each batch, as the hashes of a batch are."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, ...], list[str]] = {}

    def read(self, passage: str, text: str, doc: Doc) -> Reading:
        """Take what the tables need from the analysis of a text; tokens are counted without white space."""
        values = doc.to_array(_ATTRIBUTES).reshape(len(doc), len(_ATTRIBUTES))
        kept = values[:, 7] == 0
        place = np.cumsum(kept) - 1
        heads = np.arange(len(doc)) + values[:, 5].astype(np.int64)
        sentences = np.cumsum(values[:, 8] == 1)[kept]
        entities = [_entity(passage, doc, named, place) for named in named_in(doc, text)]
        return Reading(
            passage,
            values[kept, : len(_TEXTS)],
            values[kept, 6],
            place[heads][kept],
            np.unique(sentences, return_inverse=True)[1],
            _labels(entities, int(kept.sum())),
            self._parts(doc, values[kept], kept.nonzero()[0]),
            entities,
        )

    def _parts(self, doc: Doc, values: Array, indices: Array) -> list[list[str]]:
        """Return the parts of each compound, asking the pipeline once for each form, lemma and part of speech."""
        if not Token.has_extension("parts"):
            return [[]] * len(indices)
        keys = list(map(tuple, values[:, :3].tolist()))
        for key, index in zip(keys, indices.tolist(), strict=True):
            if key not in self._known:
                parts = list(doc[index]._.parts or ())
                self._known[key] = parts if len(parts) > 1 else []
        return [self._known[key] for key in keys]


def _entity(passage: str, doc: Doc, named: Named, place: Array) -> Entity:
    start, end = int(place[named.start]), int(place[named.end - 1]) + 1
    text = doc[named.start : named.end].text
    if (mention := named.mention) is None:
        return Entity(passage, start, end, text, named.label)
    return Entity(passage, start, end, text, named.label, mention.kind, mention.id, mention.scope)


def _labels(entities: Sequence[Entity], tokens: int) -> list[str]:
    """Return the label of each token; that of the longer entity where one lies inside another."""
    labels = [""] * tokens
    for entity in sorted(entities, key=lambda e: e.end - e.start):
        labels[entity.start : entity.end] = [entity.label] * (entity.end - entity.start)
    return labels


def to_tables(readings: Sequence[Reading], strings: StringStore) -> dict[str, pa.Table]:
    """Return the tables tokens, entities and annotations of some passages, the anchor last."""
    rows = [row for reading in readings for row in reading.entities]
    return {
        "tokens": _tokens(readings, strings),
        "entities": pa.table(
            {name: [getattr(row, name) for row in rows] for name in SCHEMAS["entities"].names}, SCHEMAS["entities"]
        ),
        "annotations": pa.table(
            {
                "passage_id": [reading.passage for reading in readings],
                "tokens": [len(reading) for reading in readings],
                "sentences": [int(reading.sentence.max(initial=-1)) + 1 for reading in readings],
            },
            SCHEMAS["annotations"],
        ),
    }


def _tokens(readings: Sequence[Reading], strings: StringStore) -> pa.Table:
    lengths = [len(reading) for reading in readings]
    passages = np.repeat(np.arange(len(readings), dtype=np.int32), lengths)
    texts = _joined([reading.texts for reading in readings], (0, len(_TEXTS)))
    columns: dict[str, Any] = {
        "passage_id": pa.DictionaryArray.from_arrays(passages, [reading.passage for reading in readings]),
        "i": _joined([np.arange(length) for length in lengths]),
        "sentence": _joined([reading.sentence for reading in readings]),
        "start": _joined([reading.start for reading in readings]),
        "head": _joined([reading.head for reading in readings]),
        "ent": [label for reading in readings for label in reading.ent],
        "parts": [parts for reading in readings for parts in reading.parts],
    }
    columns |= {name: _texts(texts[:, k], strings) for k, name in enumerate(_TEXTS)}
    schema = SCHEMAS["tokens"]
    return pa.table({field.name: _cast(columns[field.name], field.type) for field in schema}, schema)


def _joined(arrays: Iterable[Array], empty: int | tuple[int, ...] = 0) -> Array:
    return np.concatenate([np.empty(empty, dtype=np.uint64 if isinstance(empty, tuple) else np.int64), *arrays])


def _texts(hashes: Array, strings: StringStore) -> pa.Array:
    """Look every distinct hash up once; the empty morphology, which spaCy writes "_", becomes empty text."""
    distinct, codes = np.unique(hashes, return_inverse=True)
    words = [strings[int(value)] for value in distinct]
    return pa.DictionaryArray.from_arrays(codes.astype(np.int32), ["" if word == "_" else word for word in words])


def _cast(column: Any, kind: pa.DataType) -> pa.Array:
    return (column if isinstance(column, pa.Array) else pa.array(column)).cast(kind)
