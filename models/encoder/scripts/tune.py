"""Tune the encoder on the themes, in one stage or several: `tune.py E5_FILE TREEBANK VOCABULARY OUT [--help]`.

Binary cross-entropy on the mean-pooled vector, plus a term that keeps the likeness of texts as the original had it.
bfloat16 on the CPU; two cores with avx512_bf16 learn from 27 texts a second, from 38 with three seeds side by side.
"""

import argparse
import logging
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from network import PAD, Network, pad
from texts import read_texts
from tokenizers import Tokenizer
from torch import nn

from klumme.themes.labels import moment

log = logging.getLogger("tune")
BATCH, FROZEN = 16, 3
RATE, HEAD_RATE = 1e-4, 1e-3
KEEP, HIDE, WEIGHT = 0.3, 0.1, 4.0  # weight of likeness, share of pieces hidden, at most for a positive answer


def batches(lengths: list[int], rng: random.Random) -> Iterator[list[int]]:
    """Rows in batches of like length, in random order."""
    rows = list(range(len(lengths)))
    rng.shuffle(rows)
    chunks = [sorted(rows[i : i + 40 * BATCH], key=lengths.__getitem__) for i in range(0, len(rows), 40 * BATCH)]
    found = [chunk[i : i + BATCH] for chunk in chunks for i in range(0, len(chunk), BATCH)]
    rng.shuffle(found)
    yield from found


def vectors(network: Network, pieces: list[list[int]]) -> np.ndarray:
    """The pooled vectors of texts, without dropout."""
    network.eval()
    found = np.zeros((len(pieces), network.encoder.layout.hidden), dtype=np.float32)
    order = sorted(range(len(pieces)), key=lambda i: len(pieces[i]))
    with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
        for start in range(0, len(order), BATCH):
            rows = order[start : start + BATCH]
            ids, mask = pad([pieces[row] for row in rows])
            found[rows] = network.pool(network.states(ids, mask), mask).numpy()
    network.train()
    return found


def hide(ids: torch.Tensor, number: int) -> torch.Tensor:
    """Put a share of the pieces, but for the marks of beginning, end and padding, out of sight."""
    chosen = (torch.rand(ids.shape) < HIDE) & (ids > PAD + 1)
    return torch.where(chosen, torch.tensor(number), ids)


@dataclass(frozen=True)
class Stage:
    """A run through the texts: how often, from which seed, whether the rate is held behind the warm-up, not lowered."""

    epochs: int
    seed: int
    hold: bool

    def share(self, step: int, steps: int) -> float:
        """The share of the full rate at a step: a tenth of warm-up, then level or linear decay."""
        return min((step + 1) / (steps / 10), 1.0 if self.hold else max(0.0, (steps - step) / (steps * 0.9)))


Optimizer = tuple[torch.optim.Optimizer, torch.optim.lr_scheduler.LambdaLR]


def optimizer_of(network: Network, stage: Stage, steps: int) -> Optimizer:
    """AdamW with a slow encoder and fast heads."""
    inner = [p for p in network.encoder.parameters() if p.requires_grad]
    heads = [*network.themes.parameters(), *network.likeness.parameters()]
    groups = [{"params": inner, "lr": RATE}, {"params": heads, "lr": HEAD_RATE}]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01)
    return optimizer, torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: stage.share(step, steps))


def begin(network: Network, pieces: list[list[int]], answers: np.ndarray, former: Path | None) -> torch.Tensor:
    """Set the heads, or take all from a stage before; returns what likeness is to keep of the original."""
    original = vectors(network, pieces)
    if former:
        network.load_state_dict(torch.load(former, weights_only=True))
    else:
        network.start(original, np.nansum(answers, axis=0), (answers == 0).sum(axis=0))
    return network.kept(original)


def train(network: Network, pieces: list[list[int]], answers: np.ndarray, kept: torch.Tensor, stage: Stage) -> None:
    """Train in place."""
    rng, lengths = random.Random(stage.seed), [len(one) for one in pieces]  # noqa: S311
    positives, negatives = np.nansum(answers, axis=0), (answers == 0).sum(axis=0)
    weight = torch.from_numpy(np.minimum(negatives / positives, WEIGHT).astype(np.float32))
    entropy = nn.BCEWithLogitsLoss(pos_weight=weight, reduction="none")
    y = torch.from_numpy(answers)
    optimizer, schedule = optimizer_of(network, stage, stage.epochs * math.ceil(len(pieces) / BATCH))
    for epoch in range(stage.epochs):
        losses = []
        for rows in batches(lengths, rng):
            ids, mask = pad([pieces[row] for row in rows])
            with torch.autocast("cpu", dtype=torch.bfloat16):
                states = network.states(hide(ids, network.hidden), mask)
            pooled = network.pool(states, mask)
            coded = ~torch.isnan(y[rows])
            loss = entropy(network.log_odds(pooled), torch.nan_to_num(y[rows]))[coded].mean()
            loss = loss + KEEP * (1 - nn.functional.cosine_similarity(network.likeness(pooled), kept[rows])).mean()
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_([p for g in optimizer.param_groups for p in g["params"]], 1.0)
            optimizer.step()
            schedule.step()
            losses.append(loss.item())
        log.info("seed %d epoch %d loss %.4f", stage.seed, epoch, float(np.mean(losses)))


def main() -> None:
    """Train one seed and save it."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("e5", "treebank", "vocabulary", "out"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--until", type=moment, help="only labels given before this time")
    parser.add_argument("--hold", action="store_true", help="hold the rate, for a stage that another follows")
    parser.add_argument("--after", type=Path, help="go on from the weights of this stage")
    given = parser.parse_args()
    torch.manual_seed(given.seed)
    learnt = read_texts(given.treebank, given.until)
    tokenizer = Tokenizer.from_file(str(given.vocabulary / "tokenizer.json"))
    pieces = [one.ids for one in tokenizer.encode_batch(list(learnt.texts))]
    network = Network(given.e5, np.load(given.vocabulary / "rows.npy"), len(learnt.themes))
    network.encoder.freeze(FROZEN)
    log.info("%d texts, %s", len(pieces), dict(zip(learnt.themes, np.nansum(learnt.answers, axis=0), strict=True)))
    kept = begin(network, pieces, learnt.answers, given.after)
    train(network, pieces, learnt.answers, kept, Stage(given.epochs, given.seed, given.hold))
    given.out.parent.mkdir(parents=True, exist_ok=True)
    torch.save(network.state_dict(), given.out)


if __name__ == "__main__":
    main()
