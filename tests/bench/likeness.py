"""Search by meaning over VECTORS random vectors of unit length, written through the real table, beside two rivals.

scikit-learn's NearestNeighbors (brute force) holds the same vectors in memory and returns row numbers; DuckDB orders an
in-memory table by array_cosine_similarity and returns ids. klumme also returns texts, themes, facets, and counts.
"""

import duckdb
import numpy as np
import pyarrow as pa
from sklearn.neighbors import NearestNeighbors

from klumme.query.likeness import Among, like_passage
from klumme.tables import Tables
from klumme.themes.encoder import HALF

VECTORS, WIDTH, SHOWN = 100_000, 128, 20
NAMES = ("klumme", "NearestNeighbors", "DuckDB")

_NEAREST = f"SELECT id FROM v ORDER BY array_cosine_similarity(meaning, ?::FLOAT[{WIDTH}]) DESC LIMIT {SHOWN}"


def write(workspace, seed=1):
    """Give the first VECTORS passages of a corpus a random vector each."""
    chance, tables = np.random.default_rng(seed), Tables(workspace)
    ids = [row["id"] for row in tables.read("SELECT DISTINCT id FROM passages ORDER BY id LIMIT ?", [VECTORS])]
    made = chance.normal(size=(len(ids), WIDTH)).astype(np.float32)
    made = (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(HALF)
    rows = {"passage_id": ids, "themes": [b""] * len(ids), "meaning": [row.tobytes() for row in made]}
    tables.append({"vectors": pa.table(rows)}, "bench")
    tables.set_versions({"vectors": "bench"})


def jobs(corpus):
    """Return the goal in milliseconds and a question for each of NAMES, by job."""
    store = corpus.store
    matrix, meant = np.array(store.arrays.meaning), store.arrays.meant
    name = store.arrays.places.column("passage_id")[meant[0]].as_py()
    forest, database = NearestNeighbors(algorithm="brute", metric="cosine").fit(matrix), _database(matrix)

    def by_duckdb():
        return database.execute(_NEAREST, [matrix[0]]).fetchall()

    def by_sklearn():
        return forest.kneighbors(matrix[:1], SHOWN)

    themed = Among("tema:politisk-ejerskab kommune:Køge")
    return {
        f"likest of {len(meant):,}": (200, lambda: like_passage(store, name, Among()), by_sklearn, by_duckdb),
        "the same in a theme and a place": (200, lambda: like_passage(store, name, themed), None, None),
    }


def _database(matrix):
    database = duckdb.connect()
    flat = pa.FixedSizeListArray.from_arrays(pa.array(matrix.ravel()), matrix.shape[1])
    database.register("given", pa.table({"id": np.arange(len(matrix)), "meaning": flat}))
    database.execute(f"CREATE TABLE v AS SELECT id, meaning::FLOAT[{WIDTH}] AS meaning FROM given")
    return database
