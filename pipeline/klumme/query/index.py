"""Keep the inverted file up to date: all tokens once more, sorted by lemma, over passages that bear numbers."""

import shutil
from typing import TYPE_CHECKING

from klumme.query.ready import INDEX, prepare, quoted
from klumme.report import Progress, Report, quiet
from klumme.tables import ROW_GROUP, Tables
from klumme.workspace import Workspace

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

PASSAGES_PER_PART = 50_000

# A lookup opens every part; with more than this many, one merge costs less than the lookups that follow.
PARTS = 3

# Numbers continue where the last part ended; the passages of an article lie side by side.
_NUMBER = """
CREATE TEMP TABLE fresh AS
  WITH missing AS (SELECT passage_id, tokens FROM annotations ANTI JOIN done USING (passage_id)),
  places AS (SELECT id, min((article_id, ordinal)) AS place FROM passages GROUP BY id)
  SELECT CAST((SELECT coalesce(max(passage), -1) FROM done) + row_number() OVER (ORDER BY place, passage_id) AS INTEGER)
    AS passage, passage_id, tokens
  FROM missing LEFT JOIN places ON id = passage_id ORDER BY passage LIMIT ?
"""
_ORDER = {"lemma_index": "lemma, passage, i", "lexicon": "form, lemma, pos", "passage_index": "passage"}
_PART = {
    "lemma_index": "SELECT lemma, passage, i, sentence, start, form, pos, morph, dep, ent, parts "
    "FROM tokens JOIN fresh USING (passage_id)",
    "lexicon": "SELECT form, lemma, pos, parts, count(*) AS n FROM tokens JOIN fresh USING (passage_id) GROUP BY ALL",
    "passage_index": "SELECT passage, passage_id, tokens FROM fresh",
}
_WHOLE = {
    "lexicon": "SELECT form, lemma, pos, parts, CAST(sum(n) AS BIGINT) AS n FROM old_lexicon GROUP BY ALL",
}


def run(workspace: Workspace, progress: Progress = quiet) -> Report:
    """Index every annotated passage that the index lacks, and merge the parts when there are many.

    Raises StorageError when another run is writing or the disk is full.
    """
    tables = Tables(workspace)
    with tables.writing():
        tokens = tables.version("tokens")
        current = tables.version("passage_index")
        version = current if current.rpartition(".")[0] == tokens else f"{tokens}.1"
        indexed = _append_missing(tables, version, progress)
        if tokens and version != current:
            tables.set_versions(dict.fromkeys(INDEX, version))
        merged = len(_parts(tables, version)) > PARTS
        if merged:
            _merge(tables, version)
        if tables.version("passage_index"):
            prepare(tables)
    return Report("index", {"passages indexed": indexed, "parts merged": int(merged)})


def _append_missing(tables: Tables, version: str, progress: Progress) -> int:
    missing = _count_missing(tables, version)
    batches = range(-(-missing // PASSAGES_PER_PART))
    for _ in progress(batches, len(batches), "index"):
        with tables.connect() as connection:
            _prepare(tables, connection, version)
            connection.execute(_NUMBER, [PASSAGES_PER_PART])
            part = {t: connection.sql(f"{_PART[t]} ORDER BY {_ORDER[t]}").to_arrow_table() for t in INDEX}
        tables.append(part, version)
    return missing


def _count_missing(tables: Tables, version: str) -> int:
    with tables.connect() as connection:
        _prepare(tables, connection, version)
        row = connection.execute("SELECT count(*) FROM annotations ANTI JOIN done USING (passage_id)").fetchone()
    return int(row[0]) if row else 0


def _prepare(tables: Tables, connection: "DuckDBPyConnection", version: str) -> None:
    """Show what is done already, and let sorting spill beside the tables instead of into the working directory."""
    tables.view(connection, "done", "passage_index", version)
    connection.execute(f"SET temp_directory = '{quoted(tables.folder / 'spill')}'")


def _merge(tables: Tables, version: str) -> None:
    """Write all parts as one into a new generation, which readers see once it is whole."""
    tokens, _, generation = version.rpartition(".")
    new = f"{tokens}.{int(generation) + 1}"
    with tables.connect() as connection:
        _prepare(tables, connection, version)
        for table in INDEX:
            folder = tables.folder / table / new
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            tables.view(connection, f"old_{table}", table, version)
            rows = _WHOLE.get(table, f"SELECT * FROM old_{table}")  # noqa: S608
            connection.execute(
                f"COPY ({rows} ORDER BY {_ORDER[table]}) TO '{quoted(folder / 'merged.parquet')}' "
                f"(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP})"
            )
    tables.set_versions(dict.fromkeys(INDEX, new))
    _forget(tables, keep={version, new})


def _forget(tables: Tables, keep: set[str]) -> None:
    """Delete older generations; the last but one stays for those who are reading it."""
    for table in INDEX:
        for folder in (tables.folder / table).iterdir():
            if folder.name not in keep:
                shutil.rmtree(folder)


def _parts(tables: Tables, version: str) -> list[object]:
    return list((tables.folder / "passage_index" / version).glob("*.parquet"))
