"""spaCy's Danish tokenizer, with the full stop behind a number that ends a sentence as a token of its own.

spaCy takes "23." for an ordinal wherever it stands. In the training text such a number ends the text of a sentence 57
times with a full stop and once as an ordinal ("Stk. 3."); before a capital three ordinals were met, all in "den 3.
Verden" and "3. C". In the sample articles 30 numbers stand before a capital or a line's end, and each ends a sentence.
"""

import re
from collections.abc import Callable

from spacy.language import Language, create_tokenizer
from spacy.tokenizer import Tokenizer  # type: ignore[import-not-found]
from spacy.tokens import Doc, Token
from spacy.util import registry

from klumme.annotate.words import words

ORDINAL = re.compile(r"\d{1,2}\.")
BEFORE_ORDINALS = frozenset({"den", "det", "d."})
OPENERS = words("openers")
CLOSING = frozenset("\"”“’»«)'")


class StopTokenizer(Tokenizer):  # type: ignore[misc]
    """Parts numbers from the full stop that ends their sentence."""

    def __call__(self, text: str) -> Doc:
        """Tokenize a text."""
        doc: Doc = super().__call__(text)
        ends = [token.i for token in doc if len(token) <= 3 and ORDINAL.fullmatch(token.text) and _ends_sentence(token)]
        return _part(doc, ends) if ends else doc


def _part(doc: Doc, ends: list[int]) -> Doc:
    """The same text, with the last letter of some tokens by itself."""
    pieces = [(token.text, bool(token.whitespace_)) for token in doc]
    for i in reversed(ends):
        text, space = pieces[i]
        pieces[i : i + 1] = [(text[:-1], False), (text[-1], space)]
    return Doc(doc.vocab, words=[text for text, _ in pieces], spaces=[space for _, space in pieces])


def _ends_sentence(token: Token) -> bool:
    """Whether a number with a full stop stands behind a word, and before a line's end or what begins a sentence."""
    before = token.nbor(-1) if token.i else None
    if before is None or before.is_space or (before.is_punct and before.text != ","):
        return False
    after = _behind(token)
    if after is None or after.is_space or after.text in OPENERS:
        return True
    ordinal = before.lower_ in BEFORE_ORDINALS or before.text == "," or len(after) == 1
    return after.text[0].isupper() and not ordinal


def _behind(token: Token) -> Token | None:
    """The next token that closes no quotation or bracket and is no mere space, None at the text's end."""
    doc, i = token.doc, token.i + 1
    while i < len(doc) and _passed_over(doc[i]):
        i += 1
    return doc[i] if i < len(doc) else None


def _passed_over(token: Token) -> bool:
    if token.is_space:
        return "\n" not in token.text
    return token.text in CLOSING and not token.nbor(-1).whitespace_


@registry.tokenizers("klumme_tokenizer")  # type: ignore[untyped-decorator]
def make_stop_tokenizer() -> Callable[[Language], StopTokenizer]:
    """Build the tokenizer with the language's rules; spaCy finds it by the entry point `klumme_tokenizer`."""

    def make(nlp: Language) -> StopTokenizer:
        usual = create_tokenizer()(nlp)
        searches = ("prefix_search", "suffix_search", "infix_finditer", "token_match", "url_match")
        return StopTokenizer(nlp.vocab, rules=usual.rules, **{name: getattr(usual, name) for name in searches})

    return make
