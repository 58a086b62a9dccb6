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
        known = _known(tables, source)
        self.pages = {row["url"]: Page(**row) for row in known["pages"]}
        self.visits = {row["url"]: Visit(**row) for row in known["visits"]}
        self._decisions = {row["url"]: _said(Decision(**row)) for row in known["permissions"]}
        self._reasons = {row["item"]: (row["reason"], row["detail"]) for row in known["skipped"]}
        self._ends: dict[str, int] = {}
        for row in known["pages"]:
            self._ends[row["warc"]] = max(row["offset"], self._ends.get(row["warc"], 0))

    def recover(self, archive: Archive) -> int:
        """Write the rows of pages that are in the archive and in no table, and return how many there were."""
        found = 0
        for stored in archive.recover(self._ends):
            self.keep(stored)
            found += 1
        self.flush()
        return found

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
        if outcome == "kept":
            self.resolve(url)
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

    def resolve(self, item: str) -> None:
        """Note that something left out before has been read after all, if that is so."""
        if self._reasons.get(item, ("", ""))[0]:
            self._skip(item, "", "read after all")

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


def _known(tables: Tables, source: str) -> dict[str, list[dict[str, Any]]]:
    """Read the rows of a source, oldest first; of what was skipped, those of this stage."""
    known = {}
    with tables.connect() as connection:
        for table in _ORDER:
            stage = f" AND stage = '{STAGE}'" if table == "skipped" else ""
            by = "fetched_at" if table == "pages" else '"at"'
            rows = connection.execute(f"SELECT * FROM {table} WHERE source = ?{stage} ORDER BY {by}", [source])  # noqa: S608
            names = [column[0] for column in rows.description]
            known[table] = [dict(zip(names, row, strict=True)) for row in rows.fetchall()]
    return known


def _said(decision: Decision) -> tuple[bool, str, str]:
    return decision.allowed, decision.rule, decision.evidence
