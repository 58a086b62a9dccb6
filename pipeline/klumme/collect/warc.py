"""How an answer is written as WARC/1.1 records: request, response, and revisit where nothing had changed."""

import base64
import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from io import BytesIO
from urllib.parse import quote, urlsplit

from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from klumme import __version__
from klumme.collect.fetch import Answer
from klumme.records import Page

# The field that carries what the tables need; readers of WARC pass over fields they do not know.
NOTE = "Klumme-Page"
_PRINTABLE = "".join(chr(code) for code in range(32, 127))
_NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"


def warcinfo(name: str) -> bytes:
    """Return the record that opens a file."""
    buffer, writer = _writer()
    about = {"software": f"klumme {__version__}", "format": "WARC File Format 1.1"}
    writer.write_record(writer.create_warcinfo_record(name, about))
    return buffer.getvalue()


def response_pair(answer: Answer, note: Mapping[str, str] | None = None) -> bytes:
    """Return a response record and its request; the body stays packed as it was sent, but is no longer in chunks."""
    buffer, writer = _writer()
    fields = {"WARC-Date": warc_date(answer.fetched_at)} | ({NOTE: json.dumps(note)} if note else {})
    size = len(answer.payload)
    headers = _http_headers(answer, {"transfer-encoding", "content-length"})
    headers.add_header("Content-Length", str(size))
    response = writer.create_warc_record(
        answer.url,
        "response",
        payload=BytesIO(answer.payload),
        length=size,
        http_headers=headers,
        warc_headers_dict=fields,
    )
    writer.write_request_response_pair(_request(writer, answer), response)
    return buffer.getvalue()


def revisit_pair(answer: Answer, page: Page, digest: str) -> bytes:
    """Return a revisit record and its request: `page`, with that payload digest, is what would have come again."""
    buffer, writer = _writer()
    revisit = writer.create_revisit_record(
        answer.url,
        digest,
        page.url,
        warc_date(page.fetched_at),
        http_headers=_http_headers(answer, {"transfer-encoding"}),
        warc_headers_dict={"WARC-Date": warc_date(answer.fetched_at)},
    )
    if answer.status == 304:
        revisit.rec_headers.replace_header("WARC-Profile", _NOT_MODIFIED)
    writer.write_request_response_pair(_request(writer, answer), revisit)
    return buffer.getvalue()


def payload_digest(payload: bytes) -> str:
    """Compute a payload digest as WARC writes it: SHA-1 in base 32."""
    return "sha1:" + base64.b32encode(hashlib.sha1(payload, usedforsecurity=False).digest()).decode()


def warc_date(moment: datetime) -> str:
    """Write a moment in UTC as WARC/1.1 does, with microseconds."""
    return moment.isoformat(timespec="microseconds") + "Z"


def moment(date: str) -> datetime:
    """Read what `warc_date` wrote."""
    return datetime.fromisoformat(date).astimezone(UTC).replace(tzinfo=None)


def _writer() -> tuple[BytesIO, WARCWriter]:
    buffer = BytesIO()
    return buffer, WARCWriter(buffer, gzip=True, warc_version="1.1")


def _request(writer: WARCWriter, answer: Answer) -> ArcWarcRecord:
    parts = urlsplit(answer.url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    sent = [("Host", parts.netloc), *((name, value) for name, value in answer.request if name != "Host")]
    headers = StatusAndHeaders(f"GET {target} HTTP/1.1", sent, is_http_request=True)
    return writer.create_warc_record(answer.url, "request", http_headers=headers)


def _http_headers(answer: Answer, dropped: set[str]) -> StatusAndHeaders:
    headers = [(_line(name), _line(value)) for name, value in answer.headers if name.lower() not in dropped]
    return StatusAndHeaders(f"{answer.status} {_line(answer.reason)}".strip(), headers, protocol="HTTP/1.1")


def _line(text: str) -> str:
    """Write a header on one line in ASCII, percent-encoding the rest: no server may begin a record of its own."""
    return quote(" ".join(text.split()), safe=_PRINTABLE, errors="replace")
