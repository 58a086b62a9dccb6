"""The raw archive: WARC files that any WARC tool reads, one gzip member to a record.

A record is on disk before its row is in a table, and carries in a field of its own what the row needs: after a crash
the rows are read back from the archive, and nothing is fetched again.
"""

import hashlib
import json
import os
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import IO, Literal

from warcio.archiveiterator import ArchiveIterator
from warcio.recordloader import ArcWarcRecord

from klumme.collect.fetch import Answer
from klumme.collect.permission import Decision
from klumme.collect.warc import NOTE, moment, payload_digest, response_pair, revisit_pair, warcinfo
from klumme.errors import StorageError
from klumme.records import Page
from klumme.tables import disk_error

Role = Literal["article", "listing"]

# A new file is begun when the last one is larger than this.
FULL = 500_000_000
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Stored:
    """What a record holds for the tables: its page, what was asked, what the listing said, why it may be kept."""

    page: Page
    asked: str
    listed: str
    decision: Decision


class Archive:
    """The WARC files of one source."""

    def __init__(self, folder: Path, source: str) -> None:
        self.folder, self.source = folder, source

    def files(self) -> list[Path]:
        """Return the source's files, oldest first."""
        return sorted(self.folder.glob(f"{self.source}.[0-9][0-9][0-9][0-9][0-9].warc.gz"))

    def keep(self, answer: Answer, role: Role, asked: str, listed: str, decision: Decision) -> Stored:
        """Store a page with its request; raises StorageError when the disk takes no more."""
        note = {"role": role, "asked": asked, "listed": listed, "rule": decision.rule, "evidence": decision.evidence}
        name, offset = self._append(response_pair(answer, note))
        return Stored(_page(answer, self.source, role, name, offset), asked, listed, decision)

    def keep_bare(self, answer: Answer) -> None:
        """Store a response that is no page: a redirect, robots.txt, a TDM file."""
        self._append(response_pair(answer))

    def keep_unchanged(self, answer: Answer, page: Page) -> None:
        """Store that a page was asked for again and had not changed since `page`."""
        digest = str(_record_at(self.folder, page).rec_headers.get_header("WARC-Payload-Digest"))
        # The same text packed anew is another payload, and then not a revisit.
        same = answer.status == 304 or digest == payload_digest(answer.payload)
        self._append(revisit_pair(answer, page, digest) if same else response_pair(answer))

    def recover(self, known: Mapping[str, int]) -> Iterator[Stored]:
        """Cut what was half written, and yield the pages stored after the last row of each file (name -> offset)."""
        for path in self.files():
            start = known.get(path.name, 0)
            _cut(path, start)
            for offset, record, body in _pages(path, start):
                if offset > start or path.name not in known:
                    yield _stored(record, body, self.source, path.name, offset)

    def _append(self, records: bytes) -> tuple[str, int]:
        """Add records to the last file in one piece, and return its name and where they begin."""
        try:
            path = self._last()
            with path.open("ab") as file:
                if file.tell() == 0:
                    file.write(warcinfo(path.name))
                offset = file.tell()
                file.write(records)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise disk_error(error, self.folder) from error
        return path.name, offset

    def _last(self) -> Path:
        files = self.files()
        if files and files[-1].stat().st_size < FULL:
            return files[-1]
        self.folder.mkdir(parents=True, exist_ok=True)
        number = int(files[-1].name.split(".")[-3]) + 1 if files else 1
        return self.folder / f"{self.source}.{number:05d}.warc.gz"


def read_body(folder: Path, page: Page) -> bytes:
    """Return the unpacked body of a stored page; `folder` is the workspace's `raw`.

    Raises StorageError when the record is not where the page says.
    """
    return bytes(_record_at(folder, page).content_stream().read())


def _record_at(folder: Path, page: Page) -> ArcWarcRecord:
    try:
        with (folder / page.warc).open("rb") as file:
            file.seek(page.offset)
            record = next(ArchiveIterator(file))
            record.raw_stream = BytesIO(record.raw_stream.read())
    except (OSError, StopIteration) as error:
        raise _lost(page) from error
    if record.rec_headers.get_header("WARC-Target-URI") != page.url:
        raise _lost(page)
    return record


def _lost(page: Page) -> StorageError:
    return StorageError(
        f"The archive {page.warc} does not hold {page.url} where the table says.",
        "Bring the file back from a copy, or delete corpus/raw and corpus/tables and collect again.",
    )


def _page(answer: Answer, source: str, role: Role, warc: str, offset: int) -> Page:
    return Page(
        url=answer.url,
        source=source,
        fetched_at=answer.fetched_at,
        status=answer.status,
        content_type=answer.header("content-type"),
        sha256=hashlib.sha256(answer.body).hexdigest(),
        warc=warc,
        offset=offset,
        etag=answer.header("etag"),
        last_modified=answer.header("last-modified"),
        role=role,
    )


def _stored(record: ArcWarcRecord, body: bytes, source: str, warc: str, offset: int) -> Stored:
    """Make again what `keep` gave, from the record alone."""
    note = json.loads(record.rec_headers.get_header(NOTE))
    answer = Answer(
        url=record.rec_headers.get_header("WARC-Target-URI"),
        status=int(record.http_headers.get_statuscode()),
        reason="",
        headers=tuple(record.http_headers.headers),
        payload=b"",
        body=body,
        fetched_at=moment(record.rec_headers.get_header("WARC-Date")),
    )
    role: Role = "listing" if note["role"] == "listing" else "article"
    decision = Decision(answer.url, source, True, note["rule"], note["evidence"], answer.fetched_at)
    return Stored(_page(answer, source, role, warc, offset), note["asked"], note["listed"], decision)


def _pages(path: Path, start: int) -> Iterator[tuple[int, ArcWarcRecord, bytes]]:
    """Yield offset, record and body of each page; the body comes first, as asking for the offset reads past it."""
    with path.open("rb") as file:
        file.seek(start)
        records = ArchiveIterator(file)
        for record in records:
            if record.rec_headers.get_header(NOTE):
                body = bytes(record.content_stream().read())
                yield records.get_record_offset(), record, body


def _cut(path: Path, start: int) -> None:
    """Cut the file after its last whole gzip member, as a run that was killed may have left half of one."""
    whole = start
    with path.open("rb") as file:
        file.seek(start)
        for end in _member_ends(file):
            whole = start + end
    if whole < path.stat().st_size:
        os.truncate(path, whole)


def _member_ends(file: IO[bytes]) -> Iterator[int]:
    """Yield where each whole gzip member ends, counted from where the file stands."""
    read, rest, machine = 0, b"", zlib.decompressobj(zlib.MAX_WBITS | 16)
    while chunk := rest or file.read(_CHUNK):
        read += 0 if rest else len(chunk)
        try:
            machine.decompress(chunk)
        except zlib.error:
            return
        rest = machine.unused_data
        if machine.eof:
            yield read - len(rest)
            machine = zlib.decompressobj(zlib.MAX_WBITS | 16)
