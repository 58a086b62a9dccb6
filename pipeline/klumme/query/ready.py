"""What questions need, worked out beforehand into one DuckDB file, so that opening a large corpus takes no time.

The file can be deleted at any moment: what is not there is worked out in memory when the corpus is opened. Measured on
ten million tokens: looking up the text of 20 hits took 2 ms here, 320 ms in the Parquet parts.
"""

import json
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from klumme.tables import Tables

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

INDEX = ("lemma_index", "lexicon", "passage_index")

NAMES = ("meta", "texts", "pieces", "theme", "tagged", "words", "lemmas")

# Of a passage that two versions of an article share, the first place in the version in force counts.
_BUILD = """
CREATE TABLE ready.pieces AS
  SELECT id AS article_id, title, author, party, municipality, published, source, url, page_sha256 FROM current_articles
  ORDER BY id;
CREATE TABLE ready.placed AS
  WITH kept AS (
    SELECT DISTINCT ON (id) id, article_id, ordinal, text FROM passages SEMI JOIN ready.pieces USING (article_id)
    ORDER BY id, article_id, ordinal)
  SELECT passage, tokens, passage_id, article_id, ordinal, text FROM passage_index JOIN kept ON kept.id = passage_id;
CREATE TABLE ready.meta AS
  SELECT passage, tokens, passage_id, article_id, ordinal, published, CAST(year(published) AS SMALLINT) AS year,
    party, municipality, author, source FROM ready.placed JOIN ready.pieces USING (article_id) ORDER BY passage;
CREATE TABLE ready.texts AS SELECT passage, text FROM ready.placed ORDER BY passage;
DROP TABLE ready.placed;
CREATE TABLE ready.theme AS
  SELECT passage, theme, p, tagged FROM theme_scores JOIN ready.meta USING (passage_id) ORDER BY theme, passage;
CREATE TABLE ready.tagged AS SELECT passage, theme FROM ready.theme WHERE tagged ORDER BY theme, passage;
CREATE TABLE ready.words AS
  SELECT lower(form) AS form_key, lower(lemma) AS lemma_key, form, lemma, pos, parts, CAST(sum(n) AS BIGINT) AS n
  FROM lexicon GROUP BY ALL ORDER BY form_key;
CREATE TABLE ready.lemmas AS
  SELECT lemma_key, lemma, pos, parts, CAST(sum(n) AS BIGINT) AS n FROM ready.words GROUP BY ALL ORDER BY lemma_key;
"""


def attach(tables: Tables, connection: "DuckDBPyConnection") -> None:
    """Add views of NAMES to a connection with the views of the tables."""
    show_index(tables, connection)
    path = _path(tables)
    if path.exists():
        connection.execute(f"ATTACH '{quoted(path)}' AS ready (READ_ONLY)")
    else:
        connection.execute("ATTACH ':memory:' AS ready")
        connection.execute(_BUILD)
    for name in NAMES:
        connection.execute(f"CREATE OR REPLACE VIEW {name} AS SELECT * FROM ready.{name}")  # noqa: S608


def prepare(tables: Tables) -> None:
    """Write the file for the tables as they are now, and delete older ones; those who read them still can."""
    path = _path(tables)
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        temporary = path.with_suffix(".tmp")
        temporary.unlink(missing_ok=True)
        with tables.connect() as connection:
            show_index(tables, connection)
            connection.execute(f"ATTACH '{quoted(temporary)}' AS ready")
            connection.execute(_BUILD)
            connection.execute("DETACH ready")
        temporary.replace(path)
    for other in path.parent.iterdir():
        if other != path:
            other.unlink()


def show_index(tables: Tables, connection: "DuckDBPyConnection") -> None:
    """Show the three tables of the index in one version, though another run may be moving to the next."""
    version = tables.version("passage_index")
    for table in INDEX:
        tables.view(connection, table, table, version)


def quoted(path: object) -> str:
    """Escape a path for a string in SQL."""
    return str(path).replace("'", "''")


def _path(tables: Tables) -> Path:
    """Name the file after the parts it is made from, and after how."""
    versions = {table: tables.version(table) for table in ("passage_index", "theme_scores")}
    folders = [tables.folder / name for name in ("articles", "passages")]
    folders += [tables.folder / table / version for table, version in versions.items() if version]
    parts = sorted(f"{part.parent.name}/{part.name}" for folder in folders for part in folder.glob("*.parquet"))
    state = sha256(json.dumps([_BUILD, versions, parts]).encode()).hexdigest()
    return tables.folder / "ready" / f"{state[:32]}.duckdb"
