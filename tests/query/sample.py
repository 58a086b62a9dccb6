"""The sample as da_klumme_sm 1.0.0 read it, kept as it was, so that a better pipeline or model changes no expectation.

`sample.parquet` has a row for each passage in force, with the fields of its article and its tokens. Probabilities are
not the model's: the nth passage carries (n mod 17) / 16 and (n mod 9) / 8. Run as a program, this writes `patterns.tsv`
anew from what the reference matcher finds.
"""

import sys
from pathlib import Path

import pyarrow.parquet as pq

sys.path.insert(0, str(Path(__file__).parent))

from reference import Reference

from klumme.query.cql.parse import parse_pattern

FOLDER = Path(__file__).parent
PATTERNS = FOLDER / "patterns.tsv"
THEMES = {"ansvarsfordeling": 17, "politisk-ejerskab": 9}


def rows():
    """Return the passages in order of article and place."""
    return pq.read_table(FOLDER / "sample.parquet").to_pylist()


def scores(number):
    """Return the probabilities of the nth passage."""
    return {theme: (number % cycle) / (cycle - 1) for theme, cycle in THEMES.items()}


def reference():
    """Make the matcher straight from the file."""
    known = {row["passage_id"]: row for row in rows()}
    themes = {name: scores(number) for number, name in enumerate(known)}
    return Reference({name: row["tokens"] for name, row in known.items()}, known, themes)


def patterns():
    """Return (pattern, number of matches, first match) for each line of the table."""
    lines = [line for line in PATTERNS.read_text(encoding="utf-8").splitlines()[4:] if not line.startswith("#")]
    return [(pattern, int(hits), first) for pattern, hits, first in (line.split("\t") for line in lines)]


def shown(match):
    """Write a match as the table does."""
    return "{} {} {}".format(*match)


def main():
    """Write the table anew."""
    matcher, lines = reference(), PATTERNS.read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines[4:], 4):
        if not line.startswith("#"):
            pattern = line.split("\t")[0]
            found = sorted(matcher.find(parse_pattern(pattern)))
            lines[number] = f"{pattern}\t{len(found)}\t{shown(found[0]) if found else ''}"
    PATTERNS.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
