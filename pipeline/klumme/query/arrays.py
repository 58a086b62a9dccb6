"""What word search needs, as arrays mapped from files: nothing is copied, and only what a question touches is read.

A DuckDB statement costs about a millisecond before it reads a row, and a page of hits took nine of them. Measured on
ten million tokens, one word with facets: 43 ms of CPU with statements, 2 ms with arrays; the answers were the same.
"""

from bisect import bisect_left
from functools import cached_property
from operator import methodcaller
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.lib.format import open_memmap
from numpy.typing import NDArray

from klumme.themes.vectors import unpack

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Numbers: TypeAlias = NDArray[np.integer[Any]]

_value = methodcaller("as_py")

# Stands for no date.
UNDATED = -(2**62)

# From so many rows on, copying a whole column costs less than picking its values one by one.
PICKED = 2000

# `places` has a row for each passage number, `pieces` one for each article in force; `piece` leads to its row there.
_TABLES = {
    "keys": "SELECT form_key AS key, lemma FROM ready.words UNION SELECT lemma_key, lemma FROM ready.lemmas "
    "ORDER BY ALL",
    "entries": "SELECT lemma, count(*) AS n FROM lemma_index GROUP BY lemma ORDER BY lemma",
    "pieces": "SELECT * FROM ready.pieces ORDER BY piece",
    "places": "SELECT tokens, coalesce(piece, -1) AS piece, passage_id, ordinal, text "
    "FROM range((SELECT coalesce(max(passage) + 1, 0) FROM passage_index)) AS every(passage) "
    "LEFT JOIN ready.meta USING (passage) LEFT JOIN ready.pieces USING (article_id) "
    "LEFT JOIN ready.texts USING (passage) ORDER BY passage",
    "themes": "SELECT DISTINCT theme FROM ready.theme ORDER BY theme",
    "meant": "SELECT DISTINCT passage FROM vectors JOIN ready.meta USING (passage_id) ORDER BY passage",
}
_SPOTS = "SELECT passage, start, start + length(form) AS stop FROM lemma_index ORDER BY lemma, passage, i"
_SCORES = "SELECT passage, p, tagged FROM ready.theme WHERE theme = ?"
_MEANINGS = "SELECT passage, meaning FROM vectors JOIN ready.meta USING (passage_id)"

# Arrays that were made in another way are made anew.
RECIPE = [_TABLES, _SPOTS, _SCORES, _MEANINGS]

# So many vectors are copied at once.
COPIED = 50_000


class Arrays:
    """The arrays in a folder; passages are known by their number, articles by their row in `pieces`.

    `passage`, `start`, `stop` have a place for each token, sorted by lemma; `p` and `tagged` are themes x passages,
    with NaN where no model has tagged; `meaning` has a row of unit length for each passage in `meant`.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def lemmas(self, word: str) -> list[str]:
        """Return the lemmas of a form or lemma in lower case, empty when the corpus does not have it."""
        keys, found = self._keys.column("key"), []
        at = bisect_left(keys, word, key=_value)
        while at < len(keys) and keys[at].as_py() == word:
            found.append(self._keys.column("lemma")[at].as_py())
            at += 1
        return found

    def tokens_of(self, lemma: str) -> slice:
        """Return where the tokens of a lemma lie."""
        lemmas = self._entries.column("lemma")
        at = bisect_left(lemmas, lemma, key=_value)
        if at == len(lemmas) or lemmas[at].as_py() != lemma:
            return slice(0, 0)
        return slice(int(self._first[at]), int(self._first[at + 1]))

    def count(self, lemmas: tuple[str, ...]) -> Numbers:
        """Count the tokens of these lemmas in each passage."""
        found = [self.passage[self.tokens_of(lemma)] for lemma in lemmas]
        return np.bincount(np.concatenate([np.empty(0, np.int32), *found]), minlength=len(self))

    def __len__(self) -> int:
        return len(self.piece)

    @cached_property
    def in_force(self) -> NDArray[np.bool_]:
        """Whether each passage belongs to an article in force."""
        return np.asarray(self.piece >= 0)

    @cached_property
    def tokens(self) -> Numbers:
        """The length of each passage, 0 for those that are not in force."""
        return _numbers(self.places.column("tokens").fill_null(0))

    @cached_property
    def piece(self) -> Numbers:
        """The article of each passage, -1 for those that are not in force."""
        return _numbers(self.places.column("piece"))

    @cached_property
    def published(self) -> Numbers:
        """When each article was published, in microseconds; the undated came before all."""
        return _numbers(self.pieces.column("published").cast(pa.int64()).fill_null(UNDATED))

    @cached_property
    def size(self) -> tuple[int, int]:
        """The number of all tokens and passages in force."""
        return int(self.tokens.sum()), int(self.in_force.sum())

    @cached_property
    def mean(self) -> float:
        """The mean length of the passages in force."""
        tokens, passages = self.size
        return tokens / max(passages, 1)

    def facet(self, name: str) -> tuple[list[str], Numbers]:
        """Return the sorted values of a field of the articles, and which of them each has, -1 for none."""
        if name not in self._facets:
            self._facets[name] = _coded(self.pieces.column(name))
        return self._facets[name]

    @cached_property
    def _facets(self) -> dict[str, tuple[list[str], Numbers]]:
        return {}

    @cached_property
    def themes(self) -> list[str]:
        """The ids of the themes, sorted."""
        return list(self._table("themes").column("theme").to_pylist())

    @cached_property
    def pieces(self) -> Any:
        """The articles in force, as an Arrow table."""
        return self._table("pieces")

    @cached_property
    def places(self) -> Any:
        """The passages, as an Arrow table."""
        return self._table("places")

    @cached_property
    def _keys(self) -> Any:
        return self._table("keys").combine_chunks()

    @cached_property
    def _entries(self) -> Any:
        return self._table("entries").combine_chunks()

    @cached_property
    def _first(self) -> Numbers:
        return np.concatenate([[0], np.cumsum(_numbers(self._entries.column("n")))])

    @cached_property
    def passage(self) -> Numbers:
        """The passage of each token."""
        return np.asarray(self._array("passage"))

    @cached_property
    def start(self) -> Numbers:
        """The first character of each token."""
        return np.asarray(self._array("start"))

    @cached_property
    def stop(self) -> Numbers:
        """The character behind each token."""
        return np.asarray(self._array("stop"))

    @cached_property
    def p(self) -> NDArray[np.float32]:
        """The probabilities."""
        return np.asarray(self._array("p"))

    @cached_property
    def tagged(self) -> NDArray[np.bool_]:
        """Whether the model tags."""
        return np.asarray(self._array("tagged"))

    @cached_property
    def meant(self) -> Numbers:
        """The passages in force that have a vector, ascending."""
        return _numbers(self._table("meant").column("passage"))

    @cached_property
    def meaning(self) -> NDArray[np.float32]:
        """The vectors of `meant`, a row each."""
        return np.asarray(self._array("meaning")[: len(self.meant)])

    def _table(self, name: str) -> Any:
        return pa.ipc.open_file(pa.memory_map(str(self._folder / f"{name}.arrow"))).read_all()

    def _array(self, name: str) -> Any:
        return np.load(self._folder / f"{name}.npy", mmap_mode="r", allow_pickle=False)


def pick(table: Any, rows: Numbers, names: list[str]) -> list[dict[str, Any]]:
    """Read some rows of an Arrow table as dicts."""
    if len(rows) > PICKED:
        return list(table.select(names).take(rows).to_pylist())
    columns = [(name, table.column(name)) for name in names]
    return [{name: column[row].as_py() for name, column in columns} for row in rows.tolist()]


def write_arrays(connection: "DuckDBPyConnection", folder: Path) -> None:
    """Write the arrays from a connection with the index and the tables of `klumme.query.ready`."""
    for name, sql in _TABLES.items():
        reader = connection.sql(sql).to_arrow_reader()
        with pa.OSFile(str(folder / f"{name}.arrow"), "wb") as file, pa.ipc.new_file(file, reader.schema) as writer:
            for batch in reader:
                writer.write_batch(batch)
    _write_spots(connection, folder)
    _write_scores(connection, folder)
    _write_meanings(connection, folder)


def _write_spots(connection: "DuckDBPyConnection", folder: Path) -> None:
    total = connection.execute("SELECT count(*) FROM lemma_index").fetchall()[0][0]
    columns = {name: _new(folder, name, np.int32, (total,)) for name in ("passage", "start", "stop")}
    first = 0
    for batch in connection.sql(_SPOTS).to_arrow_reader():
        for name, column in columns.items():
            column[first : first + batch.num_rows] = batch.column(name)
        first += batch.num_rows


def _write_scores(connection: "DuckDBPyConnection", folder: Path) -> None:
    arrays = Arrays(folder)
    shape = (len(arrays.themes), len(arrays))
    p, tagged = _new(folder, "p", np.float32, shape), _new(folder, "tagged", np.bool_, shape)
    p[:] = np.nan
    for number, theme in enumerate(arrays.themes):
        rows = connection.execute(_SCORES, [theme]).fetchnumpy()
        p[number, rows["passage"]], tagged[number, rows["passage"]] = rows["p"], rows["tagged"]


def _write_meanings(connection: "DuckDBPyConnection", folder: Path) -> None:
    """Write the vectors in single precision: numpy multiplies 100,000 of them in 2 ms, of half precision in 18."""
    meant = Arrays(folder).meant
    first = connection.sql(f"{_MEANINGS} LIMIT 1").fetchall()
    width = unpack([row[1] for row in first]).shape[1] if first else 0
    meaning = _new(folder, "meaning", np.float32, (len(meant), width))
    for batch in connection.sql(_MEANINGS).to_arrow_reader(COPIED):
        if batch.num_rows:
            rows = np.searchsorted(meant, _numbers(batch.column("passage")))
            meaning[rows] = unpack(batch.column("meaning").to_pylist())


def _new(folder: Path, name: str, kind: Any, shape: tuple[int, ...]) -> Any:
    """Return a new mapped array, at least one long each way, since no empty file can be mapped."""
    return open_memmap(folder / f"{name}.npy", "w+", kind, tuple(max(size, 1) for size in shape))


def _numbers(column: Any) -> Numbers:
    return np.asarray(column.to_numpy())


def _coded(column: Any) -> tuple[list[str], Numbers]:
    values = sorted({value for value in column.unique().to_pylist() if value not in (None, "")})
    codes = pc.index_in(column, pa.array(values, column.type)).fill_null(-1)
    return [str(value) for value in values], _numbers(codes)
