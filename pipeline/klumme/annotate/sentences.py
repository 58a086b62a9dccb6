"""Mend the sentence boundaries that a tagger of words cannot see: those beside quotation marks.

A trained senter knows words, not the white space between them, and so cannot tell a mark that closes
the last sentence from one that opens the next.
"""

from spacy.language import Language
from spacy.tokens import Doc

QUOTES = frozenset('"”“„»«’‘')


def mend_quotes(doc: Doc) -> Doc:
    """Keep a mark that stands close behind a word with its sentence, and one close before a word with the next."""
    for token in doc[1:-1]:
        if token.text not in QUOTES:
            continue
        left, right = bool(doc[token.i - 1].whitespace_), bool(token.whitespace_)
        after = doc[token.i + 1]
        if token.is_sent_start and not left and right:
            token.is_sent_start, after.is_sent_start = False, True
        elif after.is_sent_start and left and not right:
            token.is_sent_start, after.is_sent_start = True, False
    return doc


@Language.component("klumme_sentences", assigns=["token.is_sent_start"], requires=["token.is_sent_start"])
def klumme_sentences(doc: Doc) -> Doc:
    """Mend the boundaries in place; spaCy finds the component by the entry point `klumme_sentences`."""
    return mend_quotes(doc)
