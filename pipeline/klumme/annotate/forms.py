"""spaCy's morphologizer, held to what a known form is known to be.

The network guesses at words that it met seldom or never: "gulvtæppe" of common gender, "tænde" a noun. A lexicon of
forms rules out what a form was never met as, for a compound by its known ending; among the rest the network's best
stands.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Self

import numpy as np
import srsly  # type: ignore[import-untyped]
from spacy.language import Language
from spacy.pipeline import Morphologizer
from spacy.tokens import Doc, Token
from thinc.api import Config, Model

from klumme.annotate.trees import MODEL
from klumme.annotate.words import words

FILE = "forms.msgpack"
OPEN = frozenset({"NOUN", "VERB", "ADJ"})  # the parts of speech whose guesses are looked up
HEAD, TAIL = 2, 5  # the least letters before and in a known ending; chosen on dev
UNLIKE = ("e", "er")  # nouns that end so seldom look alike in singular and plural
GENITIVES = ("ens", "ets", "nes")  # endings that no passive verb has
PREFIXES = words("prefixes")
REMEMBERED = 200_000  # answers kept before starting anew
NUMBERS = ("Sing", "Plur")
Plain = Mapping[str, Mapping[str, list[str]]]
Reading = tuple[str, str, str]  # gender, definiteness and number of a noun, as UD writes them


class FormLexicon:
    """What forms in small letters can be: their parts of speech, and of nouns without a genitive's s the readings.

    `plain` is {"parts": {"ADJ VERB": [forms]}, "nouns": {"Com|Ind|Sing Com|Ind|Plur": [forms]}}.
    """

    def __init__(self, plain: Plain) -> None:
        self.plain = plain
        parts, nouns = plain.get("parts", {}), plain.get("nouns", {})
        self._parts = {form: frozenset(key.split()) for key, forms in parts.items() for form in forms}
        read = {key: frozenset(_reading(one) for one in key.split()) for key in nouns}
        self._nouns = {form: read[key] for key, forms in nouns.items() for form in forms}

    def parts(self, form: str) -> frozenset[str]:
        """The parts of speech of a form, empty where it is not known; a genitive may be a passive too."""
        known = self._parts.get(form, frozenset())
        if form.endswith("s") and "NOUN" in self._parts.get(_bare(form), ()):
            return known | ({"NOUN"} if known or form.endswith(GENITIVES) else {"NOUN", "VERB"})
        return known

    def parts_by_ending(self, form: str) -> frozenset[str]:
        """The open parts of speech by the longest known ending; empty where none is known, or behind a prefix."""
        for end in _endings(form):
            if found := self.parts(end) & OPEN:
                return frozenset() if form.removesuffix(end) in PREFIXES else found
        return frozenset()

    def readings(self, form: str) -> frozenset[Reading]:
        """The readings of a noun by its form, or else by its longest known ending; empty where neither is known."""
        return next((found for end in (form, *_endings(form)) if (found := self._readings(end))), frozenset())

    def _readings(self, form: str) -> frozenset[Reading]:
        known = self._nouns.get(form, frozenset())
        bare = _bare(form)
        known = known | self._nouns.get(bare, frozenset()) if bare != form else known
        if bare.endswith(UNLIKE):
            return known
        return known | {(gender, "Ind", number) for gender, how, _ in known if how == "Ind" for number in NUMBERS}


def _reading(text: str) -> Reading:
    gender, how, number = text.split("|")
    return gender, how, number


def _endings(form: str) -> Iterator[str]:
    return (form[at:] for at in range(HEAD, len(form) - TAIL + 1))


def _bare(form: str) -> str:
    """The form without a genitive's s."""
    return form.removesuffix("s").rstrip("'’") if form.endswith("s") else form


class FormMorphologizer(Morphologizer):  # type: ignore[misc]
    """Predicts, of the labels that the lexicon allows for a form, the one that the network thinks likeliest.

    Trained as spaCy's own; the lexicon is put beside it afterwards (`use`) and is saved with it.
    """

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.use({})

    def use(self, plain: Plain) -> None:
        """Take a lexicon in its plain form (see `FormLexicon`)."""
        self.lexicon = FormLexicon(plain)
        self._remembered: dict[tuple[int, int], np.ndarray | None] = {}

    def predict(self, docs: Iterable[Doc]) -> list[np.ndarray]:
        """For each document the number of a label for each of its words."""
        docs = list(docs)
        if not any(len(doc) for doc in docs):
            found: list[np.ndarray] = super().predict(docs)
            return found
        scores = self.model.predict(docs)
        return [self._choose(doc, self.model.ops.to_numpy(own)) for doc, own in zip(docs, scores, strict=True)]

    def _choose(self, doc: Doc, scores: np.ndarray) -> np.ndarray:
        best: np.ndarray = scores.argmax(axis=1)
        for i, (token, label) in enumerate(zip(doc, best.tolist(), strict=True)):
            allowed = self._allowed(token, label)
            if allowed is not None:
                best[i] = allowed[scores[i, allowed].argmax()]
        return best

    def _allowed(self, token: Token, label: int) -> np.ndarray | None:
        """The labels that a word may have, or None where the one it has may stand; remembered."""
        key = (token.lower, label)
        if key not in self._remembered:
            if len(self._remembered) > REMEMBERED:
                self._remembered.clear()
            self._remembered[key] = self._rule(token.lower_, label)
        return self._remembered[key]

    def _rule(self, form: str, label: int) -> np.ndarray | None:
        table = [_read_label(one) for one in self.labels]
        wanted = self._wanted(form, table[label][0])
        readings = self.lexicon.readings(form) if "NOUN" in wanted else frozenset()
        fits = [i for i, (other, reading) in enumerate(table) if other in wanted and _fits(other, reading, readings)]
        return None if label in fits or not fits else np.array(fits)

    def _wanted(self, form: str, pos: str) -> frozenset[str]:
        """The parts of speech in place of a guess; of what is taken for an unknown verb the ending is asked too.

        Verbs are seldom compounds, other than with a prefix; nouns and adjectives often are. (On dev, asking for
        adjectives too gave .01 to .03 of part of speech, too little to go by.)
        """
        parts = self.lexicon.parts(form) if pos in OPEN else frozenset()
        if pos == "VERB" and not parts:
            parts = self.lexicon.parts_by_ending(form)
        return parts if parts and pos not in parts else frozenset({pos})

    def to_disk(self, path: Path, *, exclude: tuple[str, ...] = ()) -> None:
        """Write what spaCy writes, and FILE."""
        super().to_disk(path, exclude=exclude)
        srsly.write_msgpack(Path(path) / FILE, self.lexicon.plain)

    def from_disk(self, path: Path, *, exclude: tuple[str, ...] = ()) -> Self:
        """Read what spaCy wrote, and FILE."""
        super().from_disk(path, exclude=exclude)
        self.use(srsly.read_msgpack(Path(path) / FILE))
        return self

    def to_bytes(self, *, exclude: tuple[str, ...] = ()) -> bytes:
        """Both as msgpack."""
        both = [super().to_bytes(exclude=exclude), self.lexicon.plain]
        packed: bytes = srsly.msgpack_dumps(both)
        return packed

    def from_bytes(self, data: bytes, *, exclude: tuple[str, ...] = ()) -> Self:
        """Take both from msgpack."""
        trained, plain = srsly.msgpack_loads(data)
        super().from_bytes(trained, exclude=exclude)
        self.use(plain)
        return self


def _fits(pos: str, reading: Reading | None, readings: frozenset[Reading]) -> bool:
    return pos != "NOUN" or not readings or reading in readings


@cache
def _read_label(label: str) -> tuple[str, Reading | None]:
    """Part of speech and, for what has a gender, the reading of a label."""
    features = dict(one.split("=") for one in label.split("|") if "=" in one)
    if "Gender" not in features:
        return features.get("POS", ""), None
    return features["POS"], (features["Gender"], features.get("Definite", ""), features.get("Number", ""))


@Language.factory("klumme_morphologizer", assigns=["token.morph", "token.pos"], default_config=Config().from_str(MODEL))
def make_form_morphologizer(nlp: Language, name: str, model: Model[Any, Any]) -> FormMorphologizer:
    """Build the component; spaCy finds it by the entry point `klumme_morphologizer`."""
    return FormMorphologizer(nlp.vocab, model, name)
