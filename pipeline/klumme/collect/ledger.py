"""What is known of a source from earlier runs, and the rows that this run adds; each fact is written once."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from klumme.collect.archive import Archive, Stored
from klumme.collect.permission import Decision
from klumme.records import Page, Skipped
from klumme.tables import Tables

STAGE = "collect"
# Rows are written this many pages at a time; what a crash takes of them is read back from the archive.
_BATCH = 25

# The pages come last: a page whose row is missing is what makes `recover` write the other rows again.
_ORDER = ("permissions", "skipped", "visits", "pages")


@dataclass(frozen=True, slots=True)
class Visit:
    """How asking for an address ended, and the mark of what the listing said of it then."""

    url: str
    source: str
    listed: str
    outcome: str
    at: datetime


class Ledger:
    """The rows of one source, known and new."""

    def __init__(self, tables: Tables, source: str, clock: Callable[[], datetime] | None = None) -> None:
        self._tables, self._source = tables, source
        self._clock = clock or (lambda: datetime.now(UTC).replace(tzinfo=None))
        self._new: dict[str, list[Any]] = {table: [] for table in _ORDER}
        self.skipped: Counter[str] = Counter()
        self.pages = {row["url"]: Page(**row) for row in self._rows("pages", "fetched_at")}
        self.visits = {row["url"]: Visit(**row) for row in self._rows("visits", '"at"')}
        self._decisions = {row["url"]: _said(Decision(**row)) for row in self._rows("permissions", '"at"')}
        self._reasons = {
            row["item"]: (row["reason"], row["detail"])
            for row in self._rows("skipped", '"at"')
            if row["stage"] == STAGE
        }

    def recover(self, archive: Archive) -> int:
        """Write the rows of pages that are in the archive and in no table, and return how many there were."""
        newest = 'SELECT warc, max("offset") AS last FROM pages WHERE source = ? GROUP BY warc'
        ends = {row["warc"]: row["last"] for row in self._tables.read(newest, [self._source])}
        found = list(archive.recover(ends))
        for stored in found:
            self.keep(stored)
        self.flush()
        return len(found)

    def keep(self, stored: Stored) -> None:
        """Note a page that is in the archive, and that the address which led to it is settled."""
        self.pages[stored.page.url] = stored.page
        self._new["pages"].append(stored.page)
        self.decide(stored.decision)
        if stored.page.role == "article":
            self.settle(stored.asked, stored.listed, "kept")
        if len(self._new["pages"]) >= _BATCH:
            self.flush()

    def settle(self, url: str, listed: str, outcome: str) -> None:
        """Note that an address needs no visit until the listing says something new of it."""
        if outcome == "kept" and self._reasons.get(url, ("", ""))[0]:
            self._skip(url, "", "fetched after all")
        known = self.visits.get(url)
        if known is None or (known.listed, known.outcome) != (listed, outcome):
            self.visits[url] = Visit(url, self._source, listed, outcome, self._clock())
            self._new["visits"].append(self.visits[url])

    def decide(self, decision: Decision) -> None:
        """Note whether a page may be kept, if that was not known or is now otherwise."""
        if self._decisions.get(decision.url) != _said(decision):
            self._decisions[decision.url] = _said(decision)
            self._new["permissions"].append(decision)

    def skip(self, item: str, reason: str, detail: str) -> None:
        """Count something left out, and note it if the reason was not known."""
        self.skipped[reason] += 1
        self._skip(item, reason, detail)

    def _skip(self, item: str, reason: str, detail: str) -> None:
        if self._reasons.get(item) != (reason, detail):
            self._reasons[item] = (reason, detail)
            self._new["skipped"].append(Skipped(STAGE, self._source, item, reason, detail, self._clock()))

    def flush(self) -> None:
        """Write the new rows."""
        rows = {table: rows for table, rows in self._new.items() if rows}
        self._new = {table: [] for table in _ORDER}
        if rows:
            self._tables.append(rows)

    def _rows(self, table: str, by: str) -> list[dict[str, Any]]:
        return self._tables.read(f"SELECT * FROM {table} WHERE source = ? ORDER BY {by}", [self._source])  # noqa: S608


def _said(decision: Decision) -> tuple[bool, str, str]:
    return decision.allowed, decision.rule, decision.evidence
