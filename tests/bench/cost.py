"""`make cost`: what annotating, tagging and indexing cost at three sizes, and what a million articles would.

The articles are those of the sample, over and over, each time with other ids and a number behind each text, since the
vectors of the sample itself ship with the encoder. "Tag by words" leaves the encoder out. Every stage runs in a process
of its own and tells its seconds, its processor's seconds and the most memory it held; the tables tell their bytes. What
an article costs is the slope between the smallest and the largest size, so that loading models does not count. A
million articles have more different words than the sample: of the index, whose size depends on them, the figures are
the lower bound. Beside them the bare pipeline reads the same texts through `nlp.pipe` in one process, keeping none.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from klumme.query.corpus import Corpus
from klumme.settings import AnnotateSettings, TagSettings
from klumme.tables import Tables
from klumme.workspace import Workspace, find_home

MILLION = 1_000_000
BARE, BY_WORDS = "bare pipeline", "tag by words"
STAGES = ("annotate", BY_WORDS, "tag", "index", "open and search")
# So many copies of the sample go into one part.
_CHUNK = 20


def main():
    """Measure, or (--stage) be measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs=3, default=[500, 1000, 2000], help="articles")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--stage", choices=(BARE, *STAGES))
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    if options.stage:
        measured = _measured(options.stage, Workspace(options.folder, find_home()), options.workers)
        sys.stdout.write(json.dumps(measured))
        return
    with tempfile.TemporaryDirectory(prefix="klumme-cost-") as folder:
        known = sample(Path(folder) / "sample")
        _print([_size(known, Path(folder), size, options.workers) for size in options.sizes], options.workers)


def sample(folder):
    """Collect and extract the sample."""
    for command in ("collect", "extract"):
        call = [sys.executable, "-c", "from klumme.cli.main import main; main()", "--root", str(folder), "--quiet"]
        subprocess.run([*call, command], check=True, stdout=subprocess.DEVNULL)
    return Tables(Workspace(folder, find_home()))


def _size(known, folder, size, workers):
    """Write so many articles, run every stage on them, and return what it took."""
    workspace = Workspace(folder / str(size), find_home())
    multiply(known, Tables(workspace), size)
    figures = {stage: _run(stage, workspace.root, workers) for stage in (BARE, *STAGES)}
    rows = Tables(workspace).read("SELECT count(*) AS tokens FROM tokens")
    disk = sum(path.stat().st_size for path in workspace.tables.rglob("*") if path.is_file())
    return {"articles": size, "tokens": rows[0]["tokens"], "disk": disk, **figures}


def multiply(known, tables, size, text="text"):
    """Write so many articles over and over, the text of a passage (`text` in SQL) each time with a number behind it."""
    with known.connect() as connection:
        connection.execute(
            "CREATE TABLE a AS SELECT *, row_number() OVER (ORDER BY id) - 1 AS place FROM current_articles"
        )
        connection.execute(
            "CREATE TABLE p AS SELECT p.*, place FROM current_passages AS p JOIN a ON a.id = p.article_id"
        )
        count = connection.execute("SELECT count(*) FROM a").fetchall()[0][0]
        for first in range(0, size, count * _CHUNK):
            copies = f"range({first // count}, {first // count + _CHUNK}) AS k(n) WHERE n * {count} + place < {size}"
            renamed = {
                "passages": "p.* EXCLUDE (place) "
                "REPLACE (id || '-' || n AS id, article_id || '-' || n AS article_id, "
                f"{text} || ' ' || left(id, 6) || n AS text) FROM p",
                "articles": "a.* EXCLUDE (place) REPLACE (id || '-' || n AS id, url || '-' || n AS url) FROM a",
            }
            parts = {name: f"SELECT {columns} CROSS JOIN {copies}" for name, columns in renamed.items()}
            tables.append({name: connection.sql(sql).to_arrow_table() for name, sql in parts.items()})


def _run(stage, folder, workers):
    call = [sys.executable, __file__, "--stage", stage, "--folder", str(folder), "--workers", str(workers)]
    return json.loads(subprocess.run(call, check=True, capture_output=True, text=True).stdout)


def _measured(stage, workspace, workers):
    from klumme.annotate.step import run as annotate
    from klumme.query.index import run as index
    from klumme.themes.step import run as tag

    began = time.perf_counter()
    match stage:
        case "bare pipeline":
            began = _read_bare(workspace)
        case "annotate":
            annotate(workspace, AnnotateSettings(processes=workers))
        case "tag by words":
            tag(workspace, TagSettings(processes=workers, words_only=True))
        case "tag":
            tag(workspace, TagSettings(processes=workers))
        case "index":
            index(workspace)
        case _:
            with Corpus(workspace.root) as corpus:
                corpus.search("kommune samarbejde")
    seconds = time.perf_counter() - began
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return {
        "seconds": seconds,
        "cpu": sum(u.ru_utime + u.ru_stime for u in used),
        "memory": max(u.ru_maxrss for u in used) * 1024,
    }


def _read_bare(workspace):
    """Read all texts with the pipeline alone, and return when that began."""
    from klumme.annotate.danish import SHIPPED, load_pipeline

    nlp = load_pipeline(SHIPPED, workspace)
    texts = Tables(workspace).read("SELECT text FROM passages ORDER BY article_id, ordinal")
    began = time.perf_counter()
    with nlp.memory_zone():
        for _ in nlp.pipe(row["text"] for row in texts):
            pass
    return began


def _print(sizes, workers):
    load, cores = os.getloadavg()[0], os.cpu_count()
    title = f"{workers} worker(s), {cores} cores, load {load:.1f}; seconds / processor's seconds / most memory"
    table = Table(title=title, title_justify="left")
    for name in ("articles", "tokens", *STAGES, "disk"):
        table.add_column(name, justify="right")
    for row in sizes:
        shown = [_figures(row[stage]) for stage in STAGES]
        table.add_row(f"{row['articles']:,}", f"{row['tokens']:,}", *shown, f"{row['disk'] / 1e6:,.0f} MB")
    hours = [f"{_hours(sizes, stage, 'seconds'):,.1f} h / {_hours(sizes, stage, 'cpu'):,.1f} h" for stage in STAGES[:4]]
    tokens, disk = (_slope(sizes, lambda row, n=name: row[n]) * MILLION for name in ("tokens", "disk"))
    table.add_row("1,000,000", f"{tokens:,.0f}", *hours, "", f"{disk / 1e9:,.0f} GB")
    console = Console(width=140)
    console.print(table)
    bare = _slope(sizes, lambda row: row["tokens"]) / _slope(sizes, lambda row: row[BARE]["seconds"])
    for how, tagging in (("by words", BY_WORDS), ("with the encoder", "tag")):
        seconds = sum(_slope(sizes, lambda row, s=stage: row[s]["seconds"]) for stage in ("annotate", tagging))
        ours = _slope(sizes, lambda row: row["tokens"]) / seconds
        console.print(
            f"Tokens a second: annotating and tagging {how} {ours:,.0f}, the bare pipeline in one process {bare:,.0f}; "
            f"{ours / bare:.2f} of it (to reach: 0.85 with one worker, 1.7 times that with two)"
        )


def _figures(stage):
    return f"{stage['seconds']:,.1f} / {stage['cpu']:,.1f} / {stage['memory'] / 1e6:,.0f} MB"


def _hours(sizes, stage, clock):
    return _slope(sizes, lambda row: row[stage][clock]) * MILLION / 3600


def _slope(sizes, figure):
    first, last = sizes[0], sizes[-1]
    return (figure(last) - figure(first)) / (last["articles"] - first["articles"])


if __name__ == "__main__":
    main()
