"""Readings as rows of tokens; those of passages written for training are kept, so that a retraining reads them once."""

from collections.abc import Mapping, Sequence
from itertools import chain, groupby, islice, pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from klumme.report import Progress, quiet
from klumme.schemas import SCHEMAS
from klumme.tables import replace
from klumme.themes.labels import text_hash
from klumme.themes.passages import Known
from klumme.themes.readings import Reader, Reading, Token

_COLUMNS = ("passage_id", *Token._fields)


def read_passages(reader: Reader, passages: Sequence[Known], progress: Progress = quiet) -> list[Reading]:
    """Read passages; what this pipeline has read before, of those written for training, is taken from its file.

    A text that was collected is not kept there: `klumme forget` need not look for it. The file may be deleted at any
    time. Raises StorageError where it cannot be written.
    """
    names = [text_hash(passage.text) for passage in passages]
    kept = _load(reader.memory)
    new = {name: passage for name, passage in zip(names, passages, strict=True) if name not in kept}
    texts = [passage.text for passage in new.values()]
    read = dict(zip(new, reader.read(progress(texts, len(texts), "Reading passages")), strict=True))
    written = {name: read[name] for name, passage in new.items() if read[name] and not passage.natural}
    if reader.memory and written:
        replace(reader.memory, _parquet(kept | written))
    known = kept | read
    return [known[name] for name in names]


def _load(path: Path | None) -> dict[str, Reading]:
    if path is None or not path.exists():
        return {}
    try:
        return by_passage(pq.read_table(path, columns=list(_COLUMNS)))
    except (pa.ArrowException, OSError):
        return {}  # a damaged file is made anew


def _parquet(readings: Mapping[str, Reading]) -> bytes:
    names = [*chain.from_iterable([name] * len(reading) for name, reading in readings.items())]
    fields = map(list, zip(*chain.from_iterable(readings.values()), strict=True))
    columns = dict(zip(_COLUMNS, (names, *fields), strict=True))
    types = {name: SCHEMAS["tokens"].field(name).type for name in _COLUMNS}
    sink = pa.BufferOutputStream()
    pq.write_table(
        pa.table({name: pa.array(columns[name], types[name]) for name in _COLUMNS}), sink, compression="zstd"
    )
    return bytes(sink.getvalue().to_pybytes())


def by_passage(rows: pa.Table) -> dict[str, Reading]:
    """Return the readings that rows of tokens make, by passage; the rows of a passage lie together, in order."""
    fields = (_values(rows[name].combine_chunks()) for name in Token._fields)
    tokens = map(Token._make, zip(*fields, strict=True))
    runs = groupby(_values(rows["passage_id"].combine_chunks()))
    return {passage: tuple(islice(tokens, len(list(run)))) for passage, run in runs}


def _values(column: pa.Array) -> list[Any]:
    """Return the values of a column without nulls, but that a list which is null is empty; lists as tuples."""
    if pa.types.is_string(column.type):
        coded = column.dictionary_encode()
        words = coded.dictionary.to_pylist()
        return [words[code] for code in coded.indices.to_numpy().tolist()]
    if pa.types.is_list(column.type):
        parts, ends = column.values.to_pylist(), column.offsets.to_numpy().tolist()
        return [tuple(parts[a:b]) if a < b else () for a, b in pairwise(ends)]
    return list(column.to_numpy().tolist())
