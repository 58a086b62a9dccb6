"""Lemmas by table, before a trained lemmatizer that fills in what the table does not hold."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc, Token

from klumme.annotate.packed import Packed

# Forms that after a certain word have a lemma of their own, whatever the tagger made of them: the
# word before and the lemma. "i går" is yesterday, not a form of "gå".
UNITS: Mapping[str, tuple[str, str]] = {"går": ("i", "går"), "alt": ("i", "alt")}
REMEMBERED = 200_000  # answers kept before starting anew
INFLECTED = frozenset({"NOUN", "ADJ"})
HEAD, TAIL = 3, 5  # the least letters before and in a known ending; chosen on dev
# Beside forms the table has patterns, "*slen|NOUN|Definite=Def|...": "3el 1", the likeliest first: take three letters
# off and put "el" there, or take one off. With them 94 to 95 % of held-out forms of the training text were right.
PATTERN, LONGEST = "*", 5  # what such a key begins with, and the most letters of an ending


class LemmaTable(Packed):
    """Sets the lemma of each form that is known with its part of speech, and of no other."""

    FILE = "lemmas.msgpack"

    def __init__(self, table: Mapping[str, str] | None = None) -> None:
        self._take(dict(table or {}))

    def __call__(self, doc: Doc) -> Doc:
        """Set what the table holds; a lemma that is already there stays."""
        for token in doc:
            lemma = "" if token.lemma else self._unit(token) or self.find(token)
            if lemma:
                token.lemma_ = lemma
        return doc

    def find(self, token: Token) -> str:
        """The lemma for a form with its tags, empty where the table has none; remembered."""
        key = (token.orth, token.pos, hash(token.morph))
        if key not in self._known:
            if len(self._known) > REMEMBERED:
                self._known.clear()
            self._known[key] = self._find(token)
        return self._known[key]

    @staticmethod
    def _unit(token: Token) -> str:
        """The lemma that the word before decides, or an empty text."""
        if token.i == 0 or token.lower_ not in UNITS:
            return ""
        before = token.nbor(-1).text
        first, lemma = UNITS[token.lower_]
        sure = before.islower() or token.pos_ != "VERB"  # "I går" may be "you walk"
        return lemma if sure and before.lower() == first else ""

    def _find(self, token: Token) -> str:
        pos, morph = token.pos_, str(token.morph)
        if pos == "PUNCT":
            return token.text
        known = self._look(token.lower_, pos, morph)
        return known or self._by_ending(token.text, pos, morph)

    def _by_ending(self, text: str, pos: str, morph: str) -> str:
        """The lemma of a rare form: a lemma that is known, or by a known ending, or else the likeliest."""
        candidates = self._candidates(text, pos, morph) if text[-LONGEST:].isalpha() else []
        known = [one for one in candidates if one.lower() in self._lemmas[pos]]
        if known:
            return known[0]
        tail = self._by_tail(text, pos, morph) if pos in INFLECTED else ""
        return tail or max(candidates, key=lambda one: self._known_ending(one, pos), default="")

    def _candidates(self, text: str, pos: str, morph: str) -> list[str]:
        """What the patterns make of a form, those of the longest endings first."""
        form = text.lower()
        starts = range(max(2, len(form) - LONGEST), len(form))
        edits = " ".join(self.table.get(f"{PATTERN}{form[at:]}|{pos}|{morph}", "") for at in starts).split()
        return list(dict.fromkeys(_front(text[: len(text) - int(edit[0])]) + edit[1:] for edit in edits))

    def _known_ending(self, lemma: str, pos: str) -> int:
        """How many letters a lemma shares at its end with a known one; 0 where those are few."""
        plain = lemma.lower()
        endings = (plain[at:] for at in range(HEAD, len(plain) - TAIL + 1))
        return len(next((ending for ending in endings if ending in self._lemmas[pos]), ""))

    def _look(self, form: str, pos: str, morph: str) -> str:
        return self.table.get(f"{form}|{pos}|{morph}") or self.table.get(f"{form}|{pos}", "")

    def _by_tail(self, text: str, pos: str, morph: str) -> str:
        """The lemma by the longest known ending: a compound is inflected as its last part is."""
        form = text.lower()
        after_hyphen = form.rfind("-") + 1
        for at in range(HEAD, len(form) - 1):
            if at == after_hyphen or len(form) - at >= TAIL:
                lemma = self._look(form[at:], pos, morph)
                if lemma:
                    return _front(text[:at]) + lemma
        return ""

    def _plain(self) -> dict[str, str]:
        return dict(sorted(self.table.items()))

    def _take(self, plain: Any) -> None:
        self.table: dict[str, str] = plain
        self._known: dict[tuple[int, int, int], str] = {}
        self._lemmas = _by_part_of_speech(plain.items())


def _by_part_of_speech(entries: Iterable[tuple[str, str]]) -> Mapping[str, set[str]]:
    """The lemmas of a table in small letters; patterns are left out."""
    found: dict[str, set[str]] = defaultdict(set)
    for key, lemma in entries:
        if not key.startswith(PATTERN):
            found[key.split("|")[1]].add(lemma.lower())
    return found


def _front(text: str) -> str:
    """The first part of a compound: a capital stays in names and abbreviations, and before a hyphen."""
    kept, hyphen, last = text.rpartition("-")
    return kept + hyphen + (last if last[1:].lower() != last[1:] else last.lower())


@Language.factory("klumme_lemmas", assigns=["token.lemma"], requires=["token.pos", "token.morph"])
def make_lemma_table(nlp: Language, name: str) -> LemmaTable:  # noqa: ARG001 (spaCy names them)
    """Build the component; spaCy finds it by the entry point `klumme_lemmas`."""
    return LemmaTable()
