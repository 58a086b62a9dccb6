"""Serve the sample on loopback, for a browser or for the collector."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from klumme.errors import InputError
from klumme.sample.site import Site


class _Handler(BaseHTTPRequestHandler):
    """Answer from the site that the server carries, with 304 where the client's validator still holds."""

    protocol_version = "HTTP/1.1"
    server: "SampleServer"

    def do_GET(self) -> None:
        """Answer one GET request."""
        answer = self.server.site.answer(self.path)
        fresh = answer.status == 200 and self.headers.get("If-None-Match") == answer.headers["ETag"]
        body = b"" if fresh else answer.body
        self.send_response(304 if fresh else answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
        """Keep quiet: the collector reports what it fetched."""


class SampleServer(ThreadingHTTPServer):
    """An HTTP server on loopback for one Site."""

    daemon_threads = True

    def __init__(self, site: Site, port: int = 0) -> None:
        try:
            super().__init__(("127.0.0.1", port), _Handler)
        except OSError as error:
            raise InputError(
                f"Port {port} on loopback is not free: {error.strerror}.", "Name another with --port."
            ) from error
        self.site = site

    @property
    def address(self) -> str:
        """The address of the front page, without a slash at its end."""
        return f"http://127.0.0.1:{self.server_address[1]}"


@contextmanager
def serving(site: Site) -> Iterator[str]:
    """Serve a site on a free port for as long as the block lasts, and give its address."""
    with SampleServer(site) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        try:
            yield server.address
        finally:
            server.shutdown()
