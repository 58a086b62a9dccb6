"""Settle by the tree what is an auxiliary: in UD Danish-DDT one hangs on another word, as `aux` or `cop`."""

from spacy.language import Language
from spacy.symbols import AUX, VERB  # type: ignore[import-not-found]
from spacy.tokens import Doc

# Other heads of clauses could be added in principle; there the parser is wrong as often as the tagger (on dev).
HEADS = frozenset({"ROOT", "conj"})


@Language.component("klumme_auxiliaries", assigns=["token.pos"], requires=["token.pos", "token.dep"])
def klumme_auxiliaries(doc: Doc) -> Doc:
    """Make verbs of auxiliaries that head a sentence or are coordinated, in place; spaCy finds the entry point."""
    for token in doc:
        if token.pos == AUX and token.dep_ in HEADS:
            token.pos = VERB
    return doc
