"""The small pipeline of the first round, to measure beside what ships: `first_look.py FIRST NER TABLES OUT`.

It has the parser's sentences, the first round's lemmatizer behind the lemma table, and the entity recognizer without
the list of names.
"""

import argparse
from pathlib import Path

import spacy
from spacy.language import Language


def first_look(first: Path, ner: Path, tables: Path) -> Language:
    """Put it together."""
    nlp, entities = spacy.load(first), spacy.load(ner)
    entities.replace_listeners("tok2vec", "ner", ["model.tok2vec"])
    nlp.add_pipe("klumme_lemmas", before="trainable_lemmatizer").from_disk(tables)
    nlp.add_pipe("ner", source=entities)
    return nlp


def main() -> None:
    """Read the arguments, put together, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("first", "ner", "tables", "out"):
        parser.add_argument(name, type=Path)
    given = parser.parse_args()
    first_look(given.first, given.ner, given.tables).to_disk(given.out)


if __name__ == "__main__":
    main()
