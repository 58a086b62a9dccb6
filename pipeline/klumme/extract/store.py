"""Write articles with all that belongs to them, each once, and what was left out with its reason."""

from collections import Counter
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from klumme.extract.article import ExtractedArticle, Skip, passages_of, stored
from klumme.extract.duplicates import Duplicates
from klumme.records import Article, Skipped
from klumme.tables import Tables

_TEXTS = """
SELECT a.id, a.url, string_agg(p.text, chr(10) ORDER BY p.ordinal) AS text
FROM articles a JOIN passages p ON p.article_id = a.id WHERE a.duplicate_of = ''
"""
_GROUPED = " GROUP BY a.id, a.url, a.fetched_at ORDER BY a.fetched_at, a.id"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an article, or the lack of one, comes from; `item` is the address or file that was read.

    `at` is when a page was fetched, not when it was read, so that a run that was killed and done again writes the same.
    """

    stage: str
    source: str
    item: str
    at: datetime
    page_sha256: str = ""
    fetched_at: datetime | None = None
    origin: str = ""


@dataclass
class Batch:
    """The rows, be they records or dicts, that go into one part of each table."""

    articles: list[Any] = field(default_factory=list)
    passages: list[Any] = field(default_factory=list)
    politicians: list[Any] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    settled: list[Skipped] = field(default_factory=list)


class Store:
    """The articles of a workspace: what is there, and what is to be added.

    A `fresh` store keeps only what users added themselves, and lets the rest take the place of all articles.
    """

    def __init__(self, tables: Tables, fresh: bool = False) -> None:
        self._tables, self._fresh = tables, fresh
        self.batch = self._added() if fresh else Batch()
        rows = self.batch.articles if fresh else tables.read("SELECT id, url FROM articles")
        self._ids = {row["id"] for row in rows}
        self._urls = Counter(row["url"] for row in rows)
        skipped = tables.read("SELECT stage, item FROM current_skipped")
        self._skipped = {(row["stage"], row["item"]) for row in skipped}
        self._duplicates: Duplicates | None = None

    def skip(self, skip: Skip, origin: Origin) -> None:
        """Note why nothing was taken."""
        self.batch.skipped.append(self._skipped_row(origin, skip.reason, skip.detail))

    def add(self, found: ExtractedArticle, origin: Origin) -> Article | None:
        """Take an article in; None where this text of this address is there already."""
        article = stored(found, origin.source, origin.page_sha256, origin.fetched_at, origin.origin)
        known = article.id in self._ids
        if known or article.url != origin.item or (origin.stage, origin.item) in self._skipped:
            self.batch.settled.append(self._skipped_row(origin, "", article.id))
        if known:
            return None
        self._ids.add(article.id)
        self._urls[article.url] += 1
        article = replace(article, duplicate_of=self._original(article, found.text))
        self.batch.articles.append(article)
        self.batch.passages.extend(passages_of(article))
        if found.politician:
            self.batch.politicians.append({"article_id": article.id, **asdict(found.politician)})
        return article

    def revises(self, article: Article) -> bool:
        """Tell whether other versions of an article are there."""
        return self._urls[article.url] > 1

    def flush(self) -> None:
        """Write what was taken in; the articles come after what belongs to them, the settled reasons last."""
        batch, self.batch = self.batch, Batch()
        if batch.skipped:
            self._tables.append({"skipped": batch.skipped})
        parts = {"passages": batch.passages, "politicians": batch.politicians, "articles": batch.articles}
        if self._fresh:
            self._tables.exchange(parts)
        elif batch.articles:
            self._tables.append(parts)
        if batch.settled:
            self._tables.append({"skipped": batch.settled})

    def _skipped_row(self, origin: Origin, reason: str, detail: str) -> Skipped:
        at = datetime.now(UTC).replace(tzinfo=None) if self._fresh else origin.at
        return Skipped(origin.stage, origin.source, origin.item, reason, detail, at)

    def _added(self) -> Batch:
        """Return what users added themselves: no page of the archive can give it again."""
        own = "(SELECT id FROM articles WHERE page_sha256 = '')"
        return Batch(
            self._tables.read("SELECT * FROM articles WHERE page_sha256 = ''"),
            self._tables.read(f"SELECT * FROM passages WHERE article_id IN {own}"),  # noqa: S608
            self._tables.read(f"SELECT * FROM politicians WHERE article_id IN {own}"),  # noqa: S608
        )

    def _original(self, article: Article, text: str) -> str:
        if self._duplicates is None:
            self._duplicates = self._known_texts()
        return self._duplicates.original(article.id, article.url, text)

    def _known_texts(self) -> Duplicates:
        known = Duplicates()
        for row in self._tables.read(_TEXTS + ("AND a.page_sha256 = ''" if self._fresh else "") + _GROUPED):
            known.original(row["id"], row["url"], row["text"])
        return known
