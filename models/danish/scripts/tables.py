"""Make the lemma table: `tables.py TREEBANK TRAIN EXTRA OUT_DIR` writes lemmas.msgpack.

PAROLE and the treebank give lemmas for forms with their part of speech (and, where that is not
enough, their features); UniMorph adds forms that they lack and that have one lemma only. For forms
that none of them has there are patterns, learnt from the same text: what the endings of a part of
speech with its features become. A closed class of adverbs is added whole (adverbs.toml), and a list
of short nouns (compounds.toml).
"""

import argparse
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile
from pathlib import Path
from typing import Any

import srsly
from conllu import Sentence, read_conllu

UNIMORPH_POS = {"N": "NOUN", "V": "VERB", "ADJ": "ADJ", "V.PTCP": "VERB"}
SURE = 0.8  # a form's lemma must have this share of its uses
Counts = Mapping[str, Counter[str]]
PATTERNS = frozenset({"NOUN", "ADJ", "VERB"})
LONGEST = 5  # letters of an ending, as klumme.annotate.lemmas reads them; longer ones gave less
# An edit is believed after two different words, and beside likelier ones with this share. (Chosen on forms of the
# training text that were held out.)
WORDS, SHARE, EDITS = 2, 0.15, 3


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


def make_patterns(sentences: Sequence[Sentence]) -> dict[str, str]:
    """For each ending with its tags the likeliest edits, as klumme.annotate.lemmas reads them.

    What a shorter ending tells is left out.
    """
    seen = {(w.form.lower(), w.pos, w.feats.strip("_"), w.lemma.lower()) for s in sentences for w in s.words}
    counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for form, pos, feats, lemma in sorted(seen):
        if pos in PATTERNS and form.isalpha():
            for ending, edit in _edits(form, lemma):
                counts[ending, f"{pos}|{feats}"][edit] += 1
    likely = {key: _likeliest(edits) for key, edits in counts.items()}
    told = {key: edits for key, edits in likely.items() if edits and edits != likely.get((key[0][1:], key[1]))}
    return {f"*{ending}|{tags}": edits for (ending, tags), edits in told.items()}


def _edits(form: str, lemma: str) -> Iterator[tuple[str, str]]:
    """The endings of a form, each with what makes the lemma of it; none where hardly a letter is the same."""
    pairs = zip(form, lemma, strict=False)
    shared = len(list(takewhile(lambda pair: pair[0] == pair[1], pairs)))
    edit = f"{len(form) - shared}{lemma[shared:]}"
    longest = min(LONGEST, len(form) - 2) if shared > 1 else 0
    return ((form[-size:], edit) for size in range(max(len(form) - shared, 1), longest + 1))


def _likeliest(edits: Counter[str]) -> str:
    return " ".join(e for e, n in edits.most_common(EDITS) if n >= WORDS and n >= SHARE * edits.total())


def read_list(name: str) -> dict[str, Any]:
    """What one of the recipe's lists says."""
    return tomllib.loads(Path(__file__).parents[1].joinpath(name).read_text(encoding="utf-8"))


def read_adverbs() -> list[str]:
    """The closed class of adverbs that the training text has only a part of."""
    kinds = [(kind["first"].split(), kind["last"].split()) for kind in read_list("adverbs.toml")["joined"]]
    return sorted({first + last for firsts, lasts in kinds for first in firsts for last in lasts})


def main() -> None:
    """Read, count, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("treebank", "train", "extra", "out"):
        parser.add_argument(name, type=Path)
    given = parser.parse_args()
    sentences = [*read_conllu(given.train), *read_conllu(given.extra)]
    wide, narrow = count_lemmas(sentences)
    table = make_table(wide, narrow, read_unimorph(given.treebank / "unimorph-dan.tsv")) | make_patterns(sentences)
    nouns = read_list("compounds.toml")["nouns"].split()
    listed = {f"{word}|{pos}": word for pos, words in (("ADV", read_adverbs()), ("NOUN", nouns)) for word in words}
    table = listed | table
    given.out.mkdir(parents=True, exist_ok=True)
    srsly.write_msgpack(given.out / "lemmas.msgpack", dict(sorted(table.items())))


if __name__ == "__main__":
    main()
