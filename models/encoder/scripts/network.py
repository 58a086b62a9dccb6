"""The encoder with its heads: themes of a text, themes that its sentences carry, what the original said of likeness."""

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import nn

sys.path.insert(0, str(Path(__file__).parents[2] / "danish" / "scripts" / "teacher"))

from e5 import Encoder

MASK = 250001  # the original's row for a hidden piece; used in training only, behind the pruned rows
MEANING = 128  # how wide the vectors for likeness are
PAD = 1


class Network(nn.Module):
    """Pruned multilingual-e5-small: mean-pooled states, theme log-odds, and a narrower vector for likeness.

    Without `sentences` there is no head for them, and none is drawn: the random numbers behind stay what they were.
    """

    def __init__(self, e5: Path, rows: np.ndarray, themes: int, *, sentences: bool = True) -> None:
        super().__init__()
        self.encoder = Encoder(e5)
        self.encoder.table = self.encoder.table[torch.tensor([*rows.tolist(), MASK])].clone()
        size = self.encoder.layout.hidden
        self.themes = nn.Linear(size, themes)
        self.carrying = nn.Linear(size, themes) if sentences else None
        self.likeness = nn.Linear(size, MEANING)
        self.register_buffer("mean", torch.zeros(size))
        self.register_buffer("spread", torch.ones(size))
        self.register_buffer("axes", torch.zeros(MEANING, size))

    @property
    def hidden(self) -> int:
        """The number of the piece that stands for a hidden one."""
        return len(self.encoder.table) - 1

    def states(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """The last layer's states (texts x pieces x width)."""
        return self.encoder(ids, mask.bool())[-1].float()

    def pool(self, states: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """The mean state of each text."""
        weights = mask[:, :, None].float()
        return (states * weights).sum(1) / weights.sum(1)

    def log_odds(self, vectors: torch.Tensor) -> torch.Tensor:
        """What the head says of each theme."""
        return self.themes((vectors - self.mean) / self.spread)

    def carried(self, states: torch.Tensor, where: torch.Tensor) -> torch.Tensor:
        """What the head says of each sentence and theme; `where` is what `places` returns."""
        means = where @ states / where.sum(-1, keepdim=True).clamp(min=1)
        return self.carrying((means - self.mean) / self.spread)

    def go_on(self, former: dict[str, torch.Tensor]) -> None:
        """Take the weights of a stage before; one that learnt nothing from sentences lends its head for texts."""
        lent = {f"carrying.{name}": former[f"themes.{name}"] for name in ("weight", "bias")} if self.carrying else {}
        self.load_state_dict(lent | former)

    def start(self, vectors: np.ndarray, positives: np.ndarray, negatives: np.ndarray) -> None:
        """Set the heads from the original's vectors of the training texts.

        Likeness starts as the first MEANING principal components of those vectors.
        """
        mean, spread = vectors.mean(axis=0), vectors.std(axis=0) + 1e-6
        axes = np.linalg.svd(vectors - mean, full_matrices=False)[2][:MEANING]
        with torch.no_grad():
            self.mean.copy_(torch.from_numpy(mean))
            self.spread.copy_(torch.from_numpy(spread))
            self.axes.copy_(torch.from_numpy(axes))
            self.themes.weight.zero_()
            self.themes.bias.copy_(torch.from_numpy(np.log(positives / negatives)))
            if self.carrying:
                self.carrying.load_state_dict(self.themes.state_dict())
            self.likeness.weight.copy_(self.axes)
            self.likeness.bias.copy_(-self.axes @ self.mean)

    def kept(self, vectors: np.ndarray) -> torch.Tensor:
        """What the vectors for likeness are to keep of the original's vectors (texts x MEANING)."""
        return (torch.from_numpy(vectors) - self.mean) @ self.axes.T


def pad(pieces: Sequence[Sequence[int]]) -> tuple[torch.Tensor, torch.Tensor]:
    """Piece numbers and mask (texts x pieces) of texts of unlike length."""
    longest = max(map(len, pieces))
    ids = torch.tensor([[*one, *[PAD] * (longest - len(one))] for one in pieces])
    mask = torch.tensor([[1] * len(one) + [0] * (longest - len(one)) for one in pieces])
    return ids, mask


def places(spans: Sequence[Sequence[tuple[int, int]]], offsets: Sequence[Sequence[tuple[int, int]]]) -> torch.Tensor:
    """Say of each text, sentence and piece (texts x sentences x pieces) whether the piece stands in the sentence."""
    found = torch.zeros(len(spans), max(map(len, spans)), max(map(len, offsets)))
    for text, (sentences, pieces) in enumerate(zip(spans, offsets, strict=True)):
        for number, (start, end) in enumerate(sentences):
            for piece, (first, last) in enumerate(pieces):
                found[text, number, piece] = first < last and start < last <= end
    return found
