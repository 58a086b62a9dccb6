"""Ask for one address: within caps on size, time and redirects, at the host's pace, and again when it was busy."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import urlsplit

import requests
import urllib3

from klumme import __version__
from klumme.collect.addresses import Resolve, ascii_url, guard, on_loopback, resolve
from klumme.collect.connection import AnyConnection, new_session
from klumme.collect.deadline import Deadline
from klumme.collect.entries import absolute
from klumme.collect.pace import PATIENCE, Pace, retry_after
from klumme.collect.problems import FetchError
from klumme.collect.sources import Source
from klumme.collect.unpack import unpack
from klumme.errors import CollectError
from klumme.settings import CollectSettings

PRODUCT = "klumme"
MAX_REDIRECTS = 5
# A whole answer may take this many times as long as one wait for bytes.
_DEADLINE = 6

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """One response: `payload` is the body as it was sent, `body` the same unpacked; `fetched_at` is in UTC.

    `hops` are the redirects that led here.
    """

    url: str
    status: int
    reason: str
    headers: Headers
    payload: bytes
    body: bytes
    fetched_at: datetime
    request: Headers = ()
    hops: tuple["Answer", ...] = ()

    def header(self, name: str) -> str:
        """Return the values of a header, joined by commas; empty when it was not sent."""
        return ", ".join(value for key, value in self.headers if key.lower() == name)


class Fetcher:
    """Ask the hosts of one source, one request at a time."""

    def __init__(
        self,
        source: Source,
        settings: CollectSettings,
        pace: Pace,
        via: Mapping[str, str] | None = None,
        resolve: Resolve = resolve,
    ) -> None:
        self._source, self._settings, self.pace = source, settings, pace
        self.agent = user_agent(source, settings)
        self._deadline = Deadline(0)
        self._session = new_session(resolve, on_loopback(source.host), via or {}, self._watch)

    def get(
        self,
        url: str,
        headers: Mapping[str, str] | None = None,
        allow: Callable[[str], None] = lambda _: None,
        cap: int = 0,
    ) -> Answer:
        """Ask for an address and follow its redirects; `allow` raises for an address that must not be asked.

        `cap` cuts the body there instead of refusing it. Raises FetchError when there is no answer to keep.
        """
        hops: list[Answer] = []
        while True:
            url = ascii_url(url)
            guard(url, self._source)
            allow(url)
            answer = self._patiently(url, headers or {}, cap)
            if answer.status in (200, 304):
                return replace(answer, hops=tuple(hops))
            location = answer.header("location")
            target = absolute(url, location) if location else ""
            if not target:
                raise FetchError("odd-status", f"{url} answers {answer.status} and says not where to")
            hops.append(answer)
            if len(hops) > MAX_REDIRECTS or target in {hop.url for hop in hops}:
                raise FetchError("redirect-loop", f"{hops[0].url} redirects {len(hops)} times without an end")
            url = target

    def close(self) -> None:
        """Close all connections."""
        self._session.close()

    def _patiently(self, url: str, headers: Mapping[str, str], cap: int) -> Answer:
        """Ask until there is an answer, waiting longer each time, as often as the settings allow."""
        for attempt in range(self._settings.retries + 1):
            self.pace.wait(urlsplit(url).netloc)
            try:
                return self._once(url, headers, cap)
            except FetchError as error:
                if not error.passing or attempt == self._settings.retries:
                    raise
                if error.retry_after is not None and error.retry_after > PATIENCE:
                    raise
                self.pace.back_off(attempt, error.retry_after)
        raise AssertionError("unreachable")

    def _once(self, url: str, headers: Mapping[str, str], cap: int) -> Answer:
        sent = {"User-Agent": self.agent, "Accept": "*/*", "Accept-Encoding": "gzip, deflate", **headers}
        with Deadline(self._settings.timeout * _DEADLINE) as self._deadline:
            try:
                answer = self._read(url, sent, cap)
            except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
                raise _problem(url, error, self._deadline.passed) from error
        # An answer that was hung up on may look like one that ended.
        if self._deadline.passed:
            raise FetchError("timeout", f"{url} took too long")
        return answer

    def _read(self, url: str, sent: dict[str, str], cap: int) -> Answer:
        request = requests.Request("GET", url, headers=sent).prepare()
        # Not by `session.send`: that reads the whole body of a redirect, past every cap, and keeps cookies.
        adapter = self._session.get_adapter(url)
        with adapter.send(request, stream=True, timeout=self._settings.timeout, verify=True) as response:
            refuse(url, response.status_code, response.headers.get("Retry-After", ""))
            payload = self._payload(response, cap)
            encoding = response.headers.get("Content-Encoding", "")
            return Answer(
                url=url,
                status=response.status_code,
                reason=response.reason or "",
                headers=tuple(response.raw.headers.items()),
                payload=payload,
                body=unpack(payload, encoding, cap or self._settings.max_bytes, cut=bool(cap)),
                fetched_at=datetime.now(UTC).replace(tzinfo=None),
                request=tuple((key, str(value)) for key, value in response.request.headers.items()),
            )

    def _payload(self, response: requests.Response, cap: int) -> bytes:
        """Read the body as it was sent, piece by piece, so that no piece can be waited for without an end."""
        body, limit = bytearray(), cap or self._settings.max_bytes
        while piece := response.raw.read1(1 << 16, decode_content=False):
            body += piece
            if len(body) > limit and cap:
                return bytes(body[:cap])
            if len(body) > limit:
                raise FetchError("too-large", f"{response.url} is larger than {limit} bytes")
        return bytes(body)

    def _watch(self, connection: AnyConnection) -> None:
        self._deadline.connection = connection


def user_agent(source: Source, settings: CollectSettings) -> str:
    """Say who asks, and whom to write to; raises CollectError when there is no contact and the source is elsewhere."""
    contact = settings.contact.strip()
    if not contact and (source.embedded or on_loopback(source.host)):
        return f"{PRODUCT}/{__version__}"
    if not ("@" in contact or contact.startswith("https://")) or not contact.isascii() or not contact.isprintable():
        raise CollectError(
            f"{source.name} is a real site, and nobody is named whom its owner could write to.",
            'Set `contact = "name@university.dk"` under [collect] in klumme.toml.',
        )
    return f"{PRODUCT}/{__version__} (research corpus; {contact})"


def refuse(url: str, status: int, wait: str) -> None:
    """Raise FetchError for a status that gives no page."""
    if status in (429, 503):
        raise FetchError("busy", f"{url} answers {status}", retry_after(wait, datetime.now(UTC)))
    if status >= 500:
        raise FetchError("server-error", f"{url} answers {status}")
    if status in (401, 402, 403, 407, 451):
        raise FetchError("forbidden", f"{url} answers {status}")
    if status in (404, 410):
        raise FetchError("gone", f"{url} answers {status}")
    if not (status in (200, 304) or 301 <= status <= 308):
        raise FetchError("odd-status", f"{url} answers {status}")


def _problem(url: str, error: Exception, timed_out: bool) -> FetchError:
    said = str(error)[:200]
    if timed_out or isinstance(error, (requests.Timeout, urllib3.exceptions.TimeoutError, TimeoutError)):
        return FetchError("timeout", f"{url} took too long")
    if isinstance(error, (requests.exceptions.SSLError, urllib3.exceptions.SSLError)):
        return FetchError("unreachable", f"{url} has no valid certificate: {said}")
    cause = getattr(error.args[0], "reason", None) if error.args else None
    if isinstance(cause, urllib3.exceptions.NewConnectionError):
        return FetchError("unreachable", f"{url} cannot be reached: {said}")
    return FetchError("broken-answer", f"{url} broke off or answered nonsense: {said}")
