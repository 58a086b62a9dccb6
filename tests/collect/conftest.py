"""A web server on loopback that does what it is told, however wrong; and a collector pointed at it."""

from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

import pytest

from klumme.collect.fetch import Fetcher
from klumme.collect.pace import Pace
from klumme.collect.sources import parse_source
from klumme.collect.step import run_with
from klumme.records import Page
from klumme.settings import CollectSettings
from klumme.tables import Tables
from klumme.workspace import Workspace

# Short enough that a test which waits for them is quick; the deadline for a whole answer is six times the timeout.
SETTINGS = CollectSettings(timeout=0.15, retries=0, max_bytes=200_000)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.site.requests.append((self.path, dict(self.headers)))
        route = self.server.site.routes.get(self.path, (404, {}, b"nothing here"))
        if callable(route):
            self.close_connection = True
            route(self)
        else:
            self.answer(*route)

    def answer(self, status, headers, body):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if "Content-Length" not in headers and status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """A client that hangs up on a hostile answer is what these tests want."""


@dataclass
class Site:
    base: str
    routes: dict = field(default_factory=dict)
    requests: list = field(default_factory=list)
    stop: Event = field(default_factory=Event)

    def page(self, path, body="<p>Byrådet vedtog budgettet.</p>", **headers):
        """Let a path answer with a page."""
        body = body if isinstance(body, bytes) else f"<!doctype html><html>{body}</html>".encode()
        self.routes[path] = (200, {"Content-Type": "text/html", **headers}, body)

    def listing(self, *paths, more=""):
        """Let the front page list these paths."""
        links = "".join(f'<article><a href="{path}">{path}</a></article>' for path in paths)
        self.page("/", links + more)

    def asked(self, path):
        """Count how often a path was asked for."""
        return sum(1 for asked, _ in self.requests if asked == path)


@contextmanager
def _serving():
    with Server(("127.0.0.1", 0), Handler) as server:
        server.site = Site(f"http://127.0.0.1:{server.server_address[1]}")
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield server.site
        server.site.stop.set()
        server.shutdown()


@pytest.fixture
def site():
    with _serving() as site:
        yield site


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """A collector with a site of its own, for all tests of a module: one run over many behaviours is quick."""
    folder = tmp_path_factory.mktemp("shared")
    with _serving() as site:
        yield Collecting(site, Workspace(folder, folder))


LISTING = {"kind": "listing", "address": "/", "entry": "article", "link": "a", "next": "a.next"}


@pytest.fixture
def collector(site, tmp_path):
    return Collecting(site, Workspace(tmp_path, tmp_path))


@dataclass
class Collecting:
    """Runs of the collector over one corpus."""

    site: Site
    workspace: Workspace
    naps: list = field(default_factory=list)

    def source(self, *discover, **more):
        table = {"column": "Klumme", "publisher": "Prøven", "base": self.site.base, **more}
        return parse_source({**table, "discover": list(discover) or [LISTING]}, "proeve", "proeve.toml")

    def run(self, source=None, **settings):
        source = source or self.source()
        settings = replace(SETTINGS, **settings)
        fetcher = Fetcher(source, settings, Pace(0.0, jitter=0.0, sleep=self.naps.append))
        return run_with(fetcher, self.workspace, source, settings)

    def pages(self, role="article"):
        rows = Tables(self.workspace).read("SELECT * FROM pages WHERE role = ? ORDER BY url", [role])
        return [Page(**row) for row in rows]

    def kept(self):
        """The paths of the articles that are in the tables."""
        return [page.url.removeprefix(self.site.base) for page in self.pages()]

    def reasons(self):
        """What was left out, and why, by path."""
        rows = Tables(self.workspace).read("SELECT item, reason FROM current_skipped")
        return {row["item"].removeprefix(self.site.base): row["reason"] for row in rows}

    def permissions(self):
        """The decisions by path: allowed, and by which rule."""
        rows = Tables(self.workspace).read('SELECT url, allowed, rule FROM permissions ORDER BY "at"')
        return {row["url"].removeprefix(self.site.base): (row["allowed"], row["rule"]) for row in rows}
