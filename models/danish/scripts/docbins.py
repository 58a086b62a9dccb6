"""Pack CoNLL-U files into spaCy's binary format: `docbins.py OUT.spacy SIZE FILE...`."""

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

import spacy
from conllu import Sentence, make_doc, read_conllu
from spacy.tokens import DocBin


def grouped(sentences: Sequence[Sentence], size: int) -> Iterator[list[Sentence]]:
    """Runs of at most `size` sentences that know the same layers, in the files' order."""
    group: list[Sentence] = []
    for sentence in sentences:
        if group and (len(group) == size or layers(group[0]) != layers(sentence)):
            yield group
            group = []
        group.append(sentence)
    if group:
        yield group


def layers(sentence: Sentence) -> tuple[bool, ...]:
    """Which of lemma, tags, tree and entities a sentence knows for all its words."""
    words = sentence.words
    return (
        all(w.lemma for w in words),
        all(w.pos for w in words),
        all(w.head is not None for w in words),
        all(w.ner for w in words),
    )


def pack(paths: Sequence[Path], size: int) -> DocBin:
    """All sentences of the files as documents of at most `size` sentences."""
    vocab = spacy.blank("da").vocab
    bundle = DocBin(store_user_data=False)
    for path in paths:
        for group in grouped(read_conllu(path), size):
            bundle.add(make_doc(vocab, group))
    return bundle


def main() -> None:
    """Read the arguments, pack, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("size", type=int)
    parser.add_argument("files", type=Path, nargs="+")
    given = parser.parse_args()
    given.out.parent.mkdir(parents=True, exist_ok=True)
    pack(given.files, given.size).to_disk(given.out)


if __name__ == "__main__":
    main()
