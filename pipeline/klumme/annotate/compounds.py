"""Split Danish compounds into the words they are made of, by a lexicon of heads and modifiers.

A compound is cut in two where a known modifier, with or without its linking s or e, meets a known
head; both halves are then cut again. How many words a modifier and a head form with others decides
between cuts (the family size of Schreuder & Baayen 1997).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc, Token

from klumme.annotate.packed import Packed

SHORTEST = 3
FLOOR = 0.5  # the least score of a cut; this and the two weights below were chosen on every other test word
SHORT_PRICE = 0.6
LENGTH_GAIN = 0.3
KEY = "klumme_parts"  # in doc.user_data: the parts by token number, as text (msgpack)
CONTENT = frozenset({"NOUN", "ADJ", "VERB"})


@dataclass(frozen=True)
class Lexicon:
    """Heads with their family size, and modifiers as they are written with base word and size."""

    heads: Mapping[str, int] = field(default_factory=dict)
    modifiers: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    whole: frozenset[str] = frozenset()


def split_compound(word: str, lexicon: Lexicon) -> tuple[str, ...]:
    """The base words a lemma is made of, in order; the lemma alone where it is no compound.

    >>> lexicon = Lexicon({"plan": 9}, {"kommune": ("kommune", 9)})
    >>> split_compound("kommuneplan", lexicon)
    ('kommune', 'plan')
    """
    if "-" in word.strip("-"):
        pieces = [piece for piece in word.split("-") if piece]
        return tuple(part for piece in pieces for part in split_compound(piece, lexicon))
    cut = _best_cut(word.lower(), lexicon)
    if cut is None:
        return (word,)
    modifier, head = cut
    return split_compound(modifier, lexicon) + split_compound(head, lexicon)


def _best_cut(word: str, lexicon: Lexicon) -> tuple[str, str] | None:
    """Modifier's base word and head of the best cut, or None where no cut is good enough."""
    if word in lexicon.whole:
        return None
    cuts = [
        (_score(word[:at], word[at:], lexicon), at)
        for at in range(2, len(word) - 1)
        if word[:at] in lexicon.modifiers and _can_be_head(word[at:], lexicon)
    ]
    score, at = max(cuts, default=(-math.inf, 0))
    return (lexicon.modifiers[word[:at]][0], word[at:]) if score >= FLOOR else None


def _can_be_head(word: str, lexicon: Lexicon) -> bool:
    """Whether a word is a known head, or a compound that ends in one."""
    return word in lexicon.heads or (len(word) >= 2 * SHORTEST and _best_cut(word, lexicon) is not None)


def _score(modifier: str, head: str, lexicon: Lexicon) -> float:
    """How well two halves go together: their families, less a price for short ones."""
    size = math.log1p(lexicon.modifiers[modifier][1]) + math.log1p(lexicon.heads.get(head, 0))
    short = max(0, SHORTEST + 1 - len(modifier)) + max(0, SHORTEST + 1 - len(head))
    return size - SHORT_PRICE * short + LENGTH_GAIN * min(len(modifier), len(head))


class CompoundSplitter(Packed):
    """Sets `token._.parts` from the lemma; the lexicon is saved with the pipeline."""

    FILE = "lexicon.msgpack"

    def __init__(self, lexicon: Lexicon | None = None) -> None:
        self.lexicon = lexicon or Lexicon()
        self._known: dict[str, tuple[str, ...]] = {}
        if not Token.has_extension("parts"):
            Token.set_extension("parts", getter=self._parts_of)

    @staticmethod
    def _parts_of(token: Token) -> tuple[str, ...]:
        known = token.doc.user_data.get(KEY, {})
        return tuple(known.get(str(token.i), (token.lemma_,)))

    def __call__(self, doc: Doc) -> Doc:
        """Keep the parts of every word that has more than one; the others give their lemma."""
        found: dict[str, tuple[str, ...]] = {}
        for token in doc:
            if token.pos_ in CONTENT and len(token) > 2 * SHORTEST - 2:
                parts = self.split(token.lemma_)
                if len(parts) > 1:
                    found[str(token.i)] = parts
        doc.user_data[KEY] = found
        return doc

    def split(self, lemma: str) -> tuple[str, ...]:
        """The parts of a lemma, remembered."""
        if lemma not in self._known:
            self._known[lemma] = split_compound(lemma, self.lexicon)
        return self._known[lemma]

    def _plain(self) -> dict[str, object]:
        modifiers = {form: list(entry) for form, entry in sorted(self.lexicon.modifiers.items())}
        heads = dict(sorted(self.lexicon.heads.items()))
        return {"heads": heads, "modifiers": modifiers, "whole": sorted(self.lexicon.whole)}

    def _take(self, plain: Any) -> None:
        modifiers = {form: (base, size) for form, (base, size) in plain["modifiers"].items()}
        self.lexicon = Lexicon(plain["heads"], modifiers, frozenset(plain["whole"]))
        self._known.clear()


@Language.factory("klumme_compounds", assigns=["token._.parts"], requires=["token.lemma", "token.pos"])
def make_compound_splitter(nlp: Language, name: str) -> CompoundSplitter:  # noqa: ARG001 (spaCy names them)
    """Build the component; spaCy finds it by the entry point `klumme_compounds`."""
    return CompoundSplitter()
