"""Pack sentences with their boundaries alone, in several random orders: `orders.py OUT.spacy SIZE ORDERS FILE...`.

A sentence that ends without a stop is rare in the treebank, and what stands behind it is whatever sentence came next in
the file: in several orders the senter sees more of both.
"""

import argparse
import random
from collections.abc import Sequence
from pathlib import Path

import spacy
from conllu import Sentence, read_conllu
from spacy.tokens import Doc, DocBin
from spacy.vocab import Vocab


def bounded(vocab: Vocab, sentences: Sequence[Sentence]) -> Doc:
    """One document that knows only where its sentences begin."""
    words = [word for sentence in sentences for word in sentence.words]
    starts = [i == 0 for sentence in sentences for i in range(len(sentence.words))]
    return Doc(vocab, words=[w.form for w in words], spaces=[w.space for w in words], sent_starts=starts)


def pack(sentences: Sequence[Sentence], size: int, orders: int) -> DocBin:
    """All sentences as documents of `size` sentences, once for each order."""
    vocab, rng, bundle = spacy.blank("da").vocab, random.Random(0), DocBin(store_user_data=False)  # noqa: S311
    for _ in range(orders):
        shuffled = rng.sample(sentences, len(sentences))
        for start in range(0, len(shuffled), size):
            bundle.add(bounded(vocab, shuffled[start : start + size]))
    return bundle


def main() -> None:
    """Read the arguments, pack, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("size", type=int)
    parser.add_argument("orders", type=int)
    parser.add_argument("files", type=Path, nargs="+")
    given = parser.parse_args()
    sentences = [sentence for path in given.files for sentence in read_conllu(path)]
    pack(sentences, given.size, given.orders).to_disk(given.out)


if __name__ == "__main__":
    main()
