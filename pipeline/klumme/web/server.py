"""Serve the pages, or answer one address without a server."""

import asyncio
import secrets
import socket
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from klumme.errors import UsageError
from klumme.web.app import make_app
from klumme.web.room import Room
from klumme.web.safety import Guard, is_loopback


def serve(room: Room, host: str, port: int, say: Callable[[str], None]) -> None:
    """Serve until Ctrl-C, and say at which address; from outside this machine only with the token in it.

    Raises UsageError when the address cannot be taken.
    """
    import uvicorn

    token = "" if is_loopback(host) else secrets.token_urlsafe(24)
    app = make_app(room, Guard(host, token))
    with _listen(host, port) as listening:
        name, taken = listening.getsockname()[:2]
        shown = f"[{name}]" if ":" in name else name
        say(f"http://{shown}:{taken}/" + (f"?token={token}" if token else ""))
        config = uvicorn.Config(app, log_level="warning", server_header=False, timeout_graceful_shutdown=5)
        uvicorn.Server(config).run(sockets=[listening])


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise UsageError(
            f"The address {host}:{port} cannot be taken: {error.strerror or error}.", "Name another with --port."
        ) from error
    listening.listen(128)
    return listening


def get(room: Room, path: str) -> tuple[int, bytes]:
    """Answer one address as the server would, and return the status and the body."""
    return asyncio.run(_get(make_app(room), path))


async def _get(app: Any, path: str) -> tuple[int, bytes]:
    status, body = 500, b""
    waiting = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> dict[str, Any]:
        return waiting.pop() if waiting else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        nonlocal status, body
        status = message.get("status", status)
        body += message.get("body", b"")

    await app(_scope(path), receive, send)
    return status, body


def _scope(path: str) -> dict[str, Any]:
    from urllib.parse import quote, unquote

    parts = urlsplit(path if path.startswith("/") else f"/{path}")
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": unquote(parts.path),
        "raw_path": parts.path.encode(),
        "query_string": quote(parts.query, safe="%&=+:;/?@!$'()*,-._~").encode(),
        "root_path": "",
        "headers": [(b"host", b"127.0.0.1")],
        "client": ("127.0.0.1", 0),
        "server": ("127.0.0.1", 80),
    }
