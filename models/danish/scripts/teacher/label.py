"""Label sentences with the teacher: `label.py E5_FILE TEACHER IN.conllu OUT.conllu`."""

import argparse
import sys
from collections.abc import Sequence
from copy import deepcopy
from pathlib import Path

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).parents[1]))

from conllu import Sentence, read_conllu, write_conllu
from data import Vocabulary, batches, make_batch
from model import ENTITIES, Teacher
from mst import best_tree

ALLOWED = np.array([[not b.startswith("I-") or a[2:] == b[2:] for b in ENTITIES] for a in ENTITIES])


def label(teacher: Teacher, vocab: Vocabulary, sentences: Sequence[Sentence], told: bool) -> list[Sentence]:
    """Copies with tree and entities of the teacher; with its tags too where it is not told them."""
    teacher.eval()
    done: dict[int, Sentence] = {}
    copies = deepcopy(list(sentences))
    for group in batches(copies, 2000, None):
        batch = make_batch(group, teacher.encoder.tokenizer, vocab, [told] * len(group))
        with torch.no_grad():
            outputs = [part.float().numpy() for part in teacher(batch)]
        for row, sentence in enumerate(group):
            _write(sentence, [part[row] for part in outputs], vocab, told)
            done[id(sentence)] = sentence
    return [done[id(s)] for s in copies]


def _write(sentence: Sentence, parts: Sequence[np.ndarray], vocab: Vocabulary, told: bool) -> None:
    size = len(sentence.words)
    tags, arcs, rels, ents = parts
    heads = best_tree(_log_softmax(arcs[:size, : size + 1]))
    entities = _viterbi(_log_softmax(ents[:size]))
    root = vocab.rel_rank["root"]
    for at, word in enumerate(sentence.words):
        word.head = heads[at]
        names = rels[:, at, heads[at]].copy()
        if heads[at]:
            names[root] = -np.inf
        word.deprel = "root" if heads[at] == 0 else vocab.rels[int(names.argmax())]
        word.ner = ENTITIES[entities[at]]
        if not told:
            word.pos, word.feats = vocab.tags[int(tags[at, 1:].argmax())].split(" ", 1)


def _log_softmax(x: np.ndarray) -> np.ndarray:
    x = x - x.max(axis=-1, keepdims=True)
    return x - np.log(np.exp(x).sum(axis=-1, keepdims=True))


def _viterbi(scores: np.ndarray) -> list[int]:
    """The best entity labels in which an I follows its own kind; shape (words, labels)."""
    best = scores[0] + np.where([e.startswith("I-") for e in ENTITIES], -1e4, 0.0)
    back = []
    for row in scores[1:]:
        through = best[:, None] + np.where(ALLOWED, 0.0, -1e4)
        back.append(through.argmax(axis=0))
        best = through.max(axis=0) + row
    trail = [int(best.argmax())]
    for step in reversed(back):
        trail.append(int(step[trail[-1]]))
    return trail[::-1]


def load(e5: Path, path: Path) -> tuple[Teacher, Vocabulary]:
    """The saved teacher with its vocabulary."""
    saved = torch.load(path, weights_only=True)
    vocab = Vocabulary(saved["tags"], saved["rels"])
    teacher = Teacher(e5, vocab.tags, vocab.rels)
    teacher.load_state_dict(saved["state"])
    return teacher, vocab


def main() -> None:
    """Label one file; where it has tags, the teacher is told them."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("e5", "teacher", "source", "out"):
        parser.add_argument(name, type=Path)
    given = parser.parse_args()
    teacher, vocab = load(given.e5, given.teacher)
    sentences = [s for s in read_conllu(given.source) if len(s.words) <= 150]
    told = all(w.pos for s in sentences[:50] for w in s.words)
    labelled = label(teacher, vocab, sentences, told)
    for word in (w for s in labelled for w in s.words if not told):
        word.pos = word.feats = ""  # its tags are worse than the pipeline's own
    write_conllu(given.out, labelled)


if __name__ == "__main__":
    main()
