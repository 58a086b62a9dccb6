"""Compute the vectors of all labelled passages that ship with the project: `known.py SHIPPED`.

A retraining needs them at once; they are kept in half precision, as the table of vectors keeps them.
"""

import sys
from pathlib import Path

import numpy as np

from klumme.themes.encoder import KNOWN, Encoder
from klumme.themes.labels import text_hash
from klumme.themes.passages import sample_passages, training_passages
from klumme.workspace import find_home


def main() -> None:
    """Compute and store."""
    folder, sample = Path(sys.argv[1]), find_home() / "corpus" / "sample"
    (folder / KNOWN).unlink(missing_ok=True)
    passages = [*sample_passages(sample / "articles"), *training_passages(sample / "passages")]
    texts = sorted({passage.text for passage in passages}, key=text_hash)
    vectors = Encoder(folder).encode(texts)
    np.savez_compressed(
        folder / KNOWN,
        texts=np.array([text_hash(text) for text in texts]),
        themes=vectors.themes.astype("<f2"),
        meaning=vectors.meaning.astype("<f2"),
    )


if __name__ == "__main__":
    main()
