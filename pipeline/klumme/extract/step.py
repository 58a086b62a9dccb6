"""Extract: turn the stored pages that have not been read yet into articles and passages."""

import re
from collections import Counter
from datetime import datetime

from klumme.collect.archive import read_body
from klumme.collect.sources import Source, load_source
from klumme.extract.article import ExtractedArticle, Skip, passages_of
from klumme.extract.page import extract_article
from klumme.extract.store import Origin, Store
from klumme.extract.text import decode
from klumme.records import Page
from klumme.report import Progress, Report, quiet
from klumme.tables import Tables
from klumme.workspace import Workspace

STAGE = "extract"
# Count this up when pages would give something else: the next run then reads all of them again.
EXTRACTOR = "1"
_COUNTED = ("pages", "articles", "passages", "revisions", "duplicates")
# So many pages go into one part of the tables; what a run that is killed has read of the last part is read again.
PAGES_PER_PART = 200
_UNREAD = """
SELECT pages.* FROM pages WHERE role = 'article'
  AND NOT EXISTS (SELECT 1 FROM articles a WHERE a.page_sha256 = pages.sha256 AND a.url = pages.url)
  AND NOT EXISTS (
    SELECT 1 FROM skipped s WHERE s.stage = 'extract' AND s.item = pages.url AND s."at" >= pages.fetched_at)
ORDER BY fetched_at, url
"""
_ALL = """
SELECT * FROM pages WHERE role = 'article'
QUALIFY row_number() OVER (PARTITION BY url, sha256 ORDER BY fetched_at) = 1
ORDER BY fetched_at, url
"""


def run(workspace: Workspace, progress: Progress = quiet, everything: bool = False) -> Report:
    """Read the pages that have neither article nor reason yet.

    With `everything`, or when an older extractor read them, all pages are read again, and what they give takes the
    place of all articles at once.
    """
    tables = Tables(workspace)
    with tables.writing():
        everything = everything or tables.version("extractor") not in ("", EXTRACTOR)
        pages = [Page(**row) for row in tables.read(_ALL if everything else _UNREAD)]
        reader = Reader(workspace, Store(tables, everything))
        for number, page in enumerate(progress(pages, len(pages), "extract"), start=1):
            reader.read(page)
            if number % PAGES_PER_PART == 0 and not everything:
                reader.keep()
        reader.keep()
        if tables.version("extractor") != EXTRACTOR:
            tables.set_version("extractor", EXTRACTOR)
    return reader.report()


class Reader:
    """One run over the pages that are to be read."""

    def __init__(self, workspace: Workspace, store: Store) -> None:
        self._workspace, self._store = workspace, store
        self._sources: dict[str, Source] = {}
        self._read: list[tuple[Page, ExtractedArticle]] = []
        self._counts: Counter[str] = Counter(
            {"pages": 0, "articles": 0, "passages": 0, "revisions": 0, "duplicates": 0}
        )
        self._skipped: Counter[str] = Counter()
        self._dropped: Counter[str] = Counter()

    def read(self, page: Page) -> None:
        """Read one page."""
        source = self._source(page.source)
        html = decode(read_body(self._workspace.raw, page), _charset(page.content_type))
        found = extract_article(html, page.url, source.selectors, source.all_hosts, source.language)
        self._counts["pages"] += 1
        if isinstance(found, Skip):
            self._skipped[found.reason] += 1
            self._store.skip(found, _origin(page))
        else:
            self._dropped.update(found.dropped)
            self._read.append((page, found))

    def keep(self) -> None:
        """Write what was read since the last time, the oldest piece first, so that what repeats it comes later."""
        for page, found in sorted(self._read, key=lambda pair: (pair[1].published or datetime.max, pair[0].url)):
            article = self._store.add(found, _origin(page))
            self._counts["articles"] += article is not None
            if article:
                self._counts["passages"] += len(passages_of(article))
                self._counts["duplicates"] += bool(article.duplicate_of)
                self._counts["revisions"] += self._store.revises(article)
        self._read = []
        self._store.flush()

    def report(self) -> Report:
        """Return what the run did."""
        gone = ", ".join(f"{count} {kind}" for kind, count in self._dropped.most_common())
        notes = (f"Taken out of the pages: {gone}.",) if gone else ()
        return Report(STAGE, dict(self._counts), dict(self._skipped), notes)

    def _source(self, name: str) -> Source:
        """Return a source, or one without selectors where its file is gone."""
        if name not in self._sources:
            path = self._workspace.source(name)
            self._sources[name] = load_source(path) if path.exists() else Source(name, name, name, "")
        return self._sources[name]


def _origin(page: Page) -> Origin:
    return Origin(STAGE, page.source, page.url, page.fetched_at, page.sha256, page.fetched_at)


def _charset(content_type: str) -> str:
    match = re.search(r"charset=\"?([\w-]+)", content_type, re.IGNORECASE)
    return match[1] if match else ""
