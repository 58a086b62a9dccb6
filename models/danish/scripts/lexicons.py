"""Make the compound splitter's lexicon: `lexicons.py TREEBANK TRAIN EXTRA OUT_DIR`.

Words are the lemmas of the training text with their frequency, UniMorph's lemmas and a list of short nouns. A head is a
noun or adjective; a modifier is a noun, adjective, verb or numeral as it stands before a head: bare,
with a linking s or e, or without its last e. Both carry their family: with how many others they
form a word of the list.
"""

import argparse
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import srsly
from conllu import Sentence, read_conllu
from tables import read_list

HEADS = frozenset({"NOUN", "ADJ"})
MODIFIERS = frozenset({"NOUN", "ADJ", "VERB", "NUM"})
RULES = read_list("compounds.toml")
WHOLE, ENDINGS, PREFIXES, SHORT = (frozenset(RULES[k].split()) for k in ("whole", "endings", "prefixes", "short"))
MINIMUM = 3
LONG = 6  # a word of this length is believed on one sight


def count_words(sentences: Sequence[Sentence]) -> dict[str, Counter[str]]:
    """How often each lemma occurs, by part of speech; names and odd strings are left out."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for word in (w for s in sentences for w in s.words):
        lemma = word.lemma.lower()
        if lemma.isalpha() and (len(lemma) >= MINIMUM or lemma in SHORT):
            counts[word.pos][lemma] += 1
    return counts


def add_unimorph(path: Path, counts: dict[str, Counter[str]]) -> None:
    """Add UniMorph's lemmas, each as if seen once."""
    kinds = {"N": "NOUN", "V": "VERB", "ADJ": "ADJ"}
    rows = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines())
    pairs = {(row[0].lower(), row[2].split(";")[0]) for row in rows if len(row) == 3}
    for lemma, kind in pairs:
        if kind in kinds and lemma.isalpha() and len(lemma) >= MINIMUM:
            counts[kinds[kind]][lemma] += 1


def add_simple(counts: dict[str, Counter[str]]) -> None:
    """Add short nouns of today that the text may lack, each as if seen twice."""
    for noun in RULES["nouns"].split():
        counts["NOUN"][noun] += 2


def written(base: str, pos: str) -> Iterator[str]:
    """How a base word may be written before a head."""
    yield base
    if pos == "ADJ" and base.endswith("el"):
        yield base[:-2] + "al"  # "speciel" in "specialklasse", "kriminel" in "kriminalforsorg"
    if pos == "NOUN":
        yield base + "s"
        if not base.endswith("e"):
            yield base + "e"
    if base.endswith("e") and pos in ("NOUN", "VERB"):
        yield base[:-1]
        if pos == "NOUN":
            yield base[:-1] + "s"


def surfaces(counts: Mapping[str, Counter[str]]) -> dict[str, str]:
    """Each written modifier with its base word; what is a word itself is its own base."""
    weights: Counter[tuple[str, str]] = Counter()
    for pos in MODIFIERS:
        for base, count in counts[pos].items():
            for surface in written(base, pos):
                near = 1 if surface != base else 1000 if pos == "NOUN" else 20
                weights[surface, base] += count * near
    best: dict[str, str] = {}
    for (surface, base), _ in sorted(weights.items(), key=lambda item: (item[1], item[0])):
        if len(surface) >= MINIMUM or surface in SHORT:
            best[surface] = base
    return {surface: base for surface, base in (best | RULES["special"]).items() if surface not in PREFIXES}


def families(words: set[str], heads: set[str], modifiers: Mapping[str, str]) -> tuple[Counter[str], Counter[str]]:
    """With how many heads a modifier, and with how many modifiers a head, makes a word of the list."""
    front: Counter[str] = Counter()
    back: Counter[str] = Counter()
    for word in words:
        for at in range(2, len(word) - 2):
            if word[:at] in modifiers and word[at:] in heads:
                front[word[:at]] += 1
                back[word[at:]] += 1
    return front, back


def make_lexicon(counts: Mapping[str, Counter[str]]) -> dict[str, object]:
    """Heads, modifiers and words to leave whole, as klumme.annotate.compounds reads them."""
    heads = {w for pos in HEADS for w in counts[pos] if w not in ENDINGS and (len(w) >= MINIMUM or w in SHORT)}
    modifiers = surfaces(counts)
    words = {w for pos in HEADS for w in counts[pos] if len(w) >= 6}
    front, back = families(words, heads, modifiers)
    frequent = counts["NOUN"] + counts["ADJ"]
    return {
        "heads": {h: back[h] for h in sorted(heads) if back[h] or frequent[h] >= (1 if len(h) >= LONG else 2)},
        "modifiers": {m: [b, front[m]] for m, b in sorted(modifiers.items()) if front[m] or _strong(m, b, counts)},
        "whole": sorted(WHOLE),
    }


def _strong(surface: str, base: str, counts: Mapping[str, Counter[str]]) -> bool:
    """Whether a modifier without a family is common enough to be allowed."""
    plain = surface == base and counts["ADJ"][base] + counts["VERB"][base] + counts["NUM"][base] >= (
        2 if len(base) >= LONG else 3
    )
    noun = counts["NOUN"][base] >= (1 if len(base) >= LONG else 2)
    return noun or plain or surface in RULES["special"]


def main() -> None:
    """Read, count, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("treebank", "train", "extra", "out"):
        parser.add_argument(name, type=Path)
    given = parser.parse_args()
    counts = count_words([*read_conllu(given.train), *read_conllu(given.extra)])
    add_unimorph(given.treebank / "unimorph-dan.tsv", counts)
    add_simple(counts)
    given.out.mkdir(parents=True, exist_ok=True)
    srsly.write_msgpack(given.out / "lexicon.msgpack", make_lexicon(counts))


if __name__ == "__main__":
    main()
