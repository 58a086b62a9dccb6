"""`make memory`: what annotating and tagging a hundred thousand passages holds in memory, as it goes.

The passages are those of the sample, cut to their first dozen words, each with a number behind it, so that no two are
alike. The resident memory of the process is told ten times a stage; where it is flat, nothing of the passages read
before is kept.
"""

import argparse
import os
import tempfile
import time
from pathlib import Path

from cost import multiply, sample
from rich.console import Console
from rich.table import Table

from klumme.annotate.step import run as annotate
from klumme.settings import AnnotateSettings, TagSettings
from klumme.tables import Tables
from klumme.themes.step import run as tag
from klumme.workspace import Workspace, find_home

WORDS, TIMES = 12, 10


def main():
    """Build, run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passages", type=int, default=100_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="klumme-memory-") as folder:
        workspace = Workspace(Path(folder) / "many", find_home())
        _fill(workspace, sample(Path(folder) / "sample"), options.passages)
        stages = {
            "annotate": lambda watch: annotate(workspace, AnnotateSettings(processes=1), watch),
            "tag by words": lambda watch: tag(workspace, TagSettings(processes=1, words_only=True), watch),
        }
        seen = {name: _watched(stage) for name, stage in stages.items()}
        _print(seen, Tables(workspace).read("SELECT count(*) AS n FROM current_passages")[0]["n"])


def _fill(workspace, known, passages):
    """Write so many short passages."""
    articles, texts = (
        known.read(f"SELECT count(*) AS n FROM current_{name}")[0]["n"] for name in ("articles", "passages")
    )
    short = f"array_to_string(list_slice(string_split(text, ' '), 1, {WORDS}), ' ')"
    multiply(known, Tables(workspace), passages * articles // texts + articles, short)


def _watched(stage):
    """Run a stage and return the megabytes held after each tenth of it."""
    held = []

    def watch(items, total, label=""):
        for number, item in enumerate(items):
            if number % max(1, total // TIMES) == 0:
                held.append(_resident())
            yield item

    began = time.perf_counter()
    stage(watch)
    return [*held, _resident()], time.perf_counter() - began


def _resident():
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _print(seen, passages):
    table = Table(title=f"{passages:,} passages in one process; MB held", title_justify="left")
    for name in ("stage", "as it goes", "at the end", "seconds"):
        table.add_column(name)
    for name, (held, seconds) in seen.items():
        table.add_row(name, " ".join(f"{one:,.0f}" for one in held[:-1]), f"{held[-1]:,.0f}", f"{seconds:,.0f}")
    Console(width=140).print(table)


if __name__ == "__main__":
    main()
