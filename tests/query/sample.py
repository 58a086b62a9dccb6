"""The sample as da_klumme_sm 1.0.0 read it, kept as it was, so that a better pipeline or model changes no expectation.

`sample.parquet` has a row for each passage in force, with the fields of its article and its tokens. Probabilities are
not the model's: the nth passage carries (n mod 17) / 16 and (n mod 9) / 8. Run as a program, this writes `patterns.tsv`
anew from what the reference matcher finds.
"""

import sys
from datetime import datetime
from pathlib import Path

import pyarrow.parquet as pq

sys.path.insert(0, str(Path(__file__).parent))

from reference import Reference

from klumme.query.cql.parse import parse_pattern
from klumme.query.index import run as index
from klumme.tables import Tables

FOLDER = Path(__file__).parent
PATTERNS = FOLDER / "patterns.tsv"
THEMES = {"ansvarsfordeling": 17, "politisk-ejerskab": 9}


def rows():
    """Return the passages in order of article and place."""
    return pq.read_table(FOLDER / "sample.parquet").to_pylist()


def scores(number):
    """Return the probabilities of the nth passage."""
    return {theme: (number % cycle) / (cycle - 1) for theme, cycle in THEMES.items()}


def numbered():
    """Return the passages with the number that their probabilities come from."""
    return list(enumerate(rows()))


def build(workspace, passages):
    """Write some of the passages into a workspace as a corpus, and index it."""
    tables, given = Tables(workspace), [row for _, row in passages]
    articles = {row["article_id"]: {**row, "id": row["article_id"], "duplicate_of": ""} for row in given}
    at = datetime(2026, 1, 1)
    parts = {
        "passages": [{**row, "id": row["passage_id"], "kind": "paragraph"} for row in given],
        "articles": [{**article, "fetched_at": at} for article in articles.values()],
    }
    tokens = [{"passage_id": row["passage_id"], **token} for row in given for token in row["tokens"]]
    read = [{"passage_id": row["passage_id"], "tokens": len(row["tokens"]), "sentences": 1} for row in given]
    said = [
        {"passage_id": row["passage_id"], "theme": theme, "p": p, "tagged": p >= 0.5, "why": []}
        for number, row in passages
        for theme, p in scores(number).items()
    ]
    tables.append(parts)
    tables.append({"tokens": tokens, "annotations": read}, "sample")
    tables.append({"theme_scores": said}, "sample")
    tables.set_versions(dict.fromkeys(("tokens", "annotations", "theme_scores"), "sample"))
    index(workspace)
    return workspace


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
