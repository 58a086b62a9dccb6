"""The card's tables from metrics.json: `card.py METRICS` prints Markdown to paste under Figures."""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

COLUMNS = {
    "token_acc": "tokens",
    "pos_acc": "POS",
    "morph_acc": "morphology",
    "lemma_acc": "lemma",
    "sents_f": "sentences F",
    "dep_uas": "UAS",
    "dep_las": "LAS",
    "ents_f": "NER F",
}
PARTS = ("dev, raw text", "dev, gold tokens", "test, raw text", "test, gold tokens")


def row(name: str, values: Sequence[object]) -> str:
    """One line of a Markdown table."""
    return f"| {name} | " + " | ".join("-" if v is None else str(v) for v in values) + " |"


def head(columns: Sequence[str]) -> Iterator[str]:
    """The first two lines of a table."""
    yield row("", columns)
    yield "|---" * (len(columns) + 1) + "|"


def main_table(metrics: Mapping) -> Iterator[str]:
    """The shipped pipeline, its seeds and the others on each part, and what is published."""
    yield from head(list(COLUMNS.values()))
    for part in PARTS:
        yield row(f"**{part}**", [metrics["model"][part][m] for m in COLUMNS])
        seeds = metrics.get("seeds")
        if seeds:
            table = seeds["mean and deviation"][part]
            name = f"{part}: mean ± deviation, {seeds['count']} seeds"
            yield row(name, ["{} ± {}".format(*table[m]) for m in COLUMNS])
        for other, run in metrics["others"].items():
            yield row(f"{part}: {Path(other).name}", [run[part][m] for m in COLUMNS])
    order = ("token_acc", "pos_acc", "morph_acc", "lemma_acc", "sents_f", "dep_uas", "dep_las", "ents_p", "ents_r")
    for name, values in metrics["published"].items():
        by_name = dict(zip((*order, "ents_f"), values, strict=True))
        yield row(name, [by_name[m] for m in COLUMNS])


def entity_table(metrics: Mapping) -> Iterator[str]:
    """Precision, recall and F per entity type on dev and test, raw text."""
    yield from head(["dev P", "dev R", "dev F", "test P", "test R", "test F"])
    dev, test = (metrics["model"][part]["ents_per_type"] for part in ("dev, raw text", "test, raw text"))
    for kind in sorted(dev):
        yield row(kind, [part[kind][k] for part in (dev, test) for k in ("p", "r", "f")])


def speed_table(metrics: Mapping) -> Iterator[str]:
    """Words a second and memory."""
    yield from head(["words/s, one core", "MB after loading", "MB at the peak"])
    for name, run in metrics["speed"].items():
        yield row(name, [run["words_per_second"], run["loaded_mb"], run["peak_mb"]])


def main() -> None:
    """Print the three tables."""
    metrics = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    for table in (main_table, entity_table, speed_table):
        print("\n".join(table(metrics)) + "\n")


if __name__ == "__main__":
    main()
