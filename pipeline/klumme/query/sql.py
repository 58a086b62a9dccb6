"""One SELECT over the tables of a corpus: nothing is written, no other file is opened, nothing is fetched."""

import duckdb

from klumme.errors import QueryError
from klumme.query.frames import Rows
from klumme.query.limits import SECONDS, limit_memory, limited
from klumme.query.store import fetch
from klumme.tables import Tables
from klumme.workspace import Workspace

ROWS = 10_000

_WAY_OUT = "The tables and their columns are in pipeline/README.md; `klumme sql 'SHOW TABLES'` lists them."


def run_sql(workspace: Workspace, statement: str, rows: int = ROWS, seconds: float = SECONDS) -> Rows:
    """Answer one SELECT with at most so many rows.

    Raises QueryError for anything but one SELECT, for what DuckDB refuses, and when the time or the memory is up.
    """
    with Tables(workspace).connect() as connection:
        _lock_up(connection, workspace)
        _must_be_select(connection, statement)
        cursor = connection.cursor()
        try:
            with limited(cursor, seconds):
                return Rows(fetch(cursor, statement, (), rows))
        except duckdb.Error as error:
            raise QueryError(f"DuckDB says: {error}.", _WAY_OUT) from error


def _lock_up(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> None:
    """Take away all but the tables: the views still read their Parquet files, which lie in one allowed folder."""
    limit_memory(connection)
    folder = str(workspace.tables).replace("'", "''")
    connection.execute(
        f"SET allowed_directories = ['{folder}/']; SET python_enable_replacements = false; "
        "SET enable_external_access = false; SET lock_configuration = true"
    )


def _must_be_select(connection: duckdb.DuckDBPyConnection, statement: str) -> None:
    try:
        kinds = [found.type for found in connection.extract_statements(statement)]
    except duckdb.Error as error:
        raise QueryError(f"That is no SQL: {error}.", _WAY_OUT) from error
    if kinds != [duckdb.StatementType.SELECT]:
        raise QueryError("`klumme sql` takes one SELECT and nothing else.", _WAY_OUT)
