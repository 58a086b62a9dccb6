"""Which addresses may be asked: http and https, the source's own hosts, and no machine of a private network."""

import ipaddress
import socket
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

from klumme.collect.problems import FetchError
from klumme.collect.sources import Source

Resolve = Callable[[str, int], list[tuple[Any, ...]]]

_DEFAULT_PORTS = {"http": 80, "https": 443}


def resolve(host: str, port: int) -> list[tuple[Any, ...]]:
    """Ask the system which addresses a host has, in the shape of `socket.getaddrinfo`."""
    return list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))


def guard(url: str, source: Source) -> None:
    """Refuse an address that is not of the source; raises FetchError with the reason."""
    try:
        parts = urlsplit(url)
        port = parts.port or _DEFAULT_PORTS.get(parts.scheme)
    except ValueError as error:
        raise FetchError("no-address", f"{url[:200]} is no address: {error}") from error
    if parts.scheme not in _DEFAULT_PORTS:
        raise FetchError("scheme", f"{url[:200]} is neither http nor https")
    if parts.username or parts.password:
        raise FetchError("foreign-host", f"{url[:200]} carries a user name")
    if (parts.hostname or "") not in source.all_hosts:
        raise FetchError("foreign-host", f"{parts.hostname} is not a host of {source.name}")
    if port not in {urlsplit(source.base).port, *_DEFAULT_PORTS.values()}:
        raise FetchError("foreign-host", f"port {port} is not one of {source.name}")


def on_loopback(host: str) -> bool:
    """Tell whether a host, as it is written, is this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def checked(host: str, found: Iterable[tuple[Any, ...]], private: bool) -> list[tuple[Any, ...]]:
    """Return the addresses of a host unless one of them lies in a private network; raises FetchError then."""
    found = list(found)
    for *_, address in found:
        if not private and not _public(str(address[0])):
            raise FetchError("private-address", f"{host} leads to {address[0]}, which is no public address")
    return found


def _public(address: str) -> bool:
    ip = ipaddress.ip_address(address.partition("%")[0])
    inner = getattr(ip, "ipv4_mapped", None) or getattr(ip, "sixtofour", None) or ip
    return bool(ip.is_global and inner.is_global and not ip.is_multicast)


def ascii_url(url: str) -> str:
    """Write an address as urllib3 sends it, in ASCII and without dots in its path; raises FetchError for none."""
    try:
        return str(parse_url(url)._replace(fragment=None))
    except LocationParseError as error:
        raise FetchError("no-address", f"{url[:200]} is no address") from error
