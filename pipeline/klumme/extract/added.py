"""Add: take files that the user has into the tables, each piece once."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from klumme.errors import InputError
from klumme.extract.article import ExtractedArticle, Skip, passages_of
from klumme.extract.files.read import Piece, read_file
from klumme.extract.store import Origin, Store
from klumme.report import Progress, Report, quiet
from klumme.tables import Tables
from klumme.workspace import Workspace

STAGE = "add"
SOURCE = "added"
PIECES_PER_PART = 500
_COUNTED = ("files", "articles", "passages", "known", "duplicates")


@dataclass(frozen=True, slots=True)
class Added:
    """What was added, and the files and rows that could not be: each with its error."""

    report: Report
    problems: tuple[InputError, ...]


def add_files(workspace: Workspace, paths: Sequence[Path], progress: Progress = quiet) -> Added:
    """Take files in; one that cannot be read keeps no other out, and a text that is there already stays once."""
    tables = Tables(workspace)
    with tables.writing():
        adder = _Adder(Store(tables))
        for path in progress(paths, len(paths), "add"):
            adder.add(path)
        adder.flush()
    return adder.outcome()


class _Adder:
    def __init__(self, store: Store) -> None:
        self._store = store
        self._counts: Counter[str] = Counter(dict.fromkeys(_COUNTED, 0))
        self._skipped: Counter[str] = Counter()
        self._problems: list[InputError] = []
        self._pending = 0

    def add(self, path: Path) -> None:
        """Take in one file."""
        self._counts["files"] += 1
        try:
            for piece in read_file(path):
                self._take(piece)
        except InputError as error:
            self._problems.append(error)

    def _take(self, piece: Piece) -> None:
        origin = _origin(piece)
        if isinstance(piece.found, InputError):
            self._problems.append(piece.found)
            return
        found = _judged(piece.found)
        if isinstance(found, Skip):
            self._skipped[found.reason] += 1
            self._store.skip(found, origin)
        else:
            self._keep(found, origin)
        self._pending += 1
        if self._pending % PIECES_PER_PART == 0:
            self.flush()

    def _keep(self, found: ExtractedArticle, origin: Origin) -> None:
        article = self._store.add(found, origin)
        self._counts["articles" if article else "known"] += 1
        if article:
            self._counts["passages"] += len(passages_of(article))
            self._counts["duplicates"] += bool(article.duplicate_of)

    def flush(self) -> None:
        """Write what was taken in so far."""
        self._store.flush()

    def outcome(self) -> Added:
        """Return the report and the problems."""
        return Added(Report(STAGE, dict(self._counts), dict(self._skipped)), tuple(self._problems))


def _judged(found: ExtractedArticle | Skip) -> ExtractedArticle | Skip:
    """Refuse what holds no running text, or is surely not Danish; length is the user's choice."""
    if isinstance(found, Skip):
        return found
    if not found.text:
        return Skip("no text", f"'{found.title}' has no running text")
    if found.language not in ("", "da"):
        return Skip("language", f"'{found.title}' is in '{found.language}'")
    return found


def _origin(piece: Piece) -> Origin:
    now = datetime.now(UTC).replace(tzinfo=None)
    return Origin(STAGE, piece.source or SOURCE, piece.origin, now, "", now, piece.origin)
