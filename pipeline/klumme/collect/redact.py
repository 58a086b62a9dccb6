"""Take records out of the archive without moving the others, so that no row of a table points astray.

Each record is one gzip member. In the place of one that goes comes an empty record of the same length, filled up with
a gzip comment; the file is written anew and renamed, so that it is whole at every moment.
"""

import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from uuid import uuid4

from warcio.archiveiterator import ArchiveIterator
from warcio.recordloader import ArcWarcRecord

from klumme.collect.warc import warc_date
from klumme.errors import StorageError
from klumme.tables import replace

Condemned = Callable[[ArcWarcRecord, bytes], bool]

_MAGIC, _FCOMMENT = b"\x1f\x8b\x08", 16
_EMPTY = """WARC/1.1\r
WARC-Type: metadata\r
WARC-Record-ID: <urn:uuid:{}>\r
WARC-Date: {}\r
Content-Length: 0\r
\r
\r
\r
"""


def redact(path: Path, condemned: Condemned) -> int:
    """Empty the records of one file for which `condemned(record, body)` holds, and return how many they were."""
    pieces, emptied = [], 0
    for member, record, body in _members(path):
        gone = condemned(record, body)
        pieces.append(_filler(len(member)) if gone else member)
        emptied += gone
    if emptied:
        replace(path, b"".join(pieces))
    return emptied


def records(path: Path) -> Iterator[tuple[ArcWarcRecord, bytes]]:
    """Yield every record of a file with its unpacked body."""
    for _, record, body in _members(path):
        yield record, body


def _members(path: Path) -> Iterator[tuple[bytes, ArcWarcRecord, bytes]]:
    rest = path.read_bytes()
    while rest:
        machine = zlib.decompressobj(zlib.MAX_WBITS | 16)
        try:
            machine.decompress(rest)
        except zlib.error as error:
            raise StorageError(f"{path.name} is damaged: {error}.", "Bring it back from a copy first.") from error
        member = rest[: len(rest) - len(machine.unused_data)]
        record = next(ArchiveIterator(BytesIO(member)))
        yield member, record, bytes(record.content_stream().read())
        rest = machine.unused_data


def _filler(size: int) -> bytes:
    """Return an empty record as a gzip member of exactly `size` bytes."""
    now = warc_date(datetime.now(UTC).replace(tzinfo=None))
    content = _EMPTY.format(uuid4(), now).encode()
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = packer.compress(content) + packer.flush()
    tail = zlib.crc32(content).to_bytes(4, "little") + len(content).to_bytes(4, "little")
    head = _MAGIC + bytes([_FCOMMENT]) + bytes(6)
    room = size - len(head) - len(packed) - len(tail) - 1
    if room < 0:
        raise StorageError(f"A record of {size} bytes is too short to be emptied.", "Report this as a mistake.")
    return head + b"." * room + b"\0" + packed + tail
