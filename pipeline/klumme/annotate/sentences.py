"""Mend the sentence boundaries that a tagger of words cannot see: beside quotation marks and behind abbreviations.

A trained senter knows words, not the white space between them, and so cannot tell a mark that closes
the last sentence from one that opens the next.
"""

from spacy.language import Language
from spacy.tokens import Doc, Token

from klumme.annotate.words import words

QUOTES = frozenset('"”“„»«’‘')
ENDS = frozenset(".!?")
DASHES = frozenset("-–—")
OPENERS, SPEAKERS, SAID, NEVER_LAST = map(words, ("openers", "speakers", "said", "never_last"))
FIRST = OPENERS | DASHES | QUOTES | {"("}


def mend_ends(doc: Doc) -> Doc:
    """Begin a sentence at a capital behind a full stop, question or exclamation mark with a quotation mark between.

    It holds where the quotation mark closes what the stop ends, or opens what the capital begins.
    """
    for token in doc[2:]:
        stop, mark = doc[token.i - 2], doc[token.i - 1]
        if mark.text in QUOTES and stop.text in ENDS and token.text[:1].isupper():
            opens, closes = bool(stop.whitespace_), bool(mark.whitespace_)
            if opens != closes:
                mark.is_sent_start, token.is_sent_start = opens, closes
    return doc


def mend_abbreviations(doc: Doc) -> Doc:
    """Begin no sentence in small letters behind an abbreviation with its point, such as "4-cyl."."""
    for token in doc[1:]:
        before = doc[token.i - 1].text
        if token.is_sent_start and token.text[:1].islower() and before[-1] == "." and before[-2:-1].isalnum():
            token.is_sent_start = False
    return doc


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


def mend_headlines(doc: Doc) -> Doc:
    """Begin a sentence at a word that opens one behind a word without any stop, as behind a headline.

    A dash or a quotation mark before direct speech goes with it. A picture's credit, "(Foto", opens one too.
    """
    for token in doc[1:-1]:
        if token.text in FIRST and _may_end(doc[token.i - 1]) and _begins(doc, token.i):
            token.is_sent_start = True
            if token.text not in OPENERS:
                doc[token.i + 1].is_sent_start = False
    return doc


def _begins(doc: Doc, at: int) -> bool:
    mark, word = doc[at].text, doc[at + 1].text
    after = doc[at + 2].text if at + 2 < len(doc) else ""
    if mark in OPENERS:
        return word[:1].islower()
    if mark in DASHES:
        return word in OPENERS and after[:1].islower()
    return (mark == "(" and word == "Foto") or (_opens(doc[at]) and word in SPEAKERS and after in SAID)


def _opens(mark: Token) -> bool:
    """Whether a quotation mark stands as one that opens: close before a word, and not close behind one."""
    return mark.text in QUOTES and not mark.whitespace_ and bool(mark.nbor(-1).whitespace_)


def _may_end(token: Token) -> bool:
    """Whether a sentence without a stop may end with a word."""
    return token.text in {"...", "…"} or (token.text[-1:].isalnum() and token.lower_ not in NEVER_LAST)


@Language.component("klumme_sentences", assigns=["token.is_sent_start"], requires=["token.is_sent_start"])
def klumme_sentences(doc: Doc) -> Doc:
    """Mend the boundaries in place; spaCy finds the component by the entry point `klumme_sentences`."""
    return mend_headlines(mend_abbreviations(mend_ends(mend_quotes(doc))))
