"""Copies of training sentences in the marks of today's web pages: `typeset.py OUT FILE...`.

PAROLE writes every quotation mark as `"`, every dash as `-` and an ellipsis as three stops; columns
write curly or angle quotes, long dashes and one sign.
"""

import argparse
import random
from copy import deepcopy
from pathlib import Path

from conllu import Sentence, read_conllu, write_conllu

PAIRS = [("\u201d", "\u201d"), ("\u201c", "\u201d"), ("\u00bb", "\u00ab"), ("\u2018", "\u2019"), ("\u201e", "\u201c")]
MARKS = frozenset({'"', "-", "..."})


def retyped(sentence: Sentence, rng: random.Random) -> Sentence | None:
    """A copy with other marks, or None where it has none of them."""
    if not any(word.form in MARKS for word in sentence.words):
        return None
    copy = deepcopy(sentence)
    copy.name += "-typeset"
    pair, inside = rng.choice(PAIRS), False
    for word in copy.words:
        if word.form == '"':
            word.form, inside = pair[inside], not inside
        elif word.form == "-":
            word.form = "\u2013"
        elif word.form == "...":
            word.form = "\u2026"
        else:
            continue
        word.lemma = word.lemma and word.form
    return copy


def main() -> None:
    """Read, retype, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    rng = random.Random(given.seed)  # noqa: S311
    copies = (retyped(s, rng) for path in given.files for s in read_conllu(path))
    write_conllu(given.out, [copy for copy in copies if copy])


if __name__ == "__main__":
    main()
