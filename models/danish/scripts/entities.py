"""Put entities that were read by eye into sentences: `entities.py IN.conllu LABELS.jsonl OUT.conllu`.

The labels stand apart from the text, since the text is not ours: a line names a sentence by the hash of its words, and
each entity by its first word, the word after its last (from 0) and its type. Sentences without a line keep what they
have. Where a line's sentence is not in the file, the number of such lines is told.
"""

import argparse
import hashlib
import json
import logging
from collections.abc import Iterable, Sequence
from pathlib import Path

from conllu import Sentence, read_conllu, write_conllu

log = logging.getLogger("entities")
Span = tuple[int, int, str]


def mark(forms: Sequence[str]) -> str:
    """The name of a sentence in the labels: sixteen digits of its words' SHA-256."""
    return hashlib.sha256(" ".join(forms).encode()).hexdigest()[:16]


def bio(size: int, spans: Iterable[Span]) -> list[str]:
    """The labels of a sentence of `size` words."""
    labels = ["O"] * size
    for start, end, kind in spans:
        labels[start:end] = [f"B-{kind}", *[f"I-{kind}"] * (end - start - 1)]
    return labels


def read_labels(path: Path) -> dict[str, list[Span]]:
    """The entities of each sentence by its name."""
    lines = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    return {line["sentence"]: [tuple(span) for span in line["entities"]] for line in lines}


def put(sentences: Iterable[Sentence], labels: dict[str, list[Span]]) -> list[str]:
    """Give the sentences that have labels their entities, and return the names of these sentences."""
    found = []
    for sentence in sentences:
        if (spans := labels.get(name := mark(sentence.forms))) is None:
            continue
        found.append(name)
        for word, label in zip(sentence.words, bio(len(sentence.words), spans), strict=True):
            word.ner = label
    return found


def main() -> None:
    """Read, put, write."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("sentences", "labels", "out"):
        parser.add_argument(name, type=Path)
    given = parser.parse_args()
    sentences, labels = read_conllu(given.sentences), read_labels(given.labels)
    found = put(sentences, labels)
    log.info(
        "entities: %d sentences have labels, %d labels have no sentence", len(found), len(labels) - len(set(found))
    )
    write_conllu(given.out, sentences)


if __name__ == "__main__":
    main()
