"""Undo the content encoding of a body, never past a cap: a small answer must not become a large one."""

import zlib

from klumme.collect.problems import FetchError

_STEP = 1 << 16


def unpack(payload: bytes, encoding: str, cap: int, cut: bool = False) -> bytes:
    """Decode a body sent with Content-Encoding gzip, deflate or identity, up to `cap` bytes.

    With `cut`, what is longer or ends early is cut there. Raises FetchError for another encoding, a broken body, or
    one that is longer.
    """
    names = [name.strip() for name in encoding.lower().split(",") if name.strip() not in ("", "identity")]
    if len(names) > 1 or any(name not in ("gzip", "x-gzip", "deflate") for name in names):
        raise FetchError("encoding", f"the body is encoded as '{encoding[:80]}', which was not asked for")
    if not names:
        return payload
    try:
        body, whole = _inflate(payload, _window(payload, names[0]), cap)
    except zlib.error as error:
        raise FetchError("encoding", f"the body is no {names[0]}: {error}") from error
    if len(body) > cap and not cut:
        raise FetchError("too-large", f"the body unpacks to more than {cap} bytes")
    if not whole and not cut:
        raise FetchError("broken-answer", f"the packed body ends early, after {len(body)} bytes")
    return body[:cap]


def gunzip(content: bytes, cap: int) -> bytes:
    """Unpack a .gz file, such as a sitemap; what is no gzip is given back as it is."""
    return unpack(content, "gzip", cap) if content.startswith(b"\x1f\x8b") else content


def _window(payload: bytes, name: str) -> int:
    if name != "deflate":
        return zlib.MAX_WBITS | 16
    # Servers send deflate both with and without the zlib header that the standard asks for.
    return zlib.MAX_WBITS if payload[:1] and payload[0] & 0x0F == 8 else -zlib.MAX_WBITS


def _inflate(payload: bytes, window: int, cap: int) -> tuple[bytes, bool]:
    """Return what a body unpacks to, a little past the cap at most, and whether its last member is whole."""
    out, rest, whole = bytearray(), payload, True
    while rest and len(out) <= cap:
        machine = zlib.decompressobj(window)
        while rest and not machine.eof and len(out) <= cap:
            out += machine.decompress(rest, _STEP)
            rest = machine.unconsumed_tail
        whole = machine.eof
        rest = machine.unused_data if window > zlib.MAX_WBITS else b""
    return bytes(out), whole
