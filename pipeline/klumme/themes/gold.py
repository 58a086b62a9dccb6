"""The data that figures are measured on, as hashes: where one changes, figures before and after cannot be compared."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from klumme.errors import InputError
from klumme.themes.evaluate import AUTHORS, LATER, OUTSIDE, PLACES
from klumme.themes.labels import text_hash
from klumme.themes.passages import Labelled


def gold_hashes(held: str, passages: Path | None) -> dict[str, str]:
    """Return the hash of the data of each set: that of the held-out passages, and of each file of other hands there."""
    files = {name: passages / file for file, name in OUTSIDE.items()} if passages else {}
    return dict.fromkeys((AUTHORS, PLACES, LATER), held) | {
        name: file_hash(path) for name, path in files.items() if path.exists()
    }


def held_out_hash(labelled: Sequence[Labelled], fresh: NDArray[np.bool_], core: Iterable[str]) -> str:
    """Return a hash of all data that the figures on held-out passages hang on, in whatever order the labels were given.

    That is of each passage its text, its answers, what it is held out with, and whether it is tested at all (`fresh`
    says of which passages the encoder has not learnt); and which themes are core. The article is left out: it is named
    by its id in a corpus that has collected the sample and by its address elsewhere, and only intervals hang on it.
    """
    rows = [_row(one, bool(new)) for one, new in zip(labelled, fresh, strict=True)]
    return hashlib.sha256("\n".join([*sorted(rows), json.dumps(sorted(core))]).encode()).hexdigest()


def _row(one: Labelled, fresh: bool) -> str:
    passage = one.passage
    day = passage.published.isoformat() if passage.published else ""
    held_with = [passage.source, passage.group, passage.municipality, day, passage.natural and fresh]
    return json.dumps([passage.id, text_hash(passage.text), held_with, sorted(one.themes.items())])


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file, as `sha256sum` prints it; raises InputError when it cannot be read."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error}.", "Name a folder of readable files.") from error
