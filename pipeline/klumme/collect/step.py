"""Collect a source: read its listings, fetch what is new in them, keep what may be kept."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from hashlib import sha256
from urllib.parse import urlsplit

from klumme.collect.addresses import guard, on_loopback
from klumme.collect.archive import Archive, read_body
from klumme.collect.discover import find
from klumme.collect.entries import Entry, wanted
from klumme.collect.fetch import Answer, Fetcher
from klumme.collect.forget import forgotten, mark_of
from klumme.collect.ledger import STAGE, Ledger
from klumme.collect.pace import PATIENCE, Pace
from klumme.collect.permission import Decision, Gate, check_reason
from klumme.collect.problems import FetchError
from klumme.collect.sources import Source
from klumme.records import Page
from klumme.report import Progress, Report, quiet
from klumme.settings import CollectSettings
from klumme.tables import Tables
from klumme.workspace import Workspace

# After so many answers in a row that did not come, the site is down, and is left alone.
_DOWN = 5
_LOGIN = ("login", "log-ind", "logind", "signin", "sign-in")


def run(
    workspace: Workspace,
    source: Source,
    settings: CollectSettings,
    progress: Progress = quiet,
    via: Mapping[str, str] | None = None,
) -> Report:
    """Fetch what is new in a source and may be kept; a run that was killed is completed by the next one.

    `via` maps a host to the address that answers for it. Raises CollectError when nothing may be fetched.
    """
    return run_with(Fetcher(source, settings, new_pace(source, settings), via), workspace, source, settings, progress)


def run_with(
    fetcher: Fetcher, workspace: Workspace, source: Source, settings: CollectSettings, progress: Progress = quiet
) -> Report:
    """Do what `run` does with a fetcher that was made for it."""
    check_reason(settings)
    tables = Tables(workspace)
    with tables.writing():
        collector = Collector(workspace, source, settings, fetcher, Ledger(tables, source.name))
        try:
            collector.recover()
            collector.collect(progress)
        finally:
            fetcher.close()
            collector.ledger.flush()
    return collector.report()


def new_pace(source: Source, settings: CollectSettings) -> Pace:
    """Return the pace for a source: at least a second between requests, and what robots.txt asks of the sample."""
    own = source.embedded or on_loopback(source.host)
    return Pace(0.0, jitter=0.0) if own else Pace(max(1.0, settings.delay))


class Collector:
    """One run over one source."""

    def __init__(
        self, workspace: Workspace, source: Source, settings: CollectSettings, fetcher: Fetcher, ledger: Ledger
    ) -> None:
        self.source, self.settings, self.fetcher, self.ledger = source, settings, fetcher, ledger
        self.archive = Archive(workspace.raw, source.name)
        self._forgotten = forgotten(workspace)
        self.gate = Gate(source, settings, fetcher, self._saw)
        self.counts: Counter[str] = Counter({"listing pages": 0, "listed": 0, "new": 0, "revised": 0, "unchanged": 0})
        self.notes: list[str] = []
        self._whole = True
        self._failures = 0
        self._reserved = 0

    def recover(self) -> None:
        """Take over what an interrupted run had stored."""
        if found := self.ledger.recover(self.archive):
            self.counts["recovered"] = found
            self.notes.append(f"{found} pages of an interrupted run were taken over from the archive.")

    def collect(self, progress: Progress) -> None:
        """Read the listings, then fetch article after article."""
        entries = self.find()
        due = [entry for entry in entries if self._due(entry)]
        self._count_settled(entries, due)
        now, later = due[: self.settings.max_pages], due[self.settings.max_pages :]
        if later:
            self.notes.append(f"{len(later)} pages are left for the next run (max_pages).")
        for entry in progress(now, len(now), f"collect {self.source.name}"):
            if self._failures >= _DOWN:
                self.ledger.skip(entry.url, "busy", "the site did not answer, and was left alone")
                continue
            self._visit(entry)

    def find(self) -> list[Entry]:
        """Return what the listings show and the filter wants; the rest is counted."""
        found = find(self.source, self._listing, today())
        for listing, error in found.failed:
            self._count_failure(error)
            self._leave_out(listing, error)
            self.notes.append(f"The listing {listing} could not be read: {error.detail}.")
        for listing in found.read:
            self.ledger.resolve(listing)
        self._whole = not found.failed
        self.counts["listed"] = len(found.entries)
        if not found.entries:
            self.notes.append(f"Nothing is listed: try `klumme source check {self.source.name}`.")
        return [entry for entry in found.entries if not self._shut_out(entry)]

    def _shut_out(self, entry: Entry) -> bool:
        """Count and leave out what the filter does not want, and what was forgotten for good."""
        why = "" if wanted(entry, self.source.filter) else "filtered"
        why = "forgotten" if mark_of(entry.url) in self._forgotten else why
        if why:
            self.ledger.skipped[why] += 1
        return bool(why)

    def report(self) -> Report:
        """Return what the run did."""
        if self._reserved:
            self.notes.append(
                f"{self._reserved} pages that were kept are reserved now: `klumme permissions --denied --each` names "
                "them, `klumme forget --url` removes them."
            )
        return Report(STAGE, dict(self.counts), dict(self.ledger.skipped), tuple(self.notes))

    def _due(self, entry: Entry) -> bool:
        """Tell whether an address must be asked: never settled, changed in the listing, or excepted since."""
        visit = self.ledger.visits.get(entry.url)
        if visit is None:
            return True
        if visit.outcome == "reserved" and self.settings.tdm == "research":
            return True
        # Half a listing would make every mark look new.
        return self._whole and visit.listed != entry.mark

    def _count_settled(self, entries: list[Entry], due: list[Entry]) -> None:
        """Count what needs no visit: kept and unchanged, or left out before for a reason that still holds."""
        for url in {entry.url for entry in entries} - {entry.url for entry in due}:
            outcome = self.ledger.visits[url].outcome
            if outcome == "kept":
                self.counts["unchanged"] += 1
            else:
                self.ledger.skipped[outcome] += 1

    def _visit(self, entry: Entry) -> None:
        """Fetch one article; what goes wrong is noted, and the run goes on."""
        try:
            guard(entry.url, self.source)
            self.gate.allow(entry.url)
        except FetchError as error:
            # No request was made, and the next run may decide otherwise for nothing.
            self._leave_out(entry.url, error)
            return
        try:
            answer = self._ask(entry.url)
            self._check(answer)
            self._failures = 0
            self._take(answer, entry)
        except FetchError as error:
            self._count_failure(error)
            self._leave_out(entry.url, error)
            if not error.passing:
                self.ledger.settle(entry.url, entry.mark, error.reason)

    def _count_failure(self, error: FetchError) -> None:
        """Count failures in a row; a server that asks for more patience than a run has is left alone at once."""
        self._failures = self._failures + 1 if error.passing else 0
        if error.retry_after is not None and error.retry_after > PATIENCE:
            self._failures = _DOWN
            self.notes.append(f"The site asks to be left alone for {error.retry_after:.0f} seconds: run again then.")

    def _take(self, answer: Answer, entry: Entry) -> None:
        """Keep an article that came, unless it is reserved or the one that is kept already."""
        known = self.ledger.pages.get(answer.url)
        decision = self._decide(self._whole_answer(answer, known))
        if not decision.allowed:
            self._reserved += known is not None
            self.ledger.skip(entry.url, "reserved", f"{decision.rule}: {decision.evidence}")
            self.ledger.settle(entry.url, entry.mark, "reserved")
        elif known and _same(answer, known):
            self.archive.keep_unchanged(answer, known)
            self.counts["unchanged"] += 1
            self.ledger.settle(entry.url, entry.mark, "kept")
        else:
            self.counts["revised" if known else "new"] += 1
            self.ledger.keep(self.archive.keep(answer, "article", entry.url, entry.mark, decision))

    def _listing(self, url: str) -> Answer:
        """Ask for a listing page; one that has not changed is read from the archive."""
        answer = self._ask(url)
        self.counts["listing pages"] += 1
        known = self.ledger.pages.get(answer.url)
        whole = self._whole_answer(answer, known)
        decision = self._decide(whole)
        if known and _same(answer, known):
            self.archive.keep_unchanged(answer, known)
        elif decision.allowed:
            self.ledger.keep(self.archive.keep(answer, "listing", url, "", decision))
        return whole

    def _whole_answer(self, answer: Answer, known: Page | None) -> Answer:
        """Give an answer that only says "not modified" the body and type of the page that is kept."""
        if answer.status != 304 or known is None:
            return answer
        headers = (*answer.headers, ("Content-Type", known.content_type))
        return replace(answer, body=read_body(self.archive.folder, known), headers=headers)

    def _ask(self, url: str) -> Answer:
        """Ask for an address, with the validators of what is kept of it; archive the redirects on the way."""
        answer = self.fetcher.get(url, _validators(self.ledger.pages.get(url)), self.gate.allow)
        for hop in answer.hops:
            self.archive.keep_bare(hop)
        if answer.status == 304 and answer.url not in self.ledger.pages:
            raise FetchError("odd-status", f"{answer.url} answers 304, though nothing of it is kept")
        return answer

    def _decide(self, answer: Answer) -> Decision:
        decision = self.gate.decide(answer)
        self.ledger.decide(decision)
        return decision

    def _check(self, answer: Answer) -> None:
        """Refuse an answer that cannot be an article; raises FetchError."""
        path = urlsplit(answer.url).path.lower()
        if answer.hops and any(word in path for word in _LOGIN):
            raise FetchError("login-wall", f"{answer.hops[0].url} leads to {answer.url}")
        if answer.status == 304:
            return
        if not answer.body.strip():
            raise FetchError("empty", f"{answer.url} has no content")
        kind = answer.header("content-type").lower()
        if kind and "html" not in kind:
            raise FetchError("not-text", f"{answer.url} is of type {kind[:80]}, not HTML")

    def _leave_out(self, item: str, error: FetchError) -> None:
        if error.reason == "disallowed":
            now = datetime.now(UTC).replace(tzinfo=None)
            self.ledger.decide(Decision(item, self.source.name, False, "robots.txt", error.detail, now))
        self.ledger.skip(item, error.reason, error.detail)

    def _saw(self, answer: Answer) -> None:
        """Keep a robots.txt or TDM file in the archive, as evidence."""
        self.archive.keep_bare(answer)


def today() -> date:
    """Return the day up to which listings are read."""
    return datetime.now(UTC).date()


def _validators(page: Page | None) -> dict[str, str]:
    if page is None:
        return {}
    pairs = {"If-None-Match": page.etag, "If-Modified-Since": page.last_modified}
    return {name: value for name, value in pairs.items() if value}


def _same(answer: Answer, page: Page) -> bool:
    return answer.status == 304 or sha256(answer.body).hexdigest() == page.sha256
