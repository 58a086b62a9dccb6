"""Tune the encoder on the themes, in one stage or several: `tune.py E5_FILE TREEBANK VOCABULARY OUT [--help]`.

Binary cross-entropy on the mean-pooled vector of the text and on that of each sentence, plus a term that keeps the
likeness of texts as the original had it.
bfloat16 on the CPU; two cores with avx512_bf16 learn from 27 texts a second, from 38 with three seeds side by side.
"""

import argparse
import logging
import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from network import PAD, Network, pad, places
from texts import Texts, read_texts
from thinning import Text
from tokenizers import Encoding, Tokenizer
from torch import nn

from klumme.themes.labels import moment

log = logging.getLogger("tune")
BATCH, FROZEN = 16, 3
RATE, HEAD_RATE = 1e-4, 1e-3
KEEP, HIDE, WEIGHT = 0.3, 0.1, 4.0  # weight of likeness, share of pieces hidden, at most for a positive answer
PARTS = 1.0  # weight of the sentences beside the text
INTACT, DROP = 0.5, 0.3  # chance of a text to be left whole in an epoch, and of a sentence of the others to be dropped


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
    """A run through the texts: how often, and from which seed.

    `hold`: the rate is held behind the warm-up, not lowered; `sentences`: learn from them too, and from thinned texts.
    """

    epochs: int
    seed: int
    hold: bool
    sentences: bool

    def share(self, step: int, steps: int) -> float:
        """The share of the full rate at a step: a tenth of warm-up, then level or linear decay."""
        if not steps:
            return 0.0  # no epochs: the original, with heads that know only how frequent the themes are
        return min((step + 1) / (steps / 10), 1.0 if self.hold else max(0.0, (steps - step) / (steps * 0.9)))


Optimizer = tuple[torch.optim.Optimizer, torch.optim.lr_scheduler.LambdaLR]


def optimizer_of(network: Network, stage: Stage, steps: int) -> Optimizer:
    """AdamW with a slow encoder and fast heads."""
    inner = [p for p in network.encoder.parameters() if p.requires_grad]
    heads = [p for head in (network.themes, network.carrying, network.likeness) if head for p in head.parameters()]
    groups = [{"params": inner, "lr": RATE}, {"params": heads, "lr": HEAD_RATE}]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01)
    return optimizer, torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: stage.share(step, steps))


def begin(network: Network, pieces: list[list[int]], answers: np.ndarray, former: Path | None) -> torch.Tensor:
    """Set the heads, or take all from a stage before; returns what likeness is to keep of the original."""
    original = vectors(network, pieces)
    if former:
        network.go_on(torch.load(former, weights_only=True))
    else:
        network.start(original, np.nansum(answers, axis=0), (answers == 0).sum(axis=0))
    return network.kept(original)


class Entropy:
    """Binary cross-entropy over what is known, a positive weighing as much as the negatives there are to it."""

    def __init__(self, answers: np.ndarray) -> None:
        weight = np.minimum((answers == 0).sum(axis=0) / np.nansum(answers, axis=0), WEIGHT)
        self._each = nn.BCEWithLogitsLoss(pos_weight=torch.from_numpy(weight.astype(np.float32)), reduction="none")

    def __call__(self, said: torch.Tensor, answers: torch.Tensor) -> torch.Tensor:
        """The mean over the known answers (rows x themes)."""
        return self._each(said, torch.nan_to_num(answers))[~torch.isnan(answers)].mean()


def thinned(texts: Sequence[Text], rng: random.Random) -> list[Text]:
    """Some of the texts (about a quarter) without some of their sentences, and with what is left of their themes."""
    return [one if rng.random() < INTACT else one.without(_dropped(len(one.spans), rng)) for one in texts]


def _dropped(count: int, rng: random.Random) -> frozenset[int]:
    kept = rng.randrange(count)
    return frozenset(number for number in range(count) if number != kept and rng.random() < DROP)


def train(network: Network, learnt: Texts, tokenizer: Tokenizer, kept: torch.Tensor, stage: Stage) -> None:
    """Train in place."""
    rng = random.Random(stage.seed)  # noqa: S311
    loss_of = Loss(network, learnt, stage.sentences)
    optimizer, schedule = optimizer_of(network, stage, stage.epochs * math.ceil(len(learnt.known) / BATCH))
    for epoch in range(stage.epochs):
        losses, texts = [], thinned(learnt.known, rng) if stage.sentences else learnt.known
        coded = tokenizer.encode_batch([one.text for one in texts])
        for rows in batches([len(one.ids) for one in coded], rng):
            loss = loss_of([texts[row] for row in rows], [coded[row] for row in rows], kept[rows])
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_([p for g in optimizer.param_groups for p in g["params"]], 1.0)
            optimizer.step()
            schedule.step()
            losses.append(loss.item())
        log.info("seed %d epoch %d loss %.4f", stage.seed, epoch, float(np.mean(losses)))


class Loss:
    """The loss of a batch: over its texts, for what likeness lost, and over the sentences that are in sight.

    What is kept of the likeness of a thinned text is that of the whole.
    """

    def __init__(self, network: Network, learnt: Texts, sentences: bool) -> None:
        self._network = network
        self._of_texts = Entropy(learnt.answers)
        self._of_sentences = Entropy(learnt.carried) if sentences else None

    def __call__(self, texts: Sequence[Text], coded: Sequence[Encoding], kept: torch.Tensor) -> torch.Tensor:
        """The sum, weighted."""
        ids, mask = pad([one.ids for one in coded])
        with torch.autocast("cpu", dtype=torch.bfloat16):
            states = self._network.states(hide(ids, self._network.hidden), mask)
        pooled = self._network.pool(states, mask)
        answers = torch.from_numpy(np.array([one.answers for one in texts]))
        loss = self._of_texts(self._network.log_odds(pooled), answers)
        if self._of_sentences:
            loss = loss + PARTS * self._over_sentences(self._of_sentences, states, texts, coded)
        alike = nn.functional.cosine_similarity(self._network.likeness(pooled), kept)
        return loss + KEEP * (1 - alike).mean()

    def _over_sentences(
        self, entropy: Entropy, states: torch.Tensor, texts: Sequence[Text], coded: Sequence[Encoding]
    ) -> torch.Tensor:
        where = places([one.spans for one in texts], [one.offsets for one in coded])
        carried = [torch.from_numpy(one.carried) for one in texts]
        tables = nn.utils.rnn.pad_sequence(carried, batch_first=True, padding_value=np.nan)
        there = where.any(dim=-1)
        return entropy(self._network.carried(states, where)[there], tables[there])


def main() -> None:
    """Train one seed and save it."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("e5", "treebank", "vocabulary", "out"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--until", type=moment, help="only labels given before this time")
    parser.add_argument("--twice-from", type=moment, help="texts first labelled at this time or later count twice")
    parser.add_argument("--texts", type=int, help="only so many texts, drawn at random, for a learning curve")
    parser.add_argument("--hold", action="store_true", help="hold the rate, for a stage that another follows")
    parser.add_argument("--after", type=Path, help="go on from the weights of this stage")
    parser.add_argument("--no-sentences", action="store_true", help="learn nothing from the texts' sentences")
    given = parser.parse_args()
    torch.manual_seed(given.seed)
    learnt = read_texts(given.treebank, given.until).some(given.texts)
    if given.twice_from:
        learnt = learnt.twice(read_texts(given.treebank, given.twice_from))
    tokenizer = Tokenizer.from_file(str(given.vocabulary / "tokenizer.json"))
    rows, sentences = np.load(given.vocabulary / "rows.npy"), not given.no_sentences
    network = Network(given.e5, rows, len(learnt.themes), sentences=sentences)
    network.encoder.freeze(FROZEN)
    for name, table in (("texts", learnt.answers), ("sentences", learnt.carried)):
        positives = dict(zip(learnt.themes, np.nansum(table, axis=0).tolist(), strict=True))
        log.info("%d %s, %s", len(table), name, positives)
    pieces = [one.ids for one in tokenizer.encode_batch(list(learnt.texts))]
    kept = begin(network, pieces, learnt.answers, given.after)
    train(network, learnt, tokenizer, kept, Stage(given.epochs, given.seed, given.hold, sentences))
    given.out.parent.mkdir(parents=True, exist_ok=True)
    torch.save(network.state_dict(), given.out)


if __name__ == "__main__":
    main()
