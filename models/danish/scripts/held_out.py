"""Join UD's trees and DaN+'s entities for dev and test: `held_out.py TREEBANK OUT_DIR`."""

import argparse
from pathlib import Path

from conllu import Sentence, read_conllu, write_conllu


def read_entities(path: Path) -> list[list[tuple[str, str]]]:
    """The sentences of a DaN+ file as (form, layer-1 label) pairs."""
    sentences: list[list[tuple[str, str]]] = [[]]
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip():
            form, label = line.split("\t")[:2]
            sentences[-1].append((form, label))
        elif sentences[-1]:
            sentences.append([])
    return [sentence for sentence in sentences if sentence]


def with_entities(treebank: Path, part: str) -> list[Sentence]:
    """UD's dev or test sentences with DaN+ labels; raises ValueError where the two differ."""
    sentences = read_conllu(treebank / f"da_ddt-ud-{part}.conllu")
    entities = read_entities(treebank / f"da_news_{part}.tsv")
    for sentence, labelled in zip(sentences, entities, strict=True):
        if sentence.forms != [form for form, _ in labelled]:
            raise ValueError(f"{sentence.name}: the words of UD and DaN+ differ; check the folder")
        for word, (_, label) in zip(sentence.words, labelled, strict=True):
            word.ner = label
    return sentences


def main() -> None:
    """Write dev.conllu and test.conllu."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("treebank", type=Path)
    parser.add_argument("out", type=Path)
    given = parser.parse_args()
    for part in ("dev", "test"):
        write_conllu(given.out / f"{part}.conllu", with_entities(given.treebank, part))


if __name__ == "__main__":
    main()
