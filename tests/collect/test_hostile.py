"""Whatever one address of a site answers, it gets its reason, and the article after it is kept."""

import gzip
import shutil
import socket
import ssl
import struct
import subprocess
import zlib
from collections import Counter
from contextlib import suppress
from threading import Thread

import pytest

from klumme.collect.archive import read_body
from klumme.collect.fetch import Fetcher
from klumme.collect.pace import Pace
from klumme.collect.problems import FetchError
from klumme.collect.sources import parse_source
from klumme.settings import CollectSettings

SETTINGS = CollectSettings(retries=0, timeout=5.0)
HTML = {"Content-Type": "text/html"}


def _raw(*pieces):
    """Answer with these bytes, then hang up."""

    def answer(handler):
        for piece in pieces:
            handler.wfile.write(piece)
        handler.wfile.flush()

    return answer


def _head(*lines, status="200 OK"):
    return "\r\n".join([f"HTTP/1.1 {status}", "Content-Type: text/html", *lines, "", ""]).encode()


def _drip(piece):
    """Send a piece again and again, each before a wait for the next one would end."""

    def answer(handler):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n" if piece.startswith(b"X") else _head("Content-Length: 100000"))
        while not handler.server.site.stop.wait(0.05):
            handler.wfile.write(piece)

    return answer


def _hang(handler):
    handler.server.site.stop.wait(3)


def _reset(handler):
    handler.wfile.write(_head("Content-Length: 1000") + b"<p>Byr")
    handler.wfile.flush()
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()


def _endless(handler):
    handler.wfile.write(_head("Connection: close"))
    while True:
        handler.wfile.write(b"<p>Byr\xc3\xa5det</p>" * 1000)


def _to(location, status=302):
    return (status, {"Location": location}, b"")


def _to_itself(handler):
    handler.answer(302, {"Location": handler.path}, b"")


def _wall_of_cookies(handler):
    handler.answer(302, {"Location": handler.path, "Set-Cookie": "ja=1"}, b"")


BOMB = gzip.compress(bytes(5_000_000))

LEFT_OUT = {
    "bytes that come one by one": (_drip(b"."), "timeout"),
    "headers that come one by one": (_drip(b"X-And: more\r\n"), "timeout"),
    "no answer at all": (_hang, "timeout"),
    "a reset in the middle": (_reset, "broken-answer"),
    "hanging up at once": (_raw(), "broken-answer"),
    "less than Content-Length says": (_raw(_head("Content-Length: 500"), b"<p>kort"), "broken-answer"),
    "a chunk size that is no number": (_raw(_head("Transfer-Encoding: chunked"), b"zz\r\nhej\r\n"), "broken-answer"),
    "a chunk shorter than it says": (_raw(_head("Transfer-Encoding: chunked"), b"ff\r\nhej"), "broken-answer"),
    "chunks without an end": (_raw(_head("Transfer-Encoding: chunked"), b"3\r\nhej\r\n"), "broken-answer"),
    "a status line that is none": (_raw(b"hello, is it me\r\n\r\n"), "broken-answer"),
    "a page without HTTP": (_raw(b"<html><p>hej</p></html>"), "broken-answer"),
    "a thousand headers": (_raw(_head(*["X-And: more"] * 1000)), "broken-answer"),
    "one header of a megabyte": (_raw(_head("X-And: " + "m" * 1_000_000)), "broken-answer"),
    "a gzip bomb": ((200, HTML | {"Content-Encoding": "gzip"}, BOMB), "too-large"),
    "a deflate bomb": ((200, HTML | {"Content-Encoding": "deflate"}, zlib.compress(bytes(5_000_000))), "too-large"),
    "gzip that is none": ((200, HTML | {"Content-Encoding": "gzip"}, b"<p>hej</p>"), "encoding"),
    "gzip that ends early": ((200, HTML | {"Content-Encoding": "gzip"}, BOMB[:40]), "broken-answer"),
    "an encoding nobody asked for": ((200, HTML | {"Content-Encoding": "br"}, b"\x0b\x02"), "encoding"),
    "gzip in gzip": ((200, HTML | {"Content-Encoding": "gzip, gzip"}, gzip.compress(BOMB)), "encoding"),
    "a page of 50 megabytes": ((200, HTML, b"x" * 50_000_000), "too-large"),
    "a page without an end": (_endless, "too-large"),
    "a redirect to itself": (_to_itself, "redirect-loop"),
    "a cookie demanded": (_wall_of_cookies, "redirect-loop"),
    "redirects without an end": (_to("/hop1"), "redirect-loop"),
    "a redirect with a bomb": ((302, {"Location": "/hop1", "Content-Encoding": "gzip"}, BOMB), "too-large"),
    "a redirect to nowhere": ((302, {}, b""), "odd-status"),
    "a redirect that is no address": (_to("http://[::bad"), "odd-status"),
    "a redirect to another site": (_to("https://example.org/"), "foreign-host"),
    "a redirect to another port": (_to("http://127.0.0.1:1/"), "foreign-host"),
    "a redirect to the cloud's own address": (_to("http://169.254.169.254/latest/"), "foreign-host"),
    "a redirect into the house": (_to("http://192.168.1.1/"), "foreign-host"),
    "a redirect to a file": (_to("file:///etc/passwd"), "scheme"),
    "a redirect to a script": (_to("javascript:alert(1)"), "scheme"),
    "a redirect with a password": (_to("http://me:secret@127.0.0.1/"), "foreign-host"),
    "a redirect to a closed part": (_to("/lukket/x"), "disallowed"),
    "a login wall": (_to("/log-ind?til=x"), "login-wall"),
    "429 without a word": ((429, {}, b""), "busy"),
    "503 until a moment ago": ((503, {"Retry-After": "Fri, 31 Dec 1999 23:59:59 GMT"}, b""), "busy"),
    "503 with nonsense": ((503, {"Retry-After": "snart"}, b""), "busy"),
    "500": ((500, {}, b"au"), "server-error"),
    "a status of 999": ((999, {}, b"au"), "server-error"),
    "304 without validators": ((304, {}, b""), "odd-status"),
    "401": ((401, {"WWW-Authenticate": "Basic"}, b""), "forbidden"),
    "402": ((402, {}, b""), "forbidden"),
    "403": ((403, {}, b""), "forbidden"),
    "451": ((451, {}, b""), "forbidden"),
    "404": ((404, {}, b""), "gone"),
    "410": ((410, {}, b""), "gone"),
    "204": ((204, {}, b""), "odd-status"),
    "206": ((206, HTML, b"<p>halv"), "odd-status"),
    "418": ((418, {}, b""), "odd-status"),
    "nothing in it": ((200, HTML, b"  \n"), "empty"),
    "a PDF": ((200, {"Content-Type": "application/pdf"}, b"%PDF-1.7"), "not-text"),
    "JSON": ((200, {"Content-Type": "application/json"}, b"{}"), "not-text"),
}


def _path(behaviour):
    return "/" + behaviour.replace(" ", "-")


@pytest.fixture(scope="module")
def hostile(shared):
    """One run over a listing where each behaviour stands before a good article, and what came of both."""
    site, paths = shared.site, [_path(behaviour) for behaviour in LEFT_OUT]
    site.listing(*[each for path in paths for each in (path, f"{path}/good")])
    for path in paths:
        site.page(f"{path}/good", f"<p>{path}")
    site.page("/log-ind?til=x")
    site.routes["/robots.txt"] = (200, {}, b"User-agent: *\nDisallow: /lukket\n")
    site.routes |= {f"/hop{n}": _to(f"/hop{n + 1}") for n in range(1, 20)}
    site.routes |= {_path(behaviour): route for behaviour, (route, _) in LEFT_OUT.items()}
    report = shared.run()
    return report, shared.reasons(), shared.kept()


@pytest.mark.parametrize("behaviour", LEFT_OUT)
def test_what_gives_no_page_is_left_out_with_its_reason_and_the_run_goes_on(hostile, behaviour):
    _, reasons, kept = hostile
    assert reasons[_path(behaviour)] == LEFT_OUT[behaviour][1]
    assert f"{_path(behaviour)}/good" in kept
    assert _path(behaviour) not in kept


def test_the_report_counts_every_reason(hostile):
    report, reasons, kept = hostile
    assert report.skipped == Counter(reason for _, reason in LEFT_OUT.values())
    assert len(reasons) == report.counts["new"] == len(kept) == len(LEFT_OUT)


KEPT = {
    "more than Content-Length says": _raw(_head("Content-Length: 10"), b"<p>hej</p><p>mere</p>"),
    "a Content-Length that is no number": _raw(_head("Content-Length: mange", "Connection: close"), b"<p>hej"),
    "no Content-Length": _raw(_head("Connection: close"), b"<p>hej</p>"),
    "chunks": _raw(_head("Transfer-Encoding: chunked"), b"a\r\n<p>hej</p>\r\n0\r\n\r\n"),
    "gzip": (200, HTML | {"Content-Encoding": "gzip"}, gzip.compress(b"<p>hej</p>")),
    "gzip in two members": (
        200,
        HTML | {"Content-Encoding": "gzip"},
        gzip.compress(b"<p>hej") + gzip.compress(b"</p>"),
    ),
    "deflate without its header": (200, HTML | {"Content-Encoding": "deflate"}, zlib.compress(b"<p>hej</p>")[2:-4]),
    "latin-1 that is called UTF-8": (200, {"Content-Type": "text/html; charset=utf-8"}, "<p>byråd".encode("latin-1")),
    "a charset that does not exist": (200, {"Content-Type": "text/html; charset=dansk"}, b"<p>hej"),
    "no content type": (200, {}, b"<p>hej"),
    "a byte order mark": (200, HTML, b"\xef\xbb\xbf<p>hej"),
    "two content types": _raw(_head("Content-Type: text/html", "Content-Length: 3"), b"hej"),
    "headers that are no ASCII": _raw(_head("X-Sted: Ærø", "Content-Length: 3"), b"hej"),
    "headers that are nonsense": _raw(_head("X-A: ;\x80=0", "X\x00B: \x01\x7f", "Content-Length: 3"), b"hej"),
    "a header folded over two lines": _raw(_head("X-Long: a\r\n b", "Content-Length: 3"), b"hej"),
    "a redirect": _to("/moved", 301),
}


@pytest.mark.parametrize("behaviour", KEPT)
def test_what_is_odd_but_readable_is_kept_and_read_back_from_the_archive(site, collector, behaviour):
    site.listing("/odd", "/good")
    site.page("/good")
    site.page("/moved", b"<p>hej")
    site.routes["/odd"] = KEPT[behaviour]
    collector.run()
    assert collector.reasons() == {}
    odd, good = sorted(collector.pages(), key=lambda page: page.url.endswith("/good"))
    assert read_body(collector.workspace.raw, odd).removeprefix(b"\xef\xbb\xbf")[:2] in (b"<p", b"he")
    assert read_body(collector.workspace.raw, good).startswith(b"<!doctype")


@pytest.mark.parametrize(
    ("answers", "naps"),
    [
        ([(429, {"Retry-After": "7"}, b"")], [7.0]),
        ([(503, {}, b""), (503, {}, b"")], [0.5, 1.0]),
        ([_raw(), _raw(b"?\r\n\r\n"), (500, {}, b"")], [0.5, 1.0, 2.0]),
    ],
)
def test_what_may_pass_is_asked_again_after_the_wait_that_was_asked_for(site, collector, answers, naps):
    waiting = list(answers)

    def answer(handler):
        route = waiting.pop(0) if waiting else (200, HTML, b"<p>hej")
        route(handler) if callable(route) else handler.answer(*route)

    site.listing("/busy")
    site.routes["/busy"] = answer
    collector.run(retries=3)
    assert collector.kept() == ["/busy"]
    assert collector.naps == naps


def test_a_server_that_asks_for_an_hour_is_left_alone_at_once(site, collector):
    site.listing("/busy", "/other")
    site.page("/other")
    site.routes["/busy"] = (429, {"Retry-After": "3600"}, b"")
    report = collector.run(retries=3)
    assert (site.asked("/busy"), site.asked("/other"), collector.naps) == (1, 0, [])
    assert report.notes == ("The site asks to be left alone for 3600 seconds: run again then.",)


def test_a_site_that_stops_answering_is_left_alone(site, collector):
    site.listing(*[f"/{number}" for number in range(20)])
    site.routes |= {f"/{number}": (500, {}, b"") for number in range(20)}
    report = collector.run()
    assert sum(site.asked(f"/{number}") for number in range(20)) == 5
    assert report.skipped == {"server-error": 5, "busy": 15}


def test_what_failed_is_asked_again_in_the_next_run_and_its_reason_ends(site, collector):
    site.listing("/a")
    site.routes["/a"] = (500, {}, b"")
    collector.run()
    site.page("/a")
    collector.run()
    assert collector.kept() == ["/a"]
    assert collector.reasons() == {}


def test_what_is_gone_is_not_asked_again(site, collector):
    site.listing("/a")
    site.routes["/a"] = (410, {}, b"")
    collector.run()
    report = collector.run()
    assert site.asked("/a") == 1
    assert report.skipped == {"gone": 1}


def test_a_certificate_that_nobody_signed_is_refused(tmp_path):
    if not shutil.which("openssl"):
        pytest.skip("openssl makes the certificate")
    pair = tmp_path / "pair.pem"
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    make = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-keyout",
        str(pair),
        "-out",
        str(tmp_path / "c"),
    ]
    subprocess.run([*make, *subject], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "c", pair)
    with socket.create_server(("127.0.0.1", 0)) as plain, context.wrap_socket(plain, server_side=True) as secure:
        Thread(target=_shake_hands, args=[secure], daemon=True).start()
        base = f"https://localhost:{plain.getsockname()[1] if plain.fileno() > 0 else secure.getsockname()[1]}"
        source = parse_source({"column": "K", "publisher": "P", "base": base}, "x", "x.toml")
        with pytest.raises(FetchError, match="certificate"):
            Fetcher(source, SETTINGS, Pace(0.0)).get(f"{base}/")


def _shake_hands(server):
    with suppress(OSError):
        server.accept()


def test_addresses_that_are_none_and_addresses_elsewhere_are_left_out(site, collector):
    site.listing("http://[::1", "mailto:a@b.dk", "https://example.org/x", "/a\\b", "/å b", "//")
    site.page("/%C3%A5%20b")
    collector.run()
    assert collector.kept() == ["/%C3%A5%20b"]
    assert set(collector.reasons().values()) <= {"scheme", "foreign-host", "gone", "no-address"}


def test_no_more_than_max_pages_are_fetched_and_the_rest_is_named(site, collector):
    site.listing("/a", "/b", "/c")
    for path in ("/a", "/b", "/c"):
        site.page(path)
    report = collector.run(max_pages=2)
    assert collector.kept() == ["/a", "/b"]
    assert report.notes == ("1 pages are left for the next run (max_pages).",)
    collector.run(max_pages=2)
    assert collector.kept() == ["/a", "/b", "/c"]
