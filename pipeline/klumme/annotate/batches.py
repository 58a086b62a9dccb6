"""Annotate one batch of passages: texts in, Arrow tables out; what a worker on any machine does."""

from collections.abc import Sequence

import pyarrow as pa
from spacy.language import Language
from spacy.tokens import Doc

from klumme.annotate.columns import Reader, to_tables

Passages = Sequence[tuple[str, str]]


def annotate(nlp: Language, passages: Passages) -> dict[str, pa.Table]:
    """Analyse passages (id, text) and return the tables tokens, entities and annotations, the anchor last.

    The strings and analyses of a batch are freed with it, so that memory stays flat over any number of batches.
    A text longer than the pipeline takes gets an annotation without tokens: see `too_long`.
    """
    refused, reader = {passage for passage, _ in too_long(nlp, passages)}, Reader()
    taken = [(passage, text) for passage, text in passages if passage not in refused]
    with nlp.memory_zone():
        docs = zip(nlp.pipe(text for _, text in taken), taken, strict=True)
        readings = [reader.read(passage, text, doc) for doc, (passage, text) in docs]
        readings += [reader.read(passage, "", Doc(nlp.vocab)) for passage in sorted(refused)]
        return to_tables(readings, nlp.vocab.strings)


def too_long(nlp: Language, passages: Passages) -> list[tuple[str, int]]:
    """Return the passages, with their length in characters, that are longer than the pipeline takes."""
    return [(passage, len(text)) for passage, text in passages if len(text) > nlp.max_length]
