"""A teacher on the restored encoder: tags, trees (Dozat & Manning 2017) and entities together."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from e5 import Encoder
from torch import nn

ENTITIES = ["O"] + [f"{p}-{k}" for k in ("PER", "LOC", "ORG", "MISC") for p in "BI"]


@dataclass
class Batch:
    """Sentences as tensors; -100 stands for what is not known."""

    pieces: torch.Tensor  # (batch, pieces)
    seen: torch.Tensor  # (batch, pieces), True where a piece is
    owner: torch.Tensor  # (batch, pieces), the word of a piece from 1, 0 for none
    given: torch.Tensor  # (batch, words), tag numbers told to the model, 0 for none
    tags: torch.Tensor  # (batch, words), from 1
    heads: torch.Tensor  # (batch, words), 0 is the root
    rels: torch.Tensor  # (batch, words)
    ents: torch.Tensor  # (batch, words)
    words: torch.Tensor  # (batch, words), True where a word is


class Biaffine(nn.Module):
    """Scores of pairs, one plane per class; shape (batch, classes, dependents, heads)."""

    def __init__(self, size: int, classes: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(classes, size + 1, size + 1))
        nn.init.normal_(self.weight, std=0.01)

    def forward(self, low: torch.Tensor, high: torch.Tensor) -> torch.Tensor:
        """Shapes: low and high (batch, words, size)."""
        low, high = (nn.functional.pad(x, (0, 1), value=1.0) for x in (low, high))
        return torch.einsum("bxi,cij,byj->bcxy", low, self.weight, high)


class Teacher(nn.Module):
    """Encoder, a mix of its layers, word means, and three heads."""

    def __init__(self, path: Path, tags: Sequence[str], rels: Sequence[str], dropout: float = 0.2) -> None:
        super().__init__()
        self.encoder = Encoder(path)
        size = self.encoder.layout.hidden
        self.mix = nn.Parameter(torch.linspace(-1, 1, self.encoder.layout.layers))
        self.tag_table = nn.Embedding(len(tags) + 1, 64, padding_idx=0)
        self.drop = nn.Dropout(dropout)
        self.root = nn.Parameter(torch.randn(size + 64) * 0.1)
        self.tag_head = nn.Linear(size, len(tags) + 1)
        self.ent_head = nn.Sequential(nn.Linear(size + 64, 256), nn.GELU(), nn.Linear(256, len(ENTITIES)))
        self.parts = nn.ModuleList(
            nn.Sequential(nn.Linear(size + 64, width), nn.GELU(), nn.Dropout(dropout)) for width in (320, 320, 128, 128)
        )
        self.arc, self.rel = Biaffine(320, 1), Biaffine(128, len(rels))

    def forward(self, batch: Batch) -> tuple[torch.Tensor, ...]:
        """Logits of tags, arcs (column 0 the root), relations and entities, as Batch shapes them."""
        with torch.autocast("cpu", dtype=torch.bfloat16):
            states = self.encoder(batch.pieces, batch.seen)
        share = torch.softmax(self.mix, 0)
        mixed = sum(w * s.float() for w, s in zip(share, states, strict=True))
        plain = self.drop(_word_means(mixed, batch.owner, batch.words.shape[1]))
        full = torch.cat([plain, self.drop(self.tag_table(batch.given))], dim=-1)
        rooted = torch.cat([self.root.expand(len(full), 1, -1), full], dim=1)
        low, high, low_rel, high_rel = self.parts
        arcs = self.arc(low(full), high(rooted))[:, 0]
        known = nn.functional.pad(batch.words, (1, 0), value=True)
        arcs = arcs.masked_fill(~known[:, None, :], -1e4)
        rels = self.rel(low_rel(full), high_rel(rooted))
        return self.tag_head(plain), arcs, rels, self.ent_head(full)

    def loss(self, batch: Batch) -> torch.Tensor:
        """The weighted sum of the four cross-entropies."""
        tags, arcs, rels, ents = self(batch)
        heads = batch.heads.clamp(min=0)
        index = heads[:, None, :, None].expand(-1, rels.shape[1], -1, 1)
        named = rels.gather(3, index)[..., 0]
        cross = nn.functional.cross_entropy
        return (
            0.5 * cross(tags.flatten(0, 1), batch.tags.flatten(), ignore_index=-100)
            + cross(arcs.flatten(0, 1), batch.heads.flatten(), ignore_index=-100)
            + cross(named, batch.rels, ignore_index=-100)
            + cross(ents.flatten(0, 1), batch.ents.flatten(), ignore_index=-100)
        )


def _word_means(states: torch.Tensor, owner: torch.Tensor, words: int) -> torch.Tensor:
    """The mean over each word's pieces; shape (batch, words, hidden)."""
    batch, _, size = states.shape
    sums = states.new_zeros(batch, words + 1, size)
    sums = sums.scatter_add(1, owner[..., None].expand(-1, -1, size), states)
    counts = states.new_zeros(batch, words + 1).scatter_add(1, owner, torch.ones_like(owner, dtype=states.dtype))
    return sums[:, 1:] / counts[:, 1:, None].clamp(min=1)
