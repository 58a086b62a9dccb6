"""Tables as folders of immutable Parquet parts: appended to atomically, read by DuckDB in process."""

import errno
import json
import os
import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeAlias

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from filelock import FileLock, Timeout

from klumme.errors import StorageError
from klumme.schemas import ANCHORS, SCHEMAS, VERSIONED
from klumme.workspace import Workspace

# How many seconds a writer waits for another one to end.
PATIENCE = 5.0

# Rows for each row group: at 122,880 a lemma lookup in ten million tokens took half the time of 20,480 (measured).
ROW_GROUP = 122_880

Rows: TypeAlias = pa.Table | Sequence[Any]

# The version of an article that is in force is the one fetched last; what repeats another piece is shown once.
# An empty reason says that what was skipped before has been taken in after all.
_CURRENT = """
CREATE VIEW current_articles AS SELECT * FROM articles WHERE duplicate_of = ''
  QUALIFY row_number() OVER (PARTITION BY url ORDER BY fetched_at DESC NULLS LAST, updated DESC NULLS LAST, id) = 1;
CREATE VIEW current_passages AS
  SELECT passages.* FROM passages JOIN current_articles ON article_id = current_articles.id;
CREATE VIEW current_skipped AS SELECT * FROM
  (SELECT * FROM skipped QUALIFY row_number() OVER (PARTITION BY stage, source, item ORDER BY "at" DESC) = 1)
  WHERE reason <> '';
"""


class Tables:
    """The tables of one workspace. Reading takes no lock; writing is for one run at a time."""

    def __init__(self, workspace: Workspace) -> None:
        self.folder = workspace.tables
        self._lock = workspace.lock

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the writer's lock, and first clear away what an interrupted run left half done.

        Raises StorageError when another run is writing.
        """
        self._lock.parent.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(self._lock, timeout=PATIENCE):
                self._sweep()
                yield
        except Timeout:
            raise StorageError(
                "Another run of klumme is writing to this corpus.", "Wait until it has ended, then try again."
            ) from None

    def append(self, parts: Mapping[str, Rows], version: str = "", key: str = "") -> None:
        """Add one part to each table, in the order given; they count together once the last is written.

        Parts with the same key take each other's place: work that is done twice leaves one part.
        Raises StorageError when the disk is full or the folder cannot be written; no part is then left behind.
        """
        self._append(parts, f"{key}.parquet" if key else _new_name(), version)

    def load(self, table: str, version: str, parts: Sequence[str], columns: Sequence[str]) -> pa.Table:
        """Read some columns of some parts, named as DuckDB's parse_filename does."""
        own = self.parts(table, version)
        return pa.concat_tables([pq.read_table(own[part], columns=list(columns)) for part in parts])

    def rows_of(self, table: str, version: str, passages: Sequence[str], columns: Sequence[str]) -> pa.Table:
        """Return some columns of the rows of some passages."""
        query = f"SELECT {', '.join(columns)} FROM asked WHERE list_contains(?, passage_id)"  # noqa: S608
        with self.connect() as connection:
            self.view(connection, "asked", table, version)
            return connection.sql(query, params=[list(passages)]).to_arrow_table()

    def parts(self, table: str, version: str = "") -> dict[str, Path]:
        """Return the files of the parts of a table by their names."""
        return {path.name: path for path in self._parts(table, version).glob("*.parquet")}

    def put(self, table: str, version: str, name: str, content: bytes) -> None:
        """Store a part that was made elsewhere; raises StorageError as `append` does."""
        replace(self._parts(table, version) / name, content)

    def exchange(self, parts: Mapping[str, Rows]) -> None:
        """Put one part in the place of all parts of these tables, as if at one moment; the last is the others' anchor.

        A crash before the last is written changes nothing; after it, the next writer completes the exchange.
        """
        name = _new_name()
        old = {table: [part.name for part in self._parts(table).glob("*.parquet")] for table in parts}
        journal = {"anchor": list(parts)[-1], "part": name, "old": old}
        replace(self.folder / "exchange.json", json.dumps(journal).encode())
        self._append(parts, name)
        self._complete_exchange()

    def _append(self, parts: Mapping[str, Rows], name: str, version: str = "") -> None:
        for table, rows in parts.items():
            self.put(table, version, name, to_parquet(table, rows))

    def _complete_exchange(self) -> None:
        """Delete the parts that `exchange` has put others in the place of."""
        path = self.folder / "exchange.json"
        if not path.exists():
            return
        journal = json.loads(path.read_text())
        if (self._parts(journal["anchor"]) / journal["part"]).exists():
            for table, names in journal["old"].items():
                for name in names:
                    (self._parts(table) / name).unlink(missing_ok=True)
        path.unlink()

    def read(self, query: str, parameters: Sequence[Any] | Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        """Run one SQL query over the tables and return its rows as dicts."""
        with self.connect() as connection:
            result = connection.execute(query, parameters)
            names = [column[0] for column in result.description]
            return [dict(zip(names, row, strict=True)) for row in result.fetchall()]

    @contextmanager
    def connect(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Open an in-memory DuckDB with a view for each table, and `current_articles` and `current_passages`.

        What does not fit into memory goes to a temporary folder: DuckDB's own choice is the working directory.
        """
        with TemporaryDirectory(prefix="klumme-", ignore_cleanup_errors=True) as spill:
            connection = duckdb.connect(config={"temp_directory": spill})
            try:
                self._open_views(connection)
                yield connection
            except duckdb.IOException as error:
                raise damaged(error) from error
            finally:
                connection.close()

    def _open_views(self, connection: duckdb.DuckDBPyConnection) -> None:
        try:
            for table in SCHEMAS:
                self.view(connection, table, table, self.version(table))
            connection.execute(_CURRENT)
        except duckdb.Error as error:
            raise damaged(error) from error

    def version(self, table: str) -> str:
        """Return the version of a table that readers see, empty when there is none yet."""
        return str(self._versions().get(table, ""))

    def set_version(self, table: str, version: str) -> None:
        """Let readers of a versioned table see this version from now on."""
        self.set_versions({table: version})

    def set_versions(self, versions: Mapping[str, str]) -> None:
        """Let readers see these versions of several tables from now on, all at the same moment."""
        replace(self.folder / "current.json", json.dumps(self._versions() | dict(versions), indent=1).encode())

    def _versions(self) -> dict[str, str]:
        try:
            return dict(json.loads((self.folder / "current.json").read_text()))
        except FileNotFoundError:
            return {}

    def _parts(self, table: str, version: str = "") -> Path:
        if table not in VERSIONED:
            return self.folder / table
        return self.folder / table / (version or self.version(table) or "none")

    def view(
        self, connection: duckdb.DuckDBPyConnection, name: str, table: str, version: str, named: bool = False
    ) -> None:
        """Add a view of one version of a table, be it the one in force or not; `named` adds the column `part`."""
        folder = self._parts(table, version)
        if any(folder.glob("*.parquet")):
            pattern = str(folder / "*.parquet").replace("'", "''")
            columns = "*, parse_filename(filename) AS part" if named else "*"
            connection.execute(f"CREATE OR REPLACE VIEW {name} AS SELECT {columns} FROM read_parquet('{pattern}')")  # noqa: S608
        else:
            # A real table, since what is registered with one connection is not seen by its cursors.
            connection.register("nothing_yet", SCHEMAS[table].empty_table())
            connection.execute("CREATE SCHEMA IF NOT EXISTS empty")
            columns = "*, '' AS part" if named else "*"
            connection.execute(f"CREATE OR REPLACE TABLE empty.{name} AS SELECT {columns} FROM nothing_yet")  # noqa: S608
            connection.execute(f"CREATE OR REPLACE VIEW {name} AS SELECT * FROM empty.{name}")  # noqa: S608
            connection.unregister("nothing_yet")

    def must_hold(
        self, connection: duckdb.DuckDBPyConnection, table: str, version: str, given_out: str, done: str
    ) -> None:
        """Raise StorageError unless each id of the relation `given_out` now has a row in this version of a table.

        It fails when workers stored what this machine does not see; `done` says what they did, as in "tagged".
        """
        self.view(connection, "stored", table, version)
        query = f"SELECT count(*) FROM {given_out} ANTI JOIN stored ON id = passage_id"  # noqa: S608
        if missing := connection.execute(query).fetchall()[0][0]:
            raise StorageError(
                f"{missing} passages were {done}, but what the workers stored is not in {self.folder}.",
                "Give every machine the same folder under the same path, then run the same command again.",
            )

    def _sweep(self) -> None:
        """Delete temporary files, and parts whose anchor was never written."""
        for stray in self.folder.rglob("*.tmp"):
            stray.unlink()
        self._complete_exchange()
        for table, anchor in ANCHORS.items():
            for part in (self.folder / table).rglob("*.parquet"):
                if not (self.folder / anchor / part.relative_to(self.folder / table)).exists():
                    part.unlink()


def _new_name() -> str:
    return f"{time.time_ns():020d}-{secrets.token_hex(4)}.parquet"


def first_line(error: duckdb.Error) -> str:
    """Return what DuckDB says first, without its full stop; pieces of SQL and advice for programmers follow."""
    return str(error).partition("\n")[0].rstrip(".")


def damaged(error: duckdb.Error) -> StorageError:
    """Turn what DuckDB says of a file that it cannot read into a message that names the way out."""
    return StorageError(
        f"A table cannot be read: {first_line(error)}.",
        "Delete the file named here and run `klumme run` again: it is made anew.",
    )


def _as_table(name: str, rows: Rows) -> pa.Table:
    if isinstance(rows, pa.Table):
        return rows.cast(SCHEMAS[name])
    known = set(SCHEMAS[name].names)
    dicts = [row if isinstance(row, dict) else _plain(row) for row in rows]
    return pa.Table.from_pylist([{k: v for k, v in d.items() if k in known} for d in dicts], SCHEMAS[name])


def _plain(value: Any) -> Any:
    """Return a record, and those inside it, as dicts; unlike `asdict`, copy nothing else."""
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    # What dataclasses.fields() reads, which makes a tuple for every value anew; records have no class variables.
    names = getattr(value, "__dataclass_fields__", ())
    return {name: _plain(getattr(value, name)) for name in names} if names else value


def to_parquet(name: str, rows: Rows) -> bytes:
    """Return rows of a table, records, dicts or Arrow, as the content of a part."""
    return parquet(_as_table(name, rows))


def parquet(table: pa.Table) -> bytes:
    """Return an Arrow table as the content of a Parquet file."""
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd", row_group_size=ROW_GROUP)
    return bytes(sink.getvalue().to_pybytes())


def replace(path: Path, content: bytes) -> None:
    """Write to a temporary name, flush, and rename, so that a crash leaves the whole file or none.

    Raises StorageError when the disk is full or the folder cannot be written.
    """
    temporary = path.with_name(f"{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise disk_error(error, path.parent) from error


def disk_error(error: OSError, folder: Path) -> StorageError:
    """Turn what the file system says into a message that names the way out."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StorageError(
            f"The disk is full: {folder} takes no more.",
            "Free some space and run the same command again; what was stored is whole.",
        )
    return StorageError(
        f"{folder} cannot be written: {error.strerror or error}.",
        "Make the folder writable and run the same command again.",
    )
