"""Every feature of the pattern language on the sample, against what the slow matcher found there."""

import re
import sys
from datetime import datetime
from pathlib import Path

import pytest

from klumme.query.corpus import Corpus
from klumme.query.index import run as index
from klumme.query.matches import matches
from klumme.query.store import fetch
from klumme.tables import Tables
from klumme.workspace import Workspace, find_home

sys.path.insert(0, str(Path(__file__).parent))

import sample

ROWS = sample.rows()
TEXT = {row["passage_id"]: row["text"] for row in ROWS}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """The sample, indexed once."""
    workspace = Workspace(tmp_path_factory.mktemp("sample"), find_home())
    tables = Tables(workspace)
    articles = {row["article_id"]: {**row, "id": row["article_id"], "duplicate_of": ""} for row in ROWS}
    at = datetime(2026, 1, 1)
    parts = {
        "passages": [{**row, "id": row["passage_id"], "kind": "paragraph"} for row in ROWS],
        "articles": [{**article, "fetched_at": at} for article in articles.values()],
    }
    tokens = [{"passage_id": row["passage_id"], **token} for row in ROWS for token in row["tokens"]]
    read = [{"passage_id": row["passage_id"], "tokens": len(row["tokens"]), "sentences": 1} for row in ROWS]
    scores = [
        {"passage_id": row["passage_id"], "theme": theme, "p": p, "tagged": p >= 0.5, "why": []}
        for number, row in enumerate(ROWS)
        for theme, p in sample.scores(number).items()
    ]
    tables.append(parts)
    tables.append({"tokens": tokens, "annotations": read}, "sample")
    tables.append({"theme_scores": scores}, "sample")
    tables.set_versions(dict.fromkeys(("tokens", "annotations", "theme_scores"), "sample"))
    index(workspace)
    with Corpus(workspace.root) as corpus:
        yield corpus


def _found(corpus, pattern):
    with matches(corpus.store, pattern, cql=True) as cursor:
        rows = fetch(cursor, "SELECT passage_id, b, e FROM matches JOIN meta USING (passage)", ())
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
