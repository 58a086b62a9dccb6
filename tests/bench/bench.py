"""`make bench`: ten million tokens, built once, asked side by side by klumme, SQLite FTS5, tantivy and spaCy's Matcher.

Every figure is the median of RUNS questions in one process, in milliseconds, after one that does not count. FTS5 and
tantivy index the lemmas of each passage and return the best 20 with their text; klumme also returns themes, marked
words, the number of all hits and facets. The goal of a word search is 1.5 times what FTS5 takes in the same run. A job
that a system cannot do has no figure. spaCy scans SCANNED passages; its time is scaled up.
"""

import argparse
import os
import sqlite3
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import tantivy
from rich.console import Console
from rich.table import Table
from spacy.matcher import Matcher
from spacy.tokens import Doc
from spacy.vocab import Vocab

sys.path.insert(0, str(Path(__file__).parent))

import likeness
import synthetic

from klumme.query.corpus import Corpus
from klumme.query.matches import matches
from klumme.query.question import Question
from klumme.query.store import fetch
from klumme.workspace import Workspace, find_home

RUNS, SCANNED, SHOWN = 9, 4000, 20

BESIDE_FTS5 = "1.5 times FTS5"

_FTS5 = "CREATE VIRTUAL TABLE t USING fts5(lemmas, text UNINDEXED, tokenize='unicode61 remove_diacritics 0')"
_LEMMAS = """
SELECT passage, string_agg(lemma, ' ' ORDER BY i) AS lemmas, any_value(text) AS text
FROM lemma_index JOIN texts USING (passage) GROUP BY passage ORDER BY passage
"""


def main():
    """Build what is not there, ask, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "klumme-bench")
    parser.add_argument("--articles", type=int, default=20_000)
    parser.add_argument("--likeness", action="store_true", help="Measure only the search by meaning.")
    options = parser.parse_args()
    folder = options.folder / str(options.articles)
    workspace = Workspace(folder, find_home())
    if not (folder / "built").exists():
        synthetic.build(workspace, options.articles)
        _build_rivals(folder)
        (folder / "built").touch()
    if not (folder / "vectors").exists():
        likeness.write(workspace)
        (folder / "vectors").touch()
    synthetic.index(workspace)  # a newer klumme may prepare other things than the one that built the corpus
    with Corpus(folder) as corpus:
        tokens = options.articles * synthetic.PER_ARTICLE * synthetic.PER_PASSAGE
        if not options.likeness:
            _print(_measure(corpus, folder), tokens, ("klumme", "FTS5", "tantivy", "spaCy Matcher"))
        rows = [(name, goal, *map(_median, asks, (1, 1, 1))) for name, (goal, *asks) in likeness.jobs(corpus).items()]
        _print(rows, tokens, likeness.NAMES)


def _build_rivals(folder):
    """Index the lemmas of each passage in FTS5 and in tantivy."""
    with Corpus(folder) as corpus, corpus.store.cursor(600) as cursor:
        rows = fetch(cursor, _LEMMAS, ())
    with sqlite3.connect(folder / "fts5.sqlite") as database:
        database.execute(_FTS5)
        database.executemany("INSERT INTO t(rowid, lemmas, text) VALUES (:passage, :lemmas, :text)", rows)
        database.execute("INSERT INTO t(t) VALUES ('optimize')")
    (folder / "tantivy").mkdir(exist_ok=True)
    schema = tantivy.SchemaBuilder().add_text_field("lemmas", tokenizer_name="whitespace")
    schema = schema.add_text_field("text", stored=True, index_option="basic").build()
    writer = tantivy.Index(schema, path=str(folder / "tantivy")).writer(heap_size=200_000_000, num_threads=1)
    for row in rows:
        writer.add_document(tantivy.Document(lemmas=row["lemmas"], text=row["text"]))
    writer.commit()
    writer.wait_merging_threads()


def _measure(corpus, folder):
    frequent = "SELECT lemma FROM lemmas GROUP BY lemma ORDER BY sum(n) DESC LIMIT 2000"
    word = [row["lemma"] for row in corpus.store.read(frequent)]
    sql, index, docs = sqlite3.connect(folder / "fts5.sqlite"), _open_tantivy(folder), _docs(corpus)
    scale = corpus.store.read("SELECT count(*) AS n FROM meta")[0]["n"] / SCANNED

    def pattern(*lemmas, within=""):
        text = " []{0,3} ".join(f'[lemma="{lemma}"]' for lemma in lemmas) + within
        near = f"NEAR({' '.join(lemmas)}, 3)"
        slop = f'"{" ".join(lemmas)}"~3'
        rival = () if within else (lambda: _fts(sql, near), lambda: _tantivy(index, slop))
        return (
            lambda: _count(corpus, text),
            *rival,
            *((lambda: None,) * (2 - len(rival))),
            lambda: _scan(docs, lemmas),
        )

    def words(query, *lemmas):
        both = " OR ".join(f'"{lemma}"' for lemma in lemmas)
        return (lambda: corpus.search(query), lambda: _fts(sql, both), lambda: _tantivy(index, " ".join(lemmas)), None)

    def alone(question):
        return question, None, None, None

    themed = "tema:politisk-ejerskab kommune:Køge"
    jobs = {
        "open the corpus": (150, alone(lambda: _opened(folder))),
        "one word, facets": (BESIDE_FTS5, words(word[500], word[500])),
        "three words, facets": (BESIDE_FTS5, words(" OR ".join(word[300:303]), *word[300:303])),
        "word in a theme and a place": (None, alone(lambda: corpus.search(f"{word[300]} {themed}"))),
        "two lemmas with a gap": (60, pattern(word[500], word[800])),
        "three lemmas with gaps": (60, pattern(word[300], word[320], word[330])),
        "two of the top 100, gap": (400, pattern(word[5], word[9])),
        "the same within a sentence": (400, pattern(word[5], word[9], within=" within s")),
        "adjective and lemma": (None, alone(lambda: _count(corpus, f'[pos="ADJ"]+ [lemma="{word[300]}"]'))),
        "part of a compound": (None, alone(lambda: _count(corpus, f'[part="{word[500]}"]'))),
        "trend by year": (60, alone(lambda: corpus.count(f'[lemma="{word[300]}"]', "aar"))),
        "20 lines sorted by left": (None, alone(lambda: corpus.concordance(f'[lemma="{word[300]}"]', sort="left"))),
        "collocations": (None, alone(lambda: corpus.collocations(f'[lemma="{word[300]}"]'))),
        "themes by year": (None, alone(lambda: corpus.themes("aar"))),
    }
    return [_row(name, goal, systems, scale) for name, (goal, systems) in jobs.items()]


def _row(name, goal, systems, scale):
    figures = [_median(ask, scale if place == 3 else 1) for place, ask in enumerate(systems)]
    return name, figures[1] * 1.5 if goal == BESIDE_FTS5 else goal, *figures


def _median(ask, scale):
    if ask is None or ask() is None:
        return None
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        ask()
        times.append(time.perf_counter() - start)
    return median(times) * 1000 * scale


def _opened(folder):
    with Corpus(folder) as corpus:
        return corpus.store.read("SELECT count(*) FROM meta")


def _count(corpus, text):
    with matches(corpus.store, Question(text)) as found:
        return found.total


def _fts(database, query):
    sql = "SELECT rowid, bm25(t), text FROM t WHERE t MATCH ? ORDER BY rank LIMIT ?"
    return database.execute(sql, (f"lemmas:({query})", SHOWN)).fetchall()


def _open_tantivy(folder):
    return tantivy.Index.open(str(folder / "tantivy"))


def _tantivy(index, query):
    searcher = index.searcher()
    found = searcher.search(index.parse_query(query, ["lemmas"]), SHOWN)
    return [searcher.doc(address)["text"] for _, address in found.hits]


def _docs(corpus):
    vocab = Vocab()
    rows = corpus.store.read(
        "SELECT list(form ORDER BY i) AS words, list(lemma ORDER BY i) AS lemmas FROM lemma_index "
        f"WHERE passage < {SCANNED} GROUP BY passage"
    )
    return [Doc(vocab, words=row["words"], lemmas=row["lemmas"]) for row in rows]


def _scan(docs, lemmas):
    matcher = Matcher(docs[0].vocab)
    gap = [{"OP": "?"}] * 3
    rule = [{"LEMMA": lemmas[0]}]
    for lemma in lemmas[1:]:
        rule += [*gap, {"LEMMA": lemma}]
    matcher.add("rule", [rule])
    return [matcher(doc) for doc in docs]


def _shown(figure):
    return "" if figure is None else f"{figure:,.1f}" if figure < 10 else f"{figure:,.0f}"


def _print(rows, tokens, names):
    load, cores = os.getloadavg()[0], os.cpu_count()
    title = f"{tokens:,} tokens, medians of {RUNS} in milliseconds; {cores} cores, load {load:.1f}"
    table = Table(title=title, title_justify="left")
    table.add_column("job")
    for name in ("goal", *names):
        table.add_column(name, justify="right")
    for name, *figures in rows:
        table.add_row(name, *(_shown(figure) for figure in figures))
    Console(width=100).print(table)


if __name__ == "__main__":
    main()
