"""Make the lexicon of forms: `forms.py TREEBANK TRAIN EXTRA OUT_DIR` writes forms.msgpack.

PAROLE and the treebank say what a form was; UniMorph adds forms, and tells a noun's gender by its definite singular.
"""

import argparse
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import srsly
from conllu import Sentence, read_conllu
from tables import UNIMORPH_POS

Sets = Mapping[str, set[str]]
MANNER, NUMBER = {"DEF": "Def", "INDF": "Ind"}, {"SG": "Sing", "PL": "Plur"}


def read_unimorph(path: Path) -> list[tuple[str, str, list[str]]]:
    """Lemma, form in small letters and features of UniMorph's single words."""
    rows = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines() if line.count("\t") == 2)
    return [(lemma, form.lower(), features.split(";")) for lemma, form, features in rows if " " not in form]


def parts(sentences: Iterable[Sentence], rows: Iterable[tuple[str, str, list[str]]]) -> Sets:
    """The parts of speech of each form."""
    found: dict[str, set[str]] = defaultdict(set)
    for word in (word for sentence in sentences for word in sentence.words):
        found[word.form.lower()].add(word.pos)
    for _, form, features in rows:
        if features[0] in UNIMORPH_POS:
            found[form].add(UNIMORPH_POS[features[0]])
    return found


def nouns(sentences: Iterable[Sentence], rows: list[tuple[str, str, list[str]]]) -> Sets:
    """The readings of each noun, without a genitive's s."""
    found: dict[str, set[str]] = defaultdict(set)
    for form, reading in [*_met(sentences), *_listed(rows)]:
        found[form].add(reading)
    return found


def _met(sentences: Iterable[Sentence]) -> Iterator[tuple[str, str]]:
    for word in (word for sentence in sentences for word in sentence.words if word.pos == "NOUN"):
        feats = dict(one.split("=") for one in word.feats.split("|") if "=" in one)
        if {"Gender", "Definite", "Number"} <= feats.keys():
            form = word.form.lower().removesuffix("s").rstrip("'’") if "Case" in feats else word.form.lower()
            yield form, f"{feats['Gender']}|{feats['Definite']}|{feats['Number']}"


def _listed(rows: list[tuple[str, str, list[str]]]) -> Iterator[tuple[str, str]]:
    rows = [row for row in rows if row[2][0] == "N" and "NOM" in row[2] and not _genitive(row)]
    genders: dict[str, set[str]] = defaultdict(set)
    for lemma, form, features in rows:
        if features == ["N", "DEF", "NOM", "SG"]:
            genders[lemma].add("Neut" if form.removeprefix(lemma.lower()).endswith("t") else "Com")
    for lemma, form, features in rows:
        for gender in genders.get(lemma, ()):
            yield form, f"{gender}|{MANNER[features[1]]}|{NUMBER[features[3]]}"


def _genitive(row: tuple[str, str, list[str]]) -> bool:
    """UniMorph calls the definite genitives nominative too; no definite nominative ends in s."""
    return row[2][1] == "DEF" and row[1].endswith("s")


def by_set(found: Sets) -> dict[str, list[str]]:
    """Forms by what they can be, in a fixed order."""
    turned: dict[str, list[str]] = defaultdict(list)
    for form in sorted(found):
        turned[" ".join(sorted(found[form]))].append(form)
    return dict(sorted(turned.items()))


def main() -> None:
    """Read, gather, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("treebank", "train", "extra", "out"):
        parser.add_argument(name, type=Path)
    given = parser.parse_args()
    sentences = [*read_conllu(given.train), *read_conllu(given.extra)]
    rows = read_unimorph(given.treebank / "unimorph-dan.tsv")
    given.out.mkdir(parents=True, exist_ok=True)
    lexicon = {"parts": by_set(parts(sentences, rows)), "nouns": by_set(nouns(sentences, rows))}
    srsly.write_msgpack(given.out / "forms.msgpack", lexicon)


if __name__ == "__main__":
    main()
