"""Korpus: the sources, what was collected, what was left out and why, what may be kept; new pages and new files."""

from typing import Any

from klumme.collect.sources import load_source
from klumme.errors import KlummeError
from klumme.extract.files.read import ENDINGS
from klumme.web import danish
from klumme.web.room import Asked, Data, Room
from klumme.web.uploads import LARGEST, MOST

_NUMBERS = """
SELECT (SELECT count(*) FROM current_articles) AS articles, (SELECT count(*) FROM current_passages) AS passages,
  (SELECT coalesce(sum(tokens), 0) FROM annotations) AS tokens,
  (SELECT count(DISTINCT author) FROM current_articles WHERE author <> '') AS authors,
  (SELECT count(DISTINCT municipality) FROM current_articles WHERE municipality <> '') AS municipalities,
  (SELECT min(published) FROM current_articles) AS first, (SELECT max(published) FROM current_articles) AS last
"""
_BY_SOURCE = """
SELECT source, count(*) AS articles, min(published) AS first, max(published) AS last
FROM current_articles GROUP BY source
"""
_PAGES = """
SELECT source, count(DISTINCT url) AS pages, max(fetched_at) AS fetched FROM pages
WHERE role = 'article' GROUP BY source
"""
_SKIPPED = """
SELECT stage, source, reason, count(*) AS items,
  list({'item': item, 'detail': detail} ORDER BY "at" DESC)[:5] AS examples
FROM current_skipped GROUP BY ALL ORDER BY items DESC, stage, reason
"""
_PERMISSIONS = """
SELECT source, allowed, rule, count(*) AS pages, max("at") AS at, arg_max(evidence, "at") AS evidence,
  arg_max(url, "at") AS example
FROM (SELECT * FROM permissions QUALIFY row_number() OVER (PARTITION BY url ORDER BY "at" DESC) = 1)
GROUP BY ALL ORDER BY allowed, pages DESC, source
"""


def page(room: Room, _: Asked) -> Data:
    """Show what the corpus is made of."""
    numbers, articles, pages, skipped, permissions = room.recall("corpus", lambda: _read(room))
    return {
        "numbers": numbers[0],
        "sources": _sources(room, articles, pages),
        "skipped": [row | {"why": danish.word(row["reason"])} for row in skipped],
        "permissions": [row | {"why": danish.word(row["rule"])} for row in permissions],
        "endings": ENDINGS,
        "largest": LARGEST,
        "most": MOST,
        "job": room.jobs.now,
    }


def _read(room: Room) -> list[list[Data]]:
    """Ask the tables all that the page shows; an empty corpus answers too."""
    return [room.store.tables.read(sql) for sql in (_NUMBERS, _BY_SOURCE, _PAGES, _SKIPPED, _PERMISSIONS)]


def _sources(room: Room, counted: list[Data], fetched: list[Data]) -> list[Data]:
    """Return each source that has a file, and what was added without one."""
    articles, pages = ({row["source"]: row for row in rows} for rows in (counted, fetched))
    names = room.workspace.source_names()
    return [
        _file(room, name)
        | {"articles": 0, "first": None, "last": None, "pages": 0, "fetched": None}
        | articles.get(name, {})
        | pages.get(name, {})
        for name in [*names, *sorted(set(articles) - set(names))]
    ]


def _file(room: Room, name: str) -> dict[str, Any]:
    """Return what the file of a source says of it; one that cannot be read says why."""
    nothing = {"source": name, "column": danish.word(name), "publisher": "", "base": "", "collects": False, "error": {}}
    if name not in room.workspace.source_names():
        return nothing
    try:
        source = load_source(room.workspace.source(name))
    except KlummeError as error:
        return nothing | {"error": danish.explain(error)}
    return nothing | {
        "column": source.column,
        "publisher": source.publisher,
        "base": source.base,
        "embedded": source.embedded,
        "collects": True,
    }
