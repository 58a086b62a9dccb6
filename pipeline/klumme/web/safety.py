"""What stands before every page: the host that was asked, the token of strangers, the proof that a write was meant.

A browser sends its cookie to us only from our own pages (SameSite=Strict), and a write must also carry a token made
from that cookie, which no other site can read. A name in the Host header that is not ours is refused, or another site
could point its own name at this machine (DNS rebinding); an address in digits cannot be pointed anywhere.
"""

import hmac
import secrets
from dataclasses import dataclass, field
from hashlib import sha256
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection, Request

COOKIE, KEY = "klumme", "klumme_noegle"
LOOPBACK = ("127.0.0.1", "localhost", "::1")
HEADERS = {
    "content-security-policy": (
        "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; form-action 'self'; base-uri 'none'; "
        "object-src 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


@dataclass(frozen=True)
class Guard:
    """Who may ask: `host` is where we listen, `token` what everybody must show, empty on loopback."""

    host: str = "127.0.0.1"
    token: str = ""
    secret: bytes = field(default_factory=lambda: secrets.token_bytes(32))

    def knows_host(self, header: str) -> bool:
        """Whether a Host header names this machine."""
        name = urlsplit(f"//{header}").hostname or ""
        return name in (*LOOPBACK, self.host) or (bool(self.token) and _in_digits(name))

    def admits(self, request: HTTPConnection) -> bool:
        """Whether a request shows the token, in its header or the cookie that the first visit left."""
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
        return not self.token or any(_same(self.token, given) for given in (bearer, request.cookies.get(KEY, "")))

    def opens(self, request: Request) -> bool:
        """Whether a request brings the token in its address, as the printed address of a first visit does."""
        return bool(self.token) and _same(self.token, request.query_params.get("token", ""))

    def proof(self, cookie: str) -> str:
        """Return the token that a write must carry beside this cookie."""
        return hmac.new(self.secret, cookie.encode(), sha256).hexdigest()

    def meant(self, request: Request, proof: str) -> bool:
        """Whether a write was meant: it comes from our own page and carries the proof."""
        cookie = request.cookies.get(COOKIE, "")
        own = request.headers.get("sec-fetch-site", "same-origin") in ("same-origin", "none")
        return own and bool(cookie) and _same(self.proof(cookie), proof)


def is_loopback(host: str) -> bool:
    """Whether an address can be reached from this machine only."""
    return host in LOOPBACK or (_in_digits(host) and ip_address(host).is_loopback)


def _in_digits(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())
