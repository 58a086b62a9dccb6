"""One open corpus: DuckDB over the tables, with what filters need held in memory, and a time limit on each question."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any, TypeAlias
from weakref import finalize

import duckdb

from klumme.errors import KlummeError, MissingError, QueryError
from klumme.query.arrays import Arrays, Numbers
from klumme.query.limits import SECONDS, limit_memory, limited
from klumme.query.ready import attach
from klumme.tables import Tables, damaged, first_line
from klumme.workspace import Workspace

Parameters: TypeAlias = Sequence[Any] | Mapping[str, Any]


class Store:
    """The tables of one workspace, opened for questions; it follows the tables as they grow.

    Beside the views of `Tables` there are those of `klumme.query.ready`: `meta`, one row for each indexed passage that
    is in force, its text in `texts`, its article in `pieces`, its probabilities in `theme`; and `words` and `lemmas`.
    `arrays` holds what word search needs of them.
    """

    def __init__(self, workspace: Workspace) -> None:
        self.workspace, self.tables = workspace, Tables(workspace)
        self._open = ExitStack()
        self._seen: object = None
        self._lock = Lock()
        finalize(self, self._open.close)

    def close(self) -> None:
        """Let go of the database; the next question opens it again."""
        self._open.close()
        self._seen = None

    def read(self, sql: str, parameters: Parameters = (), seconds: float = SECONDS) -> list[dict[str, Any]]:
        """Answer one query with its rows as dicts; raises errors as `cursor` does."""
        with self.cursor(seconds) as cursor:
            return fetch(cursor, sql, parameters)

    def numbers(self, sql: str, parameters: Parameters = ()) -> dict[str, Numbers]:
        """Answer one query with its columns of numbers."""
        with self.cursor() as cursor:
            return dict(cursor.execute(sql, parameters).fetchnumpy())

    @property
    def arrays(self) -> Arrays:
        """The arrays of the corpus as it is now."""
        with self._explained(), self._lock:
            self._refreshed()
            return self._arrays

    @contextmanager
    def cursor(self, seconds: float = SECONDS) -> Iterator[duckdb.DuckDBPyConnection]:
        """Lend a connection of one's own to the corpus for at most `seconds`.

        Raises QueryError for what takes longer, needs too much memory, or cannot be answered, StorageError for a
        damaged table.
        """
        with self._explained():
            with self._lock:
                cursor = self._refreshed().cursor()
            with limited(cursor, seconds):
                yield cursor

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Let no error of DuckDB out but as one of ours; after one that ends a database, the next question reopens."""
        try:
            yield
        except duckdb.Error as error:
            if isinstance(error, (duckdb.FatalException, duckdb.InternalException)):
                with self._lock:
                    self.close()
            raise self._explanation(error) from error

    def _explanation(self, error: duckdb.Error) -> KlummeError:
        if isinstance(error, duckdb.IOException) or str(self.tables.folder) in str(error):
            return damaged(error)
        return QueryError(
            f"The database cannot answer this question: {first_line(error)}.",
            "Ask it in another way, and report this message with the question: it is a fault of klumme.",
        )

    def _refreshed(self) -> duckdb.DuckDBPyConnection:
        """Open the corpus, or open it anew when its tables have changed since."""
        now = self._fingerprint()
        if now != self._seen:
            self.close()
            spare = self._open.enter_context(TemporaryDirectory(prefix="klumme-"))
            self._connection = self._open.enter_context(self.tables.connect())
            self._load(self._connection, Path(spare))
            self._seen = now
        return self._connection

    def _load(self, connection: duckdb.DuckDBPyConnection, spare: Path) -> None:
        self._arrays = Arrays(attach(self.tables, connection, spare))
        limit_memory(connection)
        if not fetch(connection, "SELECT 1 FROM meta LIMIT 1", ()):
            raise MissingError("This corpus has no passages that can be searched yet.", "Fill it with `klumme run`.")

    def _fingerprint(self) -> object:
        """Stand for the state of the tables: their folders' times change when a part is added."""
        folder = self.tables.folder
        return tuple(
            (path, path.stat().st_mtime_ns) for path in (folder / "current.json", *folder.glob("*/")) if path.exists()
        ) + tuple(path.stat().st_mtime_ns for path in folder.glob("*/*/"))


def fetch(
    cursor: duckdb.DuckDBPyConnection, sql: str, parameters: Parameters, limit: int | None = None
) -> list[dict[str, Any]]:
    """Run a query and return its rows, or the first so many, as dicts."""
    result = cursor.execute(sql, parameters)
    names = [column[0] for column in result.description]
    rows = result.fetchall() if limit is None else result.fetchmany(limit)
    return [dict(zip(names, row, strict=True)) for row in rows]
