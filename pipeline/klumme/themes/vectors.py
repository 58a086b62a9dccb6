"""The vectors of passages, kept in a table by passage and encoder, so that each is computed once."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from klumme.depot import Depot
from klumme.tables import Tables
from klumme.themes.encoder import HALF, Encoder, Floats, Pieces, Vectors

COLUMNS = ("passage_id", "themes", "meaning")


def passage_vectors(
    tables: Tables | Depot,
    encoder: Encoder,
    batch: Sequence[tuple[str, str]],
    key: str = "",
    look: Callable[[str, Pieces], None] | None = None,
) -> Vectors:
    """Return the vectors of passages (id, text), a row each; what is not stored is computed and stored as a part.

    `look` is shown the pieces of those that had to be computed, by their id.

    Raises StorageError when nothing can be stored.
    """
    known = _known(tables, encoder, [passage for passage, _ in batch])
    new = [(passage, text) for passage, text in batch if passage not in known]
    if new:
        shown = None if look is None else lambda row, pieces: look(new[row][0], pieces)
        made = encoder.encode([text for _, text in new], look=shown)
        rows = _rows([passage for passage, _ in new], made)
        tables.append({"vectors": rows}, encoder.name, key)
        known |= {row["passage_id"]: (row["themes"], row["meaning"]) for row in rows}
    ordered = [known[passage] for passage, _ in batch]
    return Vectors(unpack([themes for themes, _ in ordered]), unpack([meaning for _, meaning in ordered]))


def unpack(stored: Sequence[bytes]) -> Floats:
    """Return stored vectors as an array, a row each."""
    return np.frombuffer(b"".join(stored), HALF).reshape(len(stored), -1).astype(np.float32)


def _known(tables: Tables | Depot, encoder: Encoder, passages: Sequence[str]) -> dict[str, tuple[bytes, bytes]]:
    rows = tables.rows_of("vectors", encoder.name, passages, COLUMNS)
    if rows is None:
        return {}
    found = zip(*(rows[name].to_pylist() for name in COLUMNS), strict=True)
    return {passage: (themes, meaning) for passage, themes, meaning in found}


def _rows(passages: Sequence[str], vectors: Vectors) -> list[dict[str, Any]]:
    themes, meaning = vectors.themes.astype(HALF), vectors.meaning.astype(HALF)
    return [
        {"passage_id": passage, "themes": themes[row].tobytes(), "meaning": meaning[row].tobytes()}
        for row, passage in enumerate(passages)
    ]
