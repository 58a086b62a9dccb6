"""What the archive holds, and that other readers of WARC read the same in it."""

import gzip
from dataclasses import replace

import pytest

from klumme.errors import StorageError


def _records(collector):
    from warcio.archiveiterator import ArchiveIterator

    for path in sorted(collector.workspace.raw.iterdir()):
        with path.open("rb") as file:
            for record in ArchiveIterator(file, check_digests="raise"):
                headers, body = record.rec_headers, record.content_stream().read()
                yield record.rec_type, headers.get_header("WARC-Target-URI"), headers, body


@pytest.fixture
def visited(site, collector):
    """A corpus after three runs: a page packed in chunks, one that answers 304, one that comes again as it was."""
    site.page("/", '<article><a href="/a">1</a><a href="/b">x</a></article><article><a href="/b">1</a></article>')

    def chunked(handler):
        packed = gzip.compress(b"<p>Pakket", mtime=0)
        head = "HTTP/1.1 200 Ærligt talt\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"
        handler.wfile.write(head.encode("latin-1") + f"{len(packed):x}\r\n".encode() + packed + b"\r\n0\r\n\r\n")

    def not_modified(handler):
        fresh = handler.headers.get("If-None-Match") == '"1"'
        handler.answer(304 if fresh else 200, {"ETag": '"1"'}, b"" if fresh else b"<p>Samme")

    site.routes["/a"] = chunked
    site.routes["/b"] = not_modified
    for number in (1, 2, 3):
        site.page("/", f'<article><a href="/a">{number}</a></article><article><a href="/b">{number}</a></article>')
        collector.run()
    return collector


def test_the_archive_holds_requests_responses_and_revisits_that_warcio_can_check(visited):
    records = list(_records(visited))
    kinds = [(kind, (url or "").removeprefix(visited.site.base)) for kind, url, *_ in records]
    assert kinds.count(("response", "/a")) == kinds.count(("response", "/b")) == 1
    assert kinds.count(("revisit", "/a")) == kinds.count(("revisit", "/b")) == 2
    assert kinds.count(("request", "/a")) == kinds.count(("request", "/b")) == 3
    assert kinds[0] == ("warcinfo", "")
    bodies = {url: body for kind, url, _, body in records if kind == "response"}
    assert bodies[f"{visited.site.base}/a"] == b"<p>Pakket"
    assert {headers.protocol for _, _, headers, _ in records} == {"WARC/1.1"}


def test_revisits_refer_to_the_record_that_holds_the_page_and_say_how_that_was_known(visited):
    records = list(_records(visited))
    profiles = {}
    for kind, url, headers, _ in records:
        if kind == "revisit" and not url.endswith("/"):
            (original,) = [h for k, u, h, _ in records if (k, u) == ("response", url)]
            assert headers.get_header("WARC-Refers-To-Target-URI") == url
            assert headers.get_header("WARC-Refers-To-Date") == original.get_header("WARC-Date")
            assert headers.get_header("WARC-Payload-Digest") == original.get_header("WARC-Payload-Digest")
            profiles[url.removeprefix(visited.site.base)] = headers.get_header("WARC-Profile").rpartition("/")[2]
    assert profiles == {"/a": "identical-payload-digest", "/b": "server-not-modified"}


def test_warcios_own_check_passes(visited, capsys):
    from warcio.cli import main

    paths = [str(path) for path in visited.workspace.raw.iterdir()]
    with pytest.raises(SystemExit) as end:
        main(["check", "-v", *paths])
    assert end.value.code == 0
    assert "digest pass" in capsys.readouterr().out


def test_another_reader_reads_the_same_records(visited):
    fastwarc = pytest.importorskip("fastwarc.warc")
    ours = [(kind, url, body) for kind, url, _, body in _records(visited) if kind == "response"]
    theirs = []
    for path in sorted(visited.workspace.raw.iterdir()):
        with path.open("rb") as file:
            for record in fastwarc.ArchiveIterator(file, verify_digests=True):
                if record.headers["WARC-Type"] == "response":
                    packed = record.http_headers.get("Content-Encoding") == "gzip"
                    body = record.reader.read()
                    theirs.append(
                        ("response", record.headers["WARC-Target-URI"], gzip.decompress(body) if packed else body)
                    )
    assert theirs == ours


def test_an_archive_without_the_page_says_what_to_do(site, collector):
    from klumme.collect.archive import read_body

    site.listing("/a")
    site.page("/a")
    collector.run()
    (page,) = collector.pages()
    with pytest.raises(StorageError, match="does not hold"):
        read_body(collector.workspace.raw, replace(page, offset=0))
    with pytest.raises(StorageError, match="does not hold"):
        read_body(collector.workspace.raw, replace(page, warc="other.warc.gz"))
