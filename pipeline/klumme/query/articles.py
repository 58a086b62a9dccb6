"""Whole articles with all their annotation, read in order, as exports need them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from klumme.query.store import Store, fetch

# So many articles are held in memory at a time.
BATCH = 200

_ARTICLES = """
SELECT a.* EXCLUDE (blocks) FROM articles AS a SEMI JOIN wanted ON wanted.article_id = a.id ORDER BY published, id
"""
_PASSAGES = """
SELECT meta.article_id, passage_id, ordinal, text FROM meta JOIN texts USING (passage)
SEMI JOIN wanted USING (article_id) ORDER BY meta.article_id, ordinal
"""
_TOKENS = """
SELECT t.* FROM tokens AS t
SEMI JOIN (SELECT passage_id FROM meta SEMI JOIN wanted USING (article_id)) USING (passage_id)
WHERE pos <> 'SPACE' ORDER BY passage_id, i
"""
_THEMES = """
SELECT passage_id, theme, p, tagged FROM theme JOIN meta USING (passage) SEMI JOIN wanted USING (article_id)
ORDER BY passage_id, theme
"""


@dataclass(frozen=True, slots=True)
class ReadPassage:
    """A passage with its tokens, sentence by sentence, and its themes."""

    id: str
    text: str
    sentences: tuple[tuple[dict[str, Any], ...], ...]
    themes: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class ReadArticle:
    """The columns of an article but its blocks, and its passages."""

    fields: dict[str, Any]
    passages: tuple[ReadPassage, ...]


def read_articles(store: Store, ids: Sequence[str]) -> Iterator[ReadArticle]:
    """Yield the articles with these ids in the order of publication, within batches of BATCH."""
    for first in range(0, len(ids), BATCH):
        with store.cursor() as cursor:
            batch = list(ids[first : first + BATCH])
            cursor.execute("CREATE TEMP TABLE wanted AS SELECT unnest(?) AS article_id", [batch])
            tokens, themes = (_grouped(fetch(cursor, sql, ()), "passage_id") for sql in (_TOKENS, _THEMES))
            passages = _grouped(fetch(cursor, _PASSAGES, ()), "article_id")
            articles = fetch(cursor, _ARTICLES, ())
        for article in articles:
            read = (_passage(row, tokens, themes) for row in passages.get(article["id"], ()))
            yield ReadArticle(article, tuple(read))


def _passage(
    row: dict[str, Any], tokens: dict[str, list[dict[str, Any]]], themes: dict[str, list[dict[str, Any]]]
) -> ReadPassage:
    by_sentence = groupby(tokens.get(row["passage_id"], ()), lambda token: token["sentence"])
    sentences = tuple(tuple(sentence) for _, sentence in by_sentence)
    return ReadPassage(row["passage_id"], row["text"], sentences, tuple(themes.get(row["passage_id"], ())))


def _grouped(rows: list[dict[str, Any]], key: str) -> dict[str, list[dict[str, Any]]]:
    return {value: list(group) for value, group in groupby(rows, lambda row: row[key])}
