"""What encoders' own heads say of the passages kept apart: `judge.py E5 VOCABULARY WEIGHTS.pt...`.

Weights joined by commas are judged by their mean. Prints a table: micro-F1 at log-odds of 0, and mean average precision
over the core themes and over all. No weights have learnt from these passages.
"""

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from export import soup
from network import Network
from sklearn.metrics import average_precision_score
from texts import HOME, kept_apart
from tokenizers import Tokenizer
from tune import vectors

from klumme.themes.codebook import Codebook, load_codebook

PARTS = {"p24 to p26": {"p24", "p25", "p26"}, "p33, p47, p48": {"p33", "p47", "p48"}}


def figures(said: np.ndarray, answers: np.ndarray, core: Sequence[int]) -> tuple[float, float, float]:
    """Micro-F1, mean average precision of the `core` themes (columns), and of all; open answers are passed over."""
    coded, over = ~np.isnan(answers), said > 0
    right = np.sum(over & (answers == 1))
    f1 = 2 * right / (np.sum(over & coded) + np.sum(answers == 1))
    ap = [average_precision_score(y[c], p[c]) for y, p, c in zip(answers.T, said.T, coded.T, strict=True)]
    return float(f1), float(np.mean([ap[k] for k in core])), float(np.mean(ap))


def rows(
    network: Network, tokenizer: Tokenizer, codebook: Codebook
) -> Iterator[tuple[str, tuple[float, float, float]]]:
    """The figures on each part of the passages kept apart."""
    labelled, answers = kept_apart(codebook.ids)
    pieces = [one.ids for one in tokenizer.encode_batch([one.passage.text for one in labelled])]
    with torch.no_grad():
        said = network.log_odds(torch.from_numpy(vectors(network, pieces))).numpy()
    for name, sources in PARTS.items():
        some = np.array([one.passage.source in sources for one in labelled])
        yield name, figures(said[some], answers[some], [codebook.ids.index(theme) for theme in codebook.core])


def main() -> None:
    """Judge and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("e5", "vocabulary"):
        parser.add_argument(name, type=Path)
    parser.add_argument("weights", nargs="+")
    given = parser.parse_args()
    tokenizer = Tokenizer.from_file(str(given.vocabulary / "tokenizer.json"))
    codebook = load_codebook(HOME / "corpus" / "codebook.toml")
    network = Network(given.e5, np.load(given.vocabulary / "rows.npy"), len(codebook.ids))
    print(f"{'weights':40} {'passages':16} micro-F1  core mAP  mAP")
    for paths in given.weights:
        network.go_on(soup([Path(path) for path in paths.split(",")]))
        for part, (f1, core, ap) in rows(network, tokenizer, codebook):
            print(f"{paths[-40:]:40} {part:16} {f1:8.3f} {core:9.3f} {ap:5.3f}", flush=True)


if __name__ == "__main__":
    main()
