"""Sentences to batches for the teacher."""

import random
from collections.abc import Iterator, Sequence

import torch
from conllu import Sentence, Word, plain_entity
from e5 import Tokenizer
from model import ENTITIES, Batch

UNKNOWN = -100


class Vocabulary:
    """The numbers of tags (from 1), relations and entities."""

    def __init__(self, tags: Sequence[str], rels: Sequence[str]) -> None:
        self.tags, self.rels = list(tags), list(rels)
        self.tag_rank = {t: i + 1 for i, t in enumerate(self.tags)}
        self.rel_rank = {r: i for i, r in enumerate(self.rels)}

    def tag(self, word: Word) -> int:
        """The number of a word's tag and features, 0 for none or a rare one."""
        return self.tag_rank.get(f"{word.pos} {word.feats}", 0)


def vocabulary(sentences: Sequence[Sentence]) -> Vocabulary:
    """All tags and relations of the training sentences."""
    words = [w for s in sentences for w in s.words]
    tags = sorted({f"{w.pos} {w.feats}" for w in words if w.pos})
    return Vocabulary(tags, sorted({w.deprel for w in words if w.deprel}))


def batches(sentences: Sequence[Sentence], size: int, rng: random.Random | None) -> Iterator[list[Sentence]]:
    """Sentences of like length together, at most `size` words a batch; shuffled where rng is given."""
    order = sorted(sentences, key=lambda s: len(s.words) + (rng.random() * 6 if rng else 0))
    groups: list[list[Sentence]] = [[]]
    for sentence in order:
        if groups[-1] and (len(groups[-1]) + 1) * len(sentence.words) > size:
            groups.append([])
        groups[-1].append(sentence)
    if rng:
        rng.shuffle(groups)
    yield from groups


def make_batch(sentences: Sequence[Sentence], tokenizer: Tokenizer, vocab: Vocabulary, tell: Sequence[bool]) -> Batch:
    """One batch; `tell` says for which sentences the model is told the tags."""
    rows = [_pieces(s, tokenizer) for s in sentences]
    longest, width = max(len(p) for p, _ in rows), max(len(s.words) for s in sentences)
    pieces = torch.tensor([p + [1] * (longest - len(p)) for p, _ in rows])
    owner = torch.tensor([o + [0] * (longest - len(o)) for _, o in rows])

    def table(of: list[list[int]], fill: int) -> torch.Tensor:
        return torch.tensor([row + [fill] * (width - len(row)) for row in of])

    tags = [[vocab.tag(w) or UNKNOWN for w in s.words] for s in sentences]
    given = [[max(t, 0) * told for t in row] for row, told in zip(tags, tell, strict=True)]
    return Batch(
        pieces=pieces,
        seen=pieces != 1,
        owner=owner,
        given=table(given, 0),
        tags=table(tags, UNKNOWN),
        heads=table([[UNKNOWN if w.head is None else w.head for w in s.words] for s in sentences], UNKNOWN),
        rels=table([[vocab.rel_rank.get(w.deprel, UNKNOWN) for w in s.words] for s in sentences], UNKNOWN),
        ents=table([_entities(s) for s in sentences], UNKNOWN),
        words=table([[1] * len(s.words) for s in sentences], 0).bool(),
    )


def _pieces(sentence: Sentence, tokenizer: Tokenizer) -> tuple[list[int], list[int]]:
    numbers, owner = [0], [0]
    space = True
    for at, word in enumerate(sentence.words, 1):
        found = tokenizer.word(word.form, space)[:30]
        numbers += found
        owner += [at] * len(found)
        space = word.space
    return [*numbers[:500], 2], [*owner[:500], 0]


def _entities(sentence: Sentence) -> list[int]:
    return [ENTITIES.index(plain_entity(w.ner)) if w.ner else UNKNOWN for w in sentence.words]
