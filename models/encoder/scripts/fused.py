"""What the fused theme model comes to with other encoders than the one that ships: `fused.py ENCODER_FOLDER...`.

For the table of frozen and tuned encoders and of seeds in the card: each folder (as `export.py` writes it) takes the
place of the shipped encoder, authors of the sample are held out, and with `--passages FOLDER` the sets of other hands
are judged too.
Prints micro-F1, core F1 and mean average precision of words and vectors fused, and of vectors alone.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from klumme.settings import Settings
from klumme.themes.codebook import Codebook, load_codebook
from klumme.themes.encoder import Encoder
from klumme.themes.evaluate import AUTHORS, Result, cross_evaluate, evaluate_outside, outside_sets, splits
from klumme.themes.examples import make_examples, trainable
from klumme.themes.keeping import labelled
from klumme.themes.readings import Reader, open_reader
from klumme.themes.systems import OURS, systems
from klumme.workspace import Workspace, find_home

WHAT = (OURS, "vectors")
HOME = Workspace(find_home(), find_home())


def results(folder: Path, codebook: Codebook, reader: Reader, passages: Path | None) -> Iterator[Result]:
    """Both systems with one encoder, on authors held out and on the sets of other hands."""
    encoder, joined = Encoder(folder), labelled(HOME).labelled
    themes, _ = trainable(joined, codebook)
    examples = make_examples(joined, themes, reader, encoder)
    rows = [system for system in systems(codebook, dense=True) if system.name in WHAT]
    yield from (cross_evaluate(system, examples, AUTHORS, splits(examples)[AUTHORS]) for system in rows)
    if passages:
        yield from evaluate_outside(rows, examples, outside_sets(passages, codebook, reader, themes, encoder))


def main() -> None:
    """Judge each encoder, print a row for each set and system."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--passages", type=Path)
    given = parser.parse_args()
    codebook, reader = load_codebook(HOME.codebook), open_reader(HOME, Settings().annotate.pipeline)
    table: dict[tuple[str, str], list[list[float]]] = {}
    for folder in given.folders:
        for result in results(folder, codebook, reader, given.passages):
            three = _three(result.figures(codebook.core))
            table.setdefault((result.set, result.system), []).append(three)
            _print(folder.name, result.set, result.system, *(f"{value:.3f}" for value in three))
    for (name, system), runs in table.items():
        if len(runs) > 1:
            both = zip(np.mean(runs, axis=0), np.std(runs, axis=0, ddof=1), strict=True)
            _print("mean, deviation", name, system, *(f"{mean:.3f} ({spread:.3f})" for mean, spread in both))


def _three(found: dict[str, Any]) -> list[float]:
    return [found[over][name][0] for over, name in (("micro", "f1"), ("core", "f1"), ("macro", "ap"))]


def _print(which: str, name: str, system: str, *values: str) -> None:
    print(f"{which:16} {name:30} {system:8}", *values, flush=True)


if __name__ == "__main__":
    main()
