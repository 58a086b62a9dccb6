"""Export the mean of some seeds as ONNX with 8-bit weights: `export.py E5_FILE TREEBANK VOCABULARY OUT SEED.pt...`.

The mean of the weights of models tuned from one start ("model soup", Wortsman et al. 2022) costs nothing at run time.
"""

import argparse
import hashlib
import json
import logging
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from network import MEANING, Network, pad
from onnxruntime.quantization import QuantType, quantize_dynamic
from texts import read_texts
from tokenizers import Tokenizer
from torch import nn

from klumme.themes.encoder import MARK
from klumme.themes.labels import text_hash

NAME, VERSION = "klumme-e5-da", "1.5.0"
OUTPUTS = ("states", "themes", "meaning")


class Shipped(nn.Module):
    """What runs: the states of all pieces, their mean for the classifier, and a vector of unit length for likeness."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Shapes: ids and mask (texts x pieces)."""
        states = self.network.states(ids, mask)
        pooled = self.network.pool(states, mask)
        return states, pooled, nn.functional.normalize(self.network.likeness(pooled), dim=-1)


class Rows(nn.Module):
    """The word table in 8 bits, with a scale for each row: onnxruntime's own quantizer has one for the whole table."""

    def __init__(self, table: torch.Tensor) -> None:
        super().__init__()
        scale = table.abs().amax(dim=1, keepdim=True).clamp(min=1e-8) / 127
        self.register_buffer("numbers", torch.round(table / scale).to(torch.int8))
        self.register_buffer("scale", scale)

    def __getitem__(self, ids: torch.Tensor) -> torch.Tensor:
        """The vectors of some pieces."""
        return self.numbers[ids].float() * self.scale[ids]


def soup(paths: Sequence[Path]) -> dict[str, torch.Tensor]:
    """The mean of the weights."""
    states = [torch.load(path, weights_only=True) for path in paths]
    return {key: torch.stack([state[key].float() for state in states]).mean(0) for key in states[0]}


def load(e5: Path, rows: np.ndarray, themes: int, paths: Sequence[Path]) -> Network:
    """The network with the mean weights, without the row that stands for hidden pieces."""
    network = Network(e5, rows, themes)
    network.go_on(soup(paths))
    table = network.encoder.table[:-1].clone()
    del network.encoder.table
    network.encoder.table = Rows(table)
    return network.eval()


def write_onnx(network: Network, out: Path) -> None:
    """Write the network with 8-bit weights, a scale for each channel."""
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "whole.onnx"
        axes = {
            "ids": {0: "texts", 1: "pieces"},
            "mask": {0: "texts", 1: "pieces"},
            "states": {0: "texts", 1: "pieces"},
        }
        axes |= {"themes": {0: "texts"}, "meaning": {0: "texts"}}
        torch.onnx.export(
            Shipped(network), pad([[0, 5, 6, 7, 2], [0, 9, 2]]), whole, input_names=["ids", "mask"],
            output_names=list(OUTPUTS), dynamic_axes=axes, opset_version=17, dynamo=False,
        )  # fmt: skip
        quantize_dynamic(whole, out, per_channel=True, reduce_range=True, weight_type=QuantType.QInt8)


def main() -> None:
    """Export, and say what it is in encoder.json."""
    logging.basicConfig(level=logging.ERROR)
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("e5", "treebank", "vocabulary", "out"):
        parser.add_argument(name, type=Path)
    parser.add_argument("seeds", type=Path, nargs="+")
    given = parser.parse_args()
    learnt = read_texts(given.treebank)
    network = load(given.e5, np.load(given.vocabulary / "rows.npy"), len(learnt.themes), given.seeds)
    given.out.mkdir(parents=True, exist_ok=True)
    write_onnx(network, given.out / "model.onnx")
    shutil.copy(given.vocabulary / "tokenizer.json", given.out / "tokenizer.json")
    about = {
        "name": NAME, "version": VERSION, "width": network.encoder.layout.hidden, "meaning": MEANING,
        "sha256": hashlib.sha256((given.out / "model.onnx").read_bytes()).hexdigest(),
        "learnt": sorted(text_hash(text)[:MARK] for text in learnt.texts),
    }  # fmt: skip
    (given.out / "encoder.json").write_text(json.dumps(about, indent=0) + "\n", encoding="utf-8")
    print(Tokenizer.from_file(str(given.out / "tokenizer.json")).get_vocab_size(), "pieces", file=sys.stderr)


if __name__ == "__main__":
    main()
