"""Make the lemma table: `tables.py TREEBANK TRAIN EXTRA OUT_DIR` writes lemmas.msgpack.

PAROLE and the treebank give lemmas for forms with their part of speech (and, where that is not
enough, their features); UniMorph adds forms that they lack and that have one lemma only.
"""

import argparse
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import srsly
from conllu import Sentence, read_conllu

UNIMORPH_POS = {"N": "NOUN", "V": "VERB", "ADJ": "ADJ", "V.PTCP": "VERB"}
SURE = 0.8  # a form's lemma must have this share of its uses
Counts = Mapping[str, Counter[str]]


def count_lemmas(sentences: Sequence[Sentence]) -> tuple[Counts, Counts]:
    """Lemmas of form and part of speech, and of form, part of speech and features."""
    wide: dict[str, Counter[str]] = defaultdict(Counter)
    narrow: dict[str, Counter[str]] = defaultdict(Counter)
    for word in (w for s in sentences for w in s.words if w.lemma and w.pos not in ("PUNCT", "X")):
        key = f"{word.form.lower()}|{word.pos}"
        feats = "" if word.feats == "_" else word.feats
        wide[key][word.lemma] += 1
        narrow[f"{key}|{feats}"][word.lemma] += 1
    return wide, narrow


def read_unimorph(path: Path) -> Counts:
    """Lemmas of form and part of speech in UniMorph."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.count("\t") == 2:
            lemma, form, features = line.split("\t")
            pos = UNIMORPH_POS.get(features.split(";")[0])
            if pos and " " not in form:
                found[f"{form.lower()}|{pos}"][lemma] += 1
    return found


def make_table(wide: Counts, narrow: Counts, unimorph: Counts) -> dict[str, str]:
    """One table; the finer key is kept only where the coarser one would give another lemma."""
    table = {key: next(iter(seen)) for key, seen in unimorph.items() if len(seen) == 1}
    for key, seen in wide.items():
        lemma, count = seen.most_common(1)[0]
        if count / seen.total() >= SURE:
            table[key] = lemma
        else:
            table.pop(key, None)
    for key, seen in narrow.items():
        lemma, count = seen.most_common(1)[0]
        if count / seen.total() >= SURE and table.get(key.rsplit("|", 1)[0]) != lemma:
            table[key] = lemma
    return table


def main() -> None:
    """Read, count, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("treebank", "train", "extra", "out"):
        parser.add_argument(name, type=Path)
    given = parser.parse_args()
    wide, narrow = count_lemmas([*read_conllu(given.train), *read_conllu(given.extra)])
    table = make_table(wide, narrow, read_unimorph(given.treebank / "unimorph-dan.tsv"))
    given.out.mkdir(parents=True, exist_ok=True)
    srsly.write_msgpack(given.out / "lemmas.msgpack", dict(sorted(table.items())))


if __name__ == "__main__":
    main()
