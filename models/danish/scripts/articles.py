"""Sentences of the sample articles, words only: `articles.py FOLDER TREEBANK OUT.conllu`.

The articles are invented and stand in the repository; the teacher labels them, so that the small
pipeline sees the kind of text it is for. What touches dev or test is left out.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

import spacy
from conllu import Sentence, Word, write_conllu
from held_out import with_entities
from leaks import HeldOut
from spacy.language import Language


def paragraphs(path: Path) -> Iterator[str]:
    """The plain lines of an article: no front matter, headings or pull quotes."""
    body = path.read_text(encoding="utf-8").split("+++")[-1]
    for line in body.splitlines():
        if line.strip() and line[0] not in "#>+|!-":
            yield line.strip()


def sentences(nlp: Language, paths: list[Path]) -> Iterator[Sentence]:
    """Each sentence of each paragraph with its words and spaces."""
    texts = [text for path in paths for text in paragraphs(path)]
    for number, doc in enumerate(nlp.pipe(texts)):
        for place, span in enumerate(doc.sents):
            words = [Word(t.text, space=bool(t.whitespace_)) for t in span if not t.is_space]
            yield Sentence(f"article-{number}-{place}", words)


def main() -> None:
    """Read, cut, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("folder", "treebank", "out"):
        parser.add_argument(name, type=Path)
    given = parser.parse_args()
    nlp = spacy.blank("da")
    nlp.add_pipe("sentencizer")
    held = HeldOut(s.forms for part in ("dev", "test") for s in with_entities(given.treebank, part))
    found = sentences(nlp, sorted(given.folder.glob("*.txt")))
    write_conllu(given.out, [s for s in found if 2 <= len(s.words) <= 100 and not held.touches(s.forms)])


if __name__ == "__main__":
    main()
