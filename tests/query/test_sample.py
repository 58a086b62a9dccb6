"""Every feature of the pattern language on the sample, against what the slow matcher found there."""

import re
import sys
import tracemalloc
from pathlib import Path

import pytest

from klumme.query.corpus import Corpus
from klumme.query.matches import matches
from klumme.query.measures import mtld
from klumme.query.question import Question
from klumme.query.store import fetch
from klumme.workspace import Workspace, find_home

sys.path.insert(0, str(Path(__file__).parent))

import sample

ROWS = sample.rows()
TEXT = {row["passage_id"]: row["text"] for row in ROWS}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """The sample, indexed once."""
    workspace = sample.build(Workspace(tmp_path_factory.mktemp("sample"), find_home()), sample.numbered())
    with Corpus(workspace.root) as corpus:
        yield corpus


def _found(corpus, pattern):
    with matches(corpus.store, Question(pattern, cql=True)) as found:
        rows = fetch(found.cursor, "SELECT passage_id, b, e FROM matches JOIN meta USING (passage)", ())
    return sorted(tuple(row.values()) for row in rows)


@pytest.mark.parametrize(("pattern", "hits", "first"), sample.patterns(), ids=lambda value: str(value)[:60])
def test_a_pattern_finds_in_the_sample_what_the_slow_matcher_found(corpus, pattern, hits, first):
    found = _found(corpus, pattern)
    assert (len(found), sample.shown(found[0]) if found else "") == (hits, first)


def test_the_table_has_150_patterns_that_differ_and_nearly_all_find_something():
    table = sample.patterns()
    assert len({pattern for pattern, _, _ in table}) == len(table) >= 150
    assert sum(hits > 0 for _, hits, _ in table) >= 150


@pytest.mark.parametrize(
    ("pattern", "expression"),
    [
        ('"skolen"', r"(?i)(?<![\w-])skolen(?![\w-])"),
        ('"KØBENHAVN"', r"(?i)(?<![\w-])københavn(?![\w-])"),
        ('"Skolen"%s', r"(?<![\w-])Skolen(?![\w-])"),
        ('"man" "kan" "ikke"', r"(?i)\bman kan ikke\b"),
        ('"så" "længe"', r"(?i)\bså længe\b"),
        ('[form="én"]', r"(?i)(?<![\w-])én(?![\w-])"),
    ],
)
def test_forms_are_counted_by_grep_too(pattern, expression):
    hits = next(hits for known, hits, _ in sample.patterns() if known == pattern)
    assert hits == sum(len(re.findall(expression, text)) for text in TEXT.values())


def test_the_kept_sample_is_the_one_that_is_shipped():
    shipped = " ".join(
        path.read_text(encoding="utf-8") for path in sorted((find_home() / "corpus/sample/articles").glob("*.txt"))
    )
    strange = [line for text in TEXT.values() for line in text.splitlines() if line not in shipped]
    assert strange == []


def _read_all(corpus, column):
    """Return for each group its words in order, as (passage, sentence, word)."""
    rows = corpus.store.read(
        f'SELECT {column} AS "group", passage, sentence, lower(form) AS word FROM tokens JOIN meta USING (passage_id) '
        'ORDER BY "group", published, article_id, ordinal, i'
    )
    groups = {}
    for row in rows:
        if any(letter.isalnum() for letter in row["word"]):
            groups.setdefault(row["group"], []).append((row["passage"], row["sentence"], row["word"]))
    return groups


@pytest.mark.parametrize(("by", "column"), [("forfatter", "author"), ("parti", "party"), ("kilde", "source")])
def test_style_read_in_chunks_is_that_of_all_words_at_once(corpus, monkeypatch, by, column):
    monkeypatch.setattr("klumme.query.style.CHUNK", 7)
    groups, rows = _read_all(corpus, column), corpus.style(by)
    assert [row[by] for row in rows] == list(groups)
    for row in rows:
        words = [word for *_, word in groups[row[by]]]
        sentences = {(passage, sentence) for passage, sentence, _ in groups[row[by]]}
        assert (row["words"], row["types"], row["mtld"]) == (len(words), len(set(words)), mtld(words))
        assert row["words_per_sentence"] == len(words) / len(sentences)
        assert row["long_words"] == sum(len(word) > 6 for word in words) / len(words)


def test_style_holds_a_few_bytes_for_each_word_whatever_the_group(corpus, monkeypatch):
    """As rows of Python each took 343 bytes, and ten million were not read in the twenty seconds of a question."""
    monkeypatch.setattr("klumme.query.style.CHUNK", 1000)
    tokens = corpus.store.arrays.size[0]
    corpus.style("kilde")  # what is loaded once does not count
    tracemalloc.start()
    try:
        corpus.style("kilde")
        assert tracemalloc.get_traced_memory()[1] < 20 * tokens
    finally:
        tracemalloc.stop()
