"""What was read of passages written for training, kept so that a retraining reads them once."""

from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from klumme.report import Progress, quiet
from klumme.schemas import SCHEMAS
from klumme.tables import parquet, replace
from klumme.themes.labels import text_hash
from klumme.themes.passages import Known
from klumme.themes.readings import Reader, Reading, Token, by_passage

_COLUMNS = ("passage_id", *Token._fields)


def read_passages(reader: Reader, passages: Sequence[Known], progress: Progress = quiet) -> list[Reading]:
    """Read passages; what this pipeline has read before, of those written for training, is taken from its file.

    A text that was collected is not kept there: `klumme forget` need not look for it. The file may be deleted at any
    time. Raises StorageError where it cannot be written.
    """
    names = [text_hash(passage.text) for passage in passages]
    kept = {} if all(passage.natural for passage in passages) else _load(reader.memory)
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
    return parquet(pa.table({name: pa.array(columns[name], types[name]) for name in _COLUMNS}))
