"""Settle by the tree what is an auxiliary: in UD the head of a clause is none, whatever a tagger of words made of it."""

from spacy.language import Language
from spacy.symbols import AUX, VERB
from spacy.tokens import Doc

# Other heads of clauses could be added in principle; there the parser is wrong as often as the tagger (on dev).
HEADS = frozenset({"ROOT", "root", "conj"})


@Language.component("klumme_auxiliaries", assigns=["token.pos"], requires=["token.pos", "token.dep"])
def klumme_auxiliaries(doc: Doc) -> Doc:
    """Make verbs of auxiliaries that head a clause, in place; spaCy finds the component by its entry point."""
    for token in doc:
        if token.pos == AUX and token.dep_ in HEADS:
            token.pos = VERB
    return doc
