"""May this address be asked, and may its page be kept: robots.txt before, reservations after, with evidence."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from protego import Protego

from klumme.collect import tdm
from klumme.collect.fetch import PRODUCT, Answer, Fetcher
from klumme.collect.problems import FetchError
from klumme.collect.sources import Source
from klumme.errors import CollectError, SettingsError
from klumme.settings import CollectSettings

# RFC 9309 asks crawlers to read at least 500 KiB; what comes after is not read.
_ROBOTS_CAP = 512 * 1024
_LONGEST_DELAY = 300.0


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a page may be kept, by which rule, and the words that say so."""

    url: str
    source: str
    allowed: bool
    rule: str
    evidence: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Robots:
    """The robots.txt of one host, and where it was read."""

    rules: Protego
    evidence: str


@dataclass
class Gate:
    """The robots.txt and TDM file of each host of a source, each read once in a run; `seen` is told of every answer."""

    source: Source
    settings: CollectSettings
    fetcher: Fetcher
    seen: Callable[[Answer], None]
    _robots: dict[str, Robots] = field(default_factory=dict)
    _rules: dict[str, tuple[tdm.Rule, ...]] = field(default_factory=dict)

    def allow(self, url: str) -> None:
        """Raise FetchError("disallowed") for an address that robots.txt closes; the TDM file is read before any page.

        Raises CollectError when robots.txt cannot be read: then nothing may be asked.
        """
        host = _host(url)
        if host not in self._robots:
            self._robots[host] = self._read_robots(host)
            self._rules[host] = self._read_tdm_file(host)
        robots = self._robots[host]
        if not robots.rules.can_fetch(url, PRODUCT):
            raise FetchError("disallowed", f"{robots.evidence} disallows {url}")

    def decide(self, answer: Answer) -> Decision:
        """Decide whether a page that was fetched may be kept."""
        headers = {name.lower(): answer.header(name.lower()) for name, _ in answer.headers}
        found = tdm.reservation(answer.url, self._rules.get(_host(answer.url), ()), headers, answer.body)
        evidence = f"{found.evidence}; {self._robots[_host(answer.url)].evidence}"
        excepted = found.reserved and self.settings.tdm == "research"
        return Decision(
            url=answer.url,
            source=self.source.name,
            allowed=excepted or not found.reserved,
            rule=f"research exception from {found.rule}" if excepted else found.rule,
            evidence=f"{evidence}; {self.settings.tdm_reason}" if excepted else evidence,
            at=answer.fetched_at,
        )

    def _read_robots(self, host: str) -> Robots:
        url = f"{host}/robots.txt"
        try:
            answer = self.fetcher.get(url, cap=_ROBOTS_CAP)
        except FetchError as error:
            return _without_robots(url, error)
        self.seen(answer)
        rules = Protego.parse(answer.body.decode("utf-8-sig", "replace"))
        self.fetcher.pace.gap = max(self.fetcher.pace.gap, _delay(rules, url))
        return Robots(rules, f"{url} (sha256 {hashlib.sha256(answer.body).hexdigest()[:12]})")

    def _read_tdm_file(self, host: str) -> tuple[tdm.Rule, ...]:
        try:
            answer = self.fetcher.get(host + tdm.PATH)
        except FetchError as error:
            if error.passing:
                raise CollectError(
                    f"The TDM file of {host} cannot be read: {error.detail}.", "Nothing was fetched. Try again later."
                ) from error
            return ()
        self.seen(answer)
        return tdm.parse_file(answer.body)


def check_reason(settings: CollectSettings) -> None:
    """Raise SettingsError for an unknown way to treat reservations, or an exception without a reason."""
    if settings.tdm not in ("honour", "research"):
        raise SettingsError(f"`tdm` cannot be '{settings.tdm}'.", 'Write `tdm = "honour"` or "research".')
    if settings.tdm == "research" and len(settings.tdm_reason.split()) < 3:
        raise SettingsError(
            "The exception for research organisations needs a written reason.",
            'Say who mines, for what and by which right, as `tdm_reason = "…"` under [collect].',
        )


def _host(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _without_robots(url: str, error: FetchError) -> Robots:
    """RFC 9309: where there is no robots.txt (4xx) all is allowed; where it cannot be read, nothing is."""
    if error.reason in ("gone", "forbidden", "odd-status"):
        return Robots(Protego.parse(""), f"{url} (none: {error.detail})")
    raise CollectError(
        f"{url} cannot be read, so nothing may be fetched: {error.detail}.", "Try again later, or write to the site."
    ) from error


def _delay(rules: Protego, url: str) -> float:
    asked = rules.crawl_delay(PRODUCT) or 0.0
    rate = rules.request_rate(PRODUCT)
    delay = max(float(asked), rate.seconds / rate.requests if rate and rate.requests else 0.0)
    if not delay <= _LONGEST_DELAY:
        raise CollectError(
            f"{url} asks for {delay:.0f} seconds between two requests.",
            "That is more than a run can wait; write to the site.",
        )
    return delay
