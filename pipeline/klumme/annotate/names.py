"""Names by list, behind a trained entity recognizer that has met only the names of its training text.

The recognizer knows where a name stands better than what is called by it: of "Oman" it may make a person. A list of
what is called so unmistakably settles the type of such a name, and adds the listed names that it passed over.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc, Span, Token

from klumme.annotate.packed import Packed

# What a listed name may be called by the recognizer: a place may stand for its team or its government, and a ship or a
# work be named after a person.
ALSO = {
    "LOC": frozenset({"LOC", "ORG"}),
    "ORG": frozenset({"ORG"}),
    "PER": frozenset({"PER", "MISC"}),
    "MISC": frozenset({"MISC"}),
}
WORDS = 4  # of the longest listed name
REMEMBERED = 200_000  # answers kept before starting anew


class NameList(Packed):
    """Sets the type of names that are in the list, and adds those that no entity holds.

    The list says for each name (words with one space between) its type; a name in small letters is one however it is
    written, every other as it stands or with a genitive's s.
    """

    FILE = "names.msgpack"

    def __init__(self, names: Mapping[str, str] | None = None) -> None:
        self._take(names or {})

    def _take(self, plain: Any) -> None:
        self.names: dict[str, str] = dict(plain)
        self._first = {name.split(" ")[0] for name in self.names}
        self._begins: dict[int, bool] = {}

    def __call__(self, doc: Doc) -> Doc:
        """Change and add entities in place."""
        kept = [self._settled(entity) for entity in doc.ents]
        held = {i for entity in kept for i in range(entity.start, entity.end)}
        doc.ents = sorted([*kept, *self._passed_over(doc, held)], key=lambda entity: entity.start)
        return doc

    def _settled(self, entity: Span) -> Span:
        label = self.find(entity)
        if not label or entity.label_ in ALSO[label]:
            return entity
        return Span(entity.doc, entity.start, entity.end, label)

    def _passed_over(self, doc: Doc, held: set[int]) -> Iterator[Span]:
        free = 0
        for token in doc:
            if token.i < free or token.i in held or not self._may_begin(token):
                continue
            if span := self._longest(doc, token.i, held):
                free = span.end
                yield span

    def _may_begin(self, token: Token) -> bool:
        """Whether a listed name begins with a word; remembered, since words come again."""
        if token.orth not in self._begins:
            if len(self._begins) > REMEMBERED:
                self._begins.clear()
            self._begins[token.orth] = any(way in self._first for way in _ways(token.text))
        return self._begins[token.orth]

    def _longest(self, doc: Doc, at: int, held: set[int]) -> Span | None:
        for end in range(min(at + WORDS, len(doc)), at, -1):
            if held.isdisjoint(range(at, end)) and (label := self.find(doc[at:end])):
                return Span(doc, at, end, label)
        return None

    def find(self, span: Span) -> str:
        """Return the type of a listed name, empty for any other."""
        text = " ".join(token.text for token in span)
        return next((self.names[way] for way in _ways(text) if way in self.names), "")

    def _plain(self) -> dict[str, str]:
        return dict(sorted(self.names.items()))


def _ways(text: str) -> tuple[str, ...]:
    """The ways in which a name may stand in the list: as it is, without a genitive's s, and both in small letters."""
    bare = text.removesuffix("s").rstrip("'’")
    return (text, bare, text.lower(), bare.lower())


@Language.factory("klumme_names", assigns=["doc.ents"], requires=["doc.ents"])
def make_name_list(nlp: Language, name: str) -> NameList:  # noqa: ARG001 (spaCy names them)
    """Build the component; spaCy finds it by the entry point `klumme_names`."""
    return NameList()
