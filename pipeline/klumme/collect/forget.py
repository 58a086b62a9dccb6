"""Forget a person's pieces: take them out of archive, tables, labels and report, and prove that nothing is left."""

import hashlib
import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from warcio.recordloader import ArcWarcRecord

from klumme.collect.redact import records, redact
from klumme.collect.warc import NOTE
from klumme.errors import MissingError, StorageError
from klumme.report import Report
from klumme.schemas import SCHEMAS
from klumme.tables import Tables, parquet, replace
from klumme.workspace import Workspace

STAGE = "forget"
# In which columns a row names the piece it belongs to.
_KEYS = ("url", "item", "article_id", "passage_id", "id", "page_sha256", "sha256")
# The search index numbers its passages, and is made anew from the other tables; its anchor goes first.
_INDEX = ("passage_index", "lemma_index", "lexicon", "ready")
_PIECES = """
SELECT id, url, page_sha256 FROM articles WHERE ($author <> '' AND lower(author) = lower($author)) OR url = $url
"""
_SAME = """
SELECT id, url, page_sha256 FROM articles
WHERE list_contains($ids, duplicate_of) OR id IN (SELECT duplicate_of FROM articles WHERE list_contains($ids, id))
"""


@dataclass(frozen=True, slots=True)
class Pieces:
    """Everything that names the pieces to forget: addresses, ids of articles and passages, hashes of pages."""

    urls: frozenset[str]
    keys: frozenset[str]


def forget(workspace: Workspace, author: str = "", url: str = "") -> Report:
    """Remove all pieces of an author, or the one at an address, and check that nothing of them is left.

    Raises MissingError when there is no such piece, StorageError when something is left.
    """
    tables = Tables(workspace)
    with tables.writing():
        pieces = find_pieces(workspace, tables, author, url)
        remember_to_forget(workspace, pieces.urls)
        counts = Counter({"pieces": len(pieces.urls)})
        for folder, paths in _coded(workspace).items():
            counts[folder] = sum(_drop_lines(path, pieces) for path in paths)
        *others, articles = _parts(workspace)
        counts["rows"] = sum(_drop_rows(path, pieces) for parts in others for path in parts)
        for table in _INDEX:
            shutil.rmtree(workspace.tables / table, ignore_errors=True)
        for path in sorted(workspace.raw.glob("*.warc.gz")):
            counts["archive records"] += redact(path, lambda record, body: _names(record, body, pieces.urls))
        workspace.report.unlink(missing_ok=True)
        # A second try after a stop finds the pieces by their articles, so these go last.
        counts["rows"] += sum(_drop_rows(path, pieces) for path in articles)
        if left := list(remains(workspace, pieces)):
            raise StorageError(f"Something is left: {', '.join(left[:5])}.", "Run the same command again.")
    return Report(STAGE, dict(counts), notes=_notes(author))


def find_pieces(workspace: Workspace, tables: Tables, author: str, url: str) -> Pieces:
    """Find what names the pieces: what repeats one of them is a piece of the same person."""
    rows = tables.read(_PIECES, {"author": author, "url": url})
    rows += tables.read(_SAME, {"ids": [row["id"] for row in rows]})
    ids, hashes = {row["id"] for row in rows}, {row["page_sha256"] for row in rows} - {""}
    pages = "SELECT url FROM pages WHERE role = 'article' AND (url = $url OR list_contains($hashes, sha256))"
    urls = {row["url"] for row in rows} | {row["url"] for row in tables.read(pages, {"url": url, "hashes": [*hashes]})}
    if not urls:
        raise MissingError(
            f"There is no piece of '{author or url}'.", "See `klumme sql 'SELECT author, url FROM articles'`."
        )
    urls |= {asked for path in workspace.raw.glob("*.warc.gz") for asked in _asked(path, urls)}
    passages = tables.read("SELECT id FROM passages WHERE list_contains($ids, article_id)", {"ids": [*ids]})
    listings = {mark for path in workspace.raw.glob("*.warc.gz") for mark in _listings(path, urls)}
    return Pieces(frozenset(urls), frozenset(urls | ids | hashes | listings | {row["id"] for row in passages}))


def remember_to_forget(workspace: Workspace, urls: frozenset[str]) -> None:
    """Add the addresses to the list of those that are never collected again, as hashes."""
    known = forgotten(workspace)
    replace(
        workspace.forgotten, "".join(f"{mark}\n" for mark in sorted(known | {mark_of(url) for url in urls})).encode()
    )


def forgotten(workspace: Workspace) -> frozenset[str]:
    """Return the marks of the addresses that are never collected again."""
    try:
        return frozenset(workspace.forgotten.read_text().split())
    except FileNotFoundError:
        return frozenset()


def mark_of(url: str) -> str:
    """Return the mark of an address: a hash, so that the list names nobody."""
    return hashlib.sha256(url.encode("utf-8", "replace")).hexdigest()


def remains(workspace: Workspace, pieces: Pieces) -> Iterator[str]:
    """Yield every place that still names one of the pieces."""
    for path in sorted(workspace.raw.glob("*.warc.gz")):
        for record, body in records(path):
            if _names(record, body, pieces.urls):
                yield f"{path.name} ({record.rec_headers.get_header('WARC-Target-URI')})"
    for path in (path for parts in _parts(workspace) for path in parts):
        for column in _key_columns(path):
            values = pq.read_table(path, columns=[column])[column]
            if pc.any(pc.is_in(values, _array(pieces))).as_py():
                yield f"{path.parent.name} ({column})"
    coded = chain.from_iterable(_coded(workspace).values())
    yield from (path.name for path in coded if any(map(_line_test(pieces), _lines(path))))


def _names(record: ArcWarcRecord, body: bytes, urls: frozenset[str]) -> bool:
    """Tell whether a record is of a piece, or a listing that names one."""
    if record.rec_headers.get_header("WARC-Target-URI") in urls:
        return True
    if '"role": "listing"' in (record.rec_headers.get_header(NOTE) or ""):
        return any(name in body for url in urls for name in _written(url))
    return (record.http_headers.get_header("Location") or "") in urls if record.http_headers else False


def _written(url: str) -> set[bytes]:
    """Return the ways in which a listing may write an address: whole or from its path on, percent-encoded or not."""
    path = "/" + url.split("://", 1)[-1].partition("/")[2]
    ways = {path, quote(path, "/%?=&"), path.rstrip("/"), path.replace("/", "\\/")}
    return {way.encode() for way in ways if len(way) > 1}


def _asked(path: Path, urls: set[str]) -> Iterator[str]:
    """Yield the addresses that led to these pages by redirects."""
    for record, _ in records(path):
        note = record.rec_headers.get_header(NOTE)
        if note and record.rec_headers.get_header("WARC-Target-URI") in urls:
            yield json.loads(note)["asked"]


def _listings(path: Path, urls: set[str]) -> Iterator[str]:
    """Yield the hashes of the listing pages that name a piece: they are emptied too, and asked for anew."""
    for record, body in records(path):
        if NOTE in str(record.rec_headers) and _names(record, body, frozenset(urls)):
            yield hashlib.sha256(body).hexdigest()


def _parts(workspace: Workspace) -> list[list[Path]]:
    """Return the parts of all versions of each table, the articles last."""
    tables = sorted(SCHEMAS, key=lambda table: table == "articles")
    return [sorted((workspace.tables / table).rglob("*.parquet")) for table in tables]


def _key_columns(path: Path) -> list[str]:
    return [name for name in pq.read_schema(path).names if name in _KEYS]


def _array(pieces: Pieces) -> Any:
    return pa.array(sorted(pieces.keys), pa.string())


def _drop_rows(path: Path, pieces: Pieces) -> int:
    """Write a part anew without the rows of the pieces, even if it is then empty: other parts hang on its name."""
    table = pq.read_table(path)
    keep = pa.array([True] * len(table))
    for column in _key_columns(path):
        keep = pc.and_(keep, pc.invert(pc.fill_null(pc.is_in(table[column], _array(pieces)), False)))
    kept = table.filter(keep)
    if len(kept) < len(table):
        replace(path, parquet(kept))
    return len(table) - len(kept)


def _coded(workspace: Workspace) -> dict[str, list[Path]]:
    """Return the files of what coders said of passages, by the folder they lie in."""
    return {folder.name: sorted(folder.rglob("*.jsonl")) for folder in (workspace.labels, workspace.evidence)}


def _lines(path: Path) -> list[bytes]:
    """Return lines with their ends, which are line feeds only: a line cut within its text would be left as half one."""
    with path.open("rb") as file:
        return list(file)


def _line_test(pieces: Pieces) -> Callable[[bytes], bool]:
    marks = [f'"{key}"'.encode() for key in pieces.keys]
    return lambda line: any(mark in line for mark in marks)


def _drop_lines(path: Path, pieces: Pieces) -> int:
    lines, condemned = _lines(path), _line_test(pieces)
    kept = [line for line in lines if not condemned(line)]
    if len(kept) < len(lines):
        replace(path, b"".join(kept))
    return len(lines) - len(kept)


def _notes(author: str) -> tuple[str, ...]:
    notes = [
        "What others wrote about the person stays, and so do files that you exported.",
        "Theme models trained before still rest on the labels: run `klumme retrain`.",
        "The report and the search index are gone: `klumme run` makes them anew.",
    ]
    if author:
        notes.append("New pieces of the author would be collected again: shut them out in the source's filter.")
    return tuple(notes)
