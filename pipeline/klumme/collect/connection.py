"""Connections that go to the very address that was checked, so that a name cannot lead elsewhere a moment later."""

import socket
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError

from klumme.collect.addresses import Resolve, checked

AnyConnection: TypeAlias = HTTPConnection
Watch: TypeAlias = Callable[[AnyConnection], None]


class CheckedAdapter(HTTPAdapter):
    """Send requests over checked connections; `watch` is told which connection each request uses."""

    def __init__(self, resolve: Resolve, private: bool, watch: Watch) -> None:
        self._pools = _pools(resolve, private, watch)
        super().__init__(pool_connections=4, pool_maxsize=1)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **keywords: Any) -> None:
        """Make a pool manager whose pools open checked connections."""
        self.poolmanager = PoolManager(num_pools=connections, maxsize=maxsize, block=block, **keywords)
        self.poolmanager.pool_classes_by_scheme = self._pools


class ViaAdapter(CheckedAdapter):
    """Send what is asked of one host to another base address: how the sample server stands for its newspaper."""

    def __init__(self, base: str, resolve: Resolve, watch: Watch) -> None:
        self._base = base
        super().__init__(resolve, True, watch)

    def send(self, request: requests.PreparedRequest, *args: Any, **keywords: Any) -> requests.Response:
        """Send a copy of the request to the other base."""
        copy, asked = request.copy(), urlsplit(request.url or "")
        copy.headers["Host"] = asked.netloc
        copy.url = f"{self._base}{asked.path or '/'}{'?' + asked.query if asked.query else ''}"
        return super().send(copy, *args, **keywords)


def new_session(resolve: Resolve, private: bool, via: Mapping[str, str], watch: Watch) -> requests.Session:
    """Make a session without proxies, cookies or passwords from the environment, on checked connections only."""
    session = requests.Session()
    session.trust_env = False
    session.adapters.clear()
    for scheme in ("http://", "https://"):
        session.mount(scheme, CheckedAdapter(resolve, private, watch))
        for host, base in via.items():
            session.mount(f"{scheme}{host}/", ViaAdapter(base, resolve, watch))
    return session


def _pools(resolve: Resolve, private: bool, watch: Watch) -> dict[str, type[HTTPConnectionPool]]:
    class Checked(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return _connect(self, resolve, private)

        def putrequest(self, *args: Any, **keywords: Any) -> None:
            watch(self)
            super().putrequest(*args, **keywords)

    class CheckedSecure(Checked, HTTPSConnection):
        pass

    class Pool(HTTPConnectionPool):
        ConnectionCls = Checked

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = CheckedSecure

    return {"http": Pool, "https": SecurePool}


def _connect(connection: HTTPConnection, resolve: Resolve, private: bool) -> socket.socket:
    """Resolve once, check every address that came back, and connect to one of those."""
    try:
        found = checked(connection.host, resolve(connection.host, connection.port), private)
    except socket.gaierror as error:
        raise NameResolutionError(connection.host, connection, error) from error
    last: OSError | None = None
    for family, kind, protocol, _, address in found:
        try:
            return _open(socket.socket(family, kind, protocol), address, connection.timeout)
        except OSError as error:
            last = error
    if isinstance(last, TimeoutError):
        raise ConnectTimeoutError(connection, f"{connection.host} does not answer") from last
    raise NewConnectionError(connection, f"no connection to {connection.host}: {last}") from last


def _open(sock: socket.socket, address: Any, timeout: Any) -> socket.socket:
    try:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.settimeout(timeout)
        sock.connect(address)
    except BaseException:
        sock.close()
        raise
    return sock
