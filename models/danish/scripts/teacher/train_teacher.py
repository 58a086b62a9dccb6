"""Fine-tune the teacher: `train_teacher.py E5_FILE TRAIN DEV OUT [--epochs N] [--seed N]`."""

import argparse
import logging
import math
import random
import sys
from collections.abc import Sequence
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).parents[1]))

from conllu import Sentence, plain_entity, read_conllu
from data import Vocabulary, batches, make_batch, vocabulary
from label import label
from model import Teacher

log = logging.getLogger("teacher")
WORDS = 600  # words a batch
FROZEN = 3  # lowest layers left as they are, to save a fifth of the time


def scores(gold: Sequence[Sentence], told: Sequence[Sentence]) -> dict[str, float]:
    """UAS, LAS, tag accuracy and entity F1 of labelled sentences, gold words and sentences."""
    pairs = [(a, b) for s, t in zip(gold, told, strict=True) for a, b in zip(s.words, t.words, strict=True)]
    found, known = ({(i, *span) for i, s in enumerate(part) for span in spans(s)} for part in (told, gold))
    share = {
        "uas": sum(a.head == b.head for a, b in pairs),
        "las": sum((a.head, a.deprel) == (b.head, b.deprel) for a, b in pairs),
        "tag": sum((a.pos, a.feats) == (b.pos, b.feats) for a, b in pairs),
    }
    right = len(found & known)
    return {k: v / len(pairs) for k, v in share.items()} | {"ents_f": 2 * right / max(len(found) + len(known), 1)}


def spans(sentence: Sentence) -> list[tuple[int, int, str]]:
    """The entities of a sentence as (first word, after the last word, kind)."""
    found: list[tuple[int, int, str]] = []
    for at, word in enumerate(sentence.words):
        kind = plain_entity(word.ner)[2:]
        if found and word.ner.startswith("I-") and found[-1][1:] == (at, kind):
            found[-1] = (found[-1][0], at + 1, kind)
        elif kind:
            found.append((at, at + 1, kind))
    return found


def make_optimizer(teacher: Teacher, steps: int) -> tuple[torch.optim.Optimizer, torch.optim.lr_scheduler.LambdaLR]:
    """AdamW with a slow encoder and fast heads, a tenth of warm-up and linear decay."""
    own = [p for p in teacher.encoder.parameters() if p.requires_grad]
    ids = {id(p) for p in own}
    rest = [p for p in teacher.parameters() if p.requires_grad and id(p) not in ids]
    groups = [{"params": own, "lr": 1e-4}, {"params": rest, "lr": 1e-3}]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01)
    return optimizer, torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda n: min(n / (steps / 10), max(0.0, (steps - n) / (steps * 0.9)))
    )


def train(teacher: Teacher, vocab: Vocabulary, sentences: list[Sentence], epochs: int, seed: int) -> None:
    """Train in place; for two sentences in three the model is told the tags."""
    rng = random.Random(seed)  # noqa: S311
    steps = epochs * sum(1 for _ in batches(sentences, WORDS, random.Random(seed)))  # noqa: S311
    optimizer, schedule = make_optimizer(teacher, steps)
    for epoch in range(epochs):
        total, count = 0.0, 0
        teacher.train()
        for group in batches(sentences, WORDS, rng):
            tell = [rng.random() < 0.67 for _ in group]
            loss = teacher.loss(make_batch(group, teacher.encoder.tokenizer, vocab, tell))
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(teacher.parameters(), 1.0)
            optimizer.step()
            if count < steps:
                schedule.step()
            total, count = total + loss.item(), count + 1
        log.info("epoch %d loss %.4f", epoch, total / count)
        if not math.isfinite(total):
            raise RuntimeError("the loss is not finite; lower the learning rate")


def main() -> None:
    """Train, measure on dev, save."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("e5", "train", "dev", "out"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    torch.manual_seed(given.seed)
    sentences = [s for s in read_conllu(given.train) if len(s.words) <= 120]
    vocab = vocabulary(sentences)
    teacher = Teacher(given.e5, vocab.tags, vocab.rels)
    teacher.encoder.freeze(FROZEN)
    train(teacher, vocab, sentences, given.epochs, given.seed)
    torch.save({"tags": vocab.tags, "rels": vocab.rels, "state": teacher.state_dict()}, given.out)
    dev = read_conllu(given.dev)
    for told in (True, False):
        result = scores(dev, label(teacher, vocab, dev, told))
        log.info("dev, tags told %s: %s", told, {k: round(100 * v, 2) for k, v in result.items()})


if __name__ == "__main__":
    main()
