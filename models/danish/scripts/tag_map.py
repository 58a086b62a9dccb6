"""Turn PAROLE's tags and lemmas into UD's, with a linear map learnt on UD dev."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from conllu import Word
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sources import Token, align

RARE = 5
FRAME = Token("", "", "-")


@dataclass
class Usage:
    """How PAROLE tags and lemmatizes each form: what a piece of a multiword unit is taken for."""

    msd: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    lemma: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def add(self, tokens: Sequence[Token]) -> None:
        """Count the tokens that are one word."""
        for token in tokens:
            if "_" not in token.form:
                self.msd[token.form.lower()][token.msd] += 1
                self.lemma[token.form.lower()][token.lemma] += 1

    def token(self, form: str, whole: Token) -> Token:
        """The token that stands for one piece of a multiword unit."""
        low = form.lower()
        names = whole.msd.startswith("NP")
        if names or not self.msd.get(low):
            return Token(form, form if names else low, whole.msd, whole.head, whole.rel)
        msd, lemma = (table[low].most_common(1)[0][0] for table in (self.msd, self.lemma))
        return Token(form, lemma, msd, whole.head, whole.rel)


@dataclass(frozen=True)
class Aligned:
    """One UD word with its PAROLE token; `unit` is the multiword unit's tag, or empty."""

    form: str
    token: Token
    whole: Token
    place: int
    unit: str


def aligned(forms: Sequence[str], tokens: Sequence[Token], usage: Usage) -> list[Aligned]:
    """The words of a sentence with their tokens; raises ValueError where they do not fit."""
    places = align(forms, tokens)
    if places is None:
        raise ValueError(f"no alignment for: {' '.join(forms)[:60]}")
    result = []
    for form, (own, place, mates) in zip(forms, places, strict=True):
        whole = tokens[own] if own >= 0 else Token(form, form.lower(), "XX")
        token = usage.token(form, whole) if mates > 1 else whole
        result.append(Aligned(form, token, whole, place, whole.msd if mates > 1 else ""))
    return result


def features(words: Sequence[Aligned], tokens: Sequence[Token], edges: bool) -> Iterator[dict]:
    """One feature dictionary per word; `edges` adds what DDT's trees tell."""
    below = defaultdict(set)
    for token in tokens:
        below[token.head] |= {token.rel, f"{token.rel} {token.msd[:3]}"}
    index = {id(token): i for i, token in enumerate(tokens)}
    for i, word in enumerate(words):
        around = [words[k].token if 0 <= k < len(words) else FRAME for k in range(i - 2, i + 3)]
        found = _own(word, around)
        if word.token.msd[:2] == "VA":
            rest = [w.token.msd for w in words[i + 1 : i + 9]]
            verb = next((msd[:4] for msd in rest if msd[:2] == "VA"), "-")
            found[f"verb={word.token.lemma} {verb}"] = 1.0
        if edges:
            head = tokens[word.whole.head] if word.whole.head >= 0 else FRAME
            found |= _edges(word, head, below[index.get(id(word.whole), -2)])
        yield found


def _own(word: Aligned, around: Sequence[Token]) -> dict:
    before2, before, token, after, after2 = around
    msd, lemma, low = token.msd, token.lemma, word.form.lower()
    keys = {
        "m": msd, "ml": f"{msd} {lemma}", "mf": f"{msd} {low}", "f": low, "l": lemma,
        "m-": f"{msd} {before.msd}", "m+": f"{msd} {after.msd}", "f-": f"{low} {before.msd[:2]}",
        "f+": f"{low} {after.msd[:2]}", "m--": f"{msd[:2]} {before.msd[:2]} {before2.msd[:2]}",
        "m++": f"{msd[:2]} {after.msd[:2]} {after2.msd[:2]}", "fb": f"{low} {before.form.lower()}",
        "fa": f"{low} {after.form.lower()}", "unit": f"{word.unit} {word.place} {low}",
        "u": f"{bool(word.unit)} {msd} {word.place}", "suffix": f"{msd} {low[-3:]}",
        "cap": f"{msd[:2]} {word.form[:1].isupper()} {bool(before.form)}",
        "l++": f"{lemma} {after.msd[:2]} {after2.msd[:2]}",
    }  # fmt: skip
    return {f"{name}={value}": 1.0 for name, value in keys.items()}


def _edges(word: Aligned, head: Token, below: set[str]) -> dict:
    msd, low, rel = word.token.msd, word.form.lower(), word.whole.rel
    keys = {
        "r": f"{msd} {rel}", "fr": f"{low} {rel}", "rh": f"{msd[:2]} {rel} {head.msd[:2]}",
        "frh": f"{low} {rel} {head.msd[:2]}", "lrh": f"{word.token.lemma} {rel} {head.lemma}",
    }  # fmt: skip
    found = {f"{name}={value}": 1.0 for name, value in keys.items()}
    for rel in below:
        found[f"b={word.token.lemma if msd[:1] == 'V' else msd} {rel}"] = 1.0
    return found


FEATURES = {
    "Tense": {"A": "Past", "R": "Pres"}, "Number": {"S": "Sing", "P": "Plur"},
    "Gender": {"C": "Com", "N": "Neut"}, "Definite": {"D": "Def", "I": "Ind"},
    "Degree": {"P": "Pos", "C": "Cmp", "S": "Sup"}, "VerbForm": {"D": "Fin", "F": "Inf", "P": "Part"},
}  # fmt: skip
PLACES = {
    "NC": {"Gender": 2, "Number": 3, "Definite": 7},
    "VA": {"VerbForm": 2, "Tense": 3},
    "AN": {"Degree": 2},
}


def agrees(msd: str, label: str) -> bool:
    """Whether a UD label says nothing that PAROLE's tag denies."""
    msd = re.sub(r"\[[^]]*\]", "*", msd)
    if msd.startswith("PP"):
        return label.startswith("PRON") and f"Person={msd[2]}" in label
    told = dict(item.split("=") for item in label.split(" ")[1].split("|") if "=" in item)
    for name, place in PLACES.get(msd[:2], {}).items():
        sign = msd[place : place + 1]
        said = FEATURES[name].get(sign)
        if said and told.get(name, said) != said:
            return False
    return msd[:2] != "NC" or ("Case" in told) == ("G" in msd[4:5])


class TagMap:
    """A multinomial map from PAROLE's tags in context to UD's part of speech and features."""

    def __init__(self, edges: bool) -> None:
        self.edges = edges
        self.vectorizer = DictVectorizer()
        self.model = LogisticRegression(C=20.0, max_iter=120)
        self.known: Counter[str] = Counter()

    def fit(self, pairs: Sequence[tuple[Sequence[Aligned], Sequence[Token], Sequence[Word]]]) -> None:
        """Learn from sentences given as aligned words, their tokens, and UD's own words."""
        rows, labels = [], []
        for words, tokens, gold in pairs:
            rows += list(features(words, tokens, self.edges))
            labels += [f"{w.pos} {w.feats}" for w in gold]
            self.known.update(w.token.msd for w in words)
        self.model.fit(self.vectorizer.fit_transform(rows), labels)

    def __call__(self, words: Sequence[Aligned], tokens: Sequence[Token]) -> list[tuple[str, str]]:
        """Part of speech and features of each word."""
        rows = list(features(words, tokens, self.edges))
        odds = self.model.predict_proba(self.vectorizer.transform(rows))
        return [self._choose(w.token.msd, row) for w, row in zip(words, odds, strict=True)]

    def _choose(self, msd: str, odds: np.ndarray) -> tuple[str, str]:
        """The likeliest label; for a tag that dev hardly has, the likeliest that agrees with it."""
        order = [str(self.model.classes_[i]) for i in odds.argsort()[::-1]]
        if self.known[msd] < RARE:
            order = [label for label in order if agrees(msd, label)] or order
        pos, feats = order[0].split(" ", 1)
        return pos, feats


class LemmaMap:
    """PAROLE's lemma, unless UD dev writes another one at least as often for it."""

    def __init__(self) -> None:
        self.exact: dict[tuple[str, str, str], Counter[str]] = defaultdict(Counter)
        self.unit: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)

    def fit(self, pairs: Sequence[tuple[Sequence[Aligned], Sequence[Token], Sequence[Word]]]) -> None:
        """Count UD's lemma for each form, PAROLE lemma and part of speech."""
        for words, _, gold in pairs:
            for word, known in zip(words, gold, strict=True):
                key = (word.form.lower(), word.token.lemma, known.pos)
                self.exact[key][known.lemma] += 1
                if word.unit:
                    self.unit[key[0], known.pos][known.lemma] += 1

    def __call__(self, word: Aligned, pos: str) -> str:
        """The lemma of one word with its UD part of speech."""
        low = word.form.lower()
        if word.unit and (low, pos) in self.unit:
            return self.unit[low, pos].most_common(1)[0][0]
        if pos == "ADV" and word.token.msd.startswith("AN"):
            return low  # UD: "helt" as an adverb is its own lemma
        seen = self.exact.get((low, word.token.lemma, pos), Counter())
        if seen.total() >= 2:
            return seen.most_common(1)[0][0]
        return word.form if pos == "PROPN" and word.unit else word.token.lemma
