"""Make the lexicon of forms: `forms.py TREEBANK TRAIN EXTRA OUT_DIR` writes forms.msgpack.

PAROLE and the treebank, as converted, tell what a form was met as; UniMorph adds forms, and tells a noun's gender by
its definite singular; a closed class of adverbs is added whole (adverbs.toml). (Leaving out what was met once or twice
only cost .05 and .08 of part of speech on dev.)
"""

import argparse
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import srsly
from conllu import Sentence, read_conllu
from tables import UNIMORPH_POS, read_adverbs

Sets = Mapping[str, set[str]]
GENDER = {"t": "Neut", "n": "Com"}  # by the last letter of the definite singular
MANNER, NUMBER = {"DEF": "Def", "INDF": "Ind"}, {"SG": "Sing", "PL": "Plur"}


def read_rows(path: Path) -> list[tuple[str, str, list[str]]]:
    """Lemma, form in small letters and features of UniMorph's single words."""
    rows = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines() if line.count("\t") == 2)
    return [(lemma, form.lower(), features.split(";")) for lemma, form, features in rows if " " not in form]


def list_parts(sentences: Iterable[Sentence], rows: Iterable[tuple[str, str, list[str]]]) -> Sets:
    """List the parts of speech of each form."""
    found: dict[str, set[str]] = defaultdict(set)
    for word in (word for sentence in sentences for word in sentence.words):
        found[word.form.lower()].add(word.pos)
    # An imperative looks like many a noun that UniMorph lacks: "svigt".
    for _, form, features in (row for row in rows if row[2][0] in UNIMORPH_POS and "IMP" not in row[2]):
        found[form].add(UNIMORPH_POS[features[0]])
    for adverb in read_adverbs():
        found[adverb].add("ADV")
    return found


def list_readings(sentences: Iterable[Sentence], rows: list[tuple[str, str, list[str]]]) -> Sets:
    """List the readings of each noun, without a genitive's s."""
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
            genders[lemma] |= {GENDER[form[-1]]} if form[-1] in GENDER else set()
    for lemma, form, features in rows:
        for gender in genders.get(lemma, ()):
            yield form, f"{gender}|{MANNER[features[1]]}|{NUMBER[features[3]]}"


def _genitive(row: tuple[str, str, list[str]]) -> bool:
    """UniMorph calls the definite genitives nominative too; no definite nominative ends in s."""
    return row[2][1] == "DEF" and row[1].endswith("s")


def by_set(found: Sets) -> dict[str, list[str]]:
    """Gather forms by what they can be, in a fixed order."""
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
    rows = read_rows(given.treebank / "unimorph-dan.tsv")
    given.out.mkdir(parents=True, exist_ok=True)
    lexicon = {"parts": by_set(list_parts(sentences, rows)), "nouns": by_set(list_readings(sentences, rows))}
    srsly.write_msgpack(given.out / "forms.msgpack", lexicon)


if __name__ == "__main__":
    main()
