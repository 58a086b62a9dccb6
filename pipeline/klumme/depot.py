"""A depot: a place of an object store where the workers of a cluster that shares no folder leave their parts.

Its layout is that of the tables, `TABLE/VERSION/PART.parquet`. An object is there whole or not at all, so that a part
counts as soon as its anchor is there, as in the tables.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import pyarrow as pa
import pyarrow.parquet as pq

from klumme.errors import InputError, MissingError, StorageError
from klumme.schemas import SCHEMAS
from klumme.tables import Rows, Tables, to_parquet


class Depot:
    """The depot at an address of fsspec's, as in `s3://bucket/folder`.

    Raises InputError for an address that fsspec does not know, MissingError when a package for it is not installed.
    Every method raises StorageError when the store does not answer as it should.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        with self._said():
            from fsspec.core import url_to_fs

            # What other machines have stored since would not be seen in a listing that was kept.
            self._files, self._place = url_to_fs(address, use_listings_cache=False)

    def append(self, parts: Mapping[str, Rows], version: str, key: str) -> None:
        """Store one part of each table, in the order given; a part with the same key takes the place of the other."""
        for table, rows in parts.items():
            self.write(table, version, f"{key}.parquet", to_parquet(table, rows))

    def load(self, table: str, version: str, parts: Sequence[str], columns: Sequence[str]) -> pa.Table:
        """Read some columns of some parts."""
        contents = (pa.BufferReader(self.read(table, version, part)) for part in parts)
        return pa.concat_tables([pq.read_table(content, columns=list(columns)) for content in contents])

    def rows_of(self, table: str, version: str, passages: Sequence[str], columns: Sequence[str]) -> pa.Table:
        """Return no rows: what the tables hold of a passage is not looked for in a depot."""
        return SCHEMAS[table].empty_table().select(list(columns))

    def names(self, table: str, version: str) -> set[str]:
        """Return the names of the parts of a table."""
        with self._said():
            found = self._files.glob(f"{self._place}/{table}/{version}/*.parquet")
        return {str(path).rsplit("/", 1)[-1] for path in found}

    def read(self, table: str, version: str, name: str) -> bytes:
        """Return a part as it was stored."""
        with self._said():
            return bytes(self._files.cat_file(f"{self._place}/{table}/{version}/{name}"))

    def write(self, table: str, version: str, name: str, content: bytes) -> None:
        """Store a part."""
        with self._said():
            self._files.makedirs(f"{self._place}/{table}/{version}", exist_ok=True)
            self._files.pipe_file(f"{self._place}/{table}/{version}/{name}", content)

    def remove(self, table: str, version: str, name: str) -> None:
        """Take a part away."""
        with self._said():
            self._files.rm_file(f"{self._place}/{table}/{version}/{name}")

    @contextmanager
    def _said(self) -> Iterator[None]:
        """Turn what fsspec and its stores raise into errors for people."""
        try:
            yield
        except ImportError as error:
            raise MissingError(
                f"A package that {self.address} needs is not installed: {error}.",
                "Install it on every machine, as in `pip install s3fs` for s3://.",
            ) from error
        except ValueError as error:
            raise InputError(
                f"{self.address} is no address of a store: {error}.", "Write it as in s3://bucket/folder."
            ) from error
        except OSError as error:
            raise StorageError(
                f"{self.address} does not answer as it should: {error}.",
                "See to address, rights and space, then run the same command again: what was stored is kept.",
            ) from error


def give(tables: Tables, depot: Depot, table: str, version: str) -> None:
    """Store in a depot the parts of a table that it lacks."""
    own = tables.parts(table, version)
    for name in sorted(set(own) - depot.names(table, version)):
        depot.write(table, version, name, own[name].read_bytes())


def clear(depot: Depot, table: str, version: str) -> None:
    """Take all parts of a table away from a depot."""
    for name in sorted(depot.names(table, version)):
        depot.remove(table, version, name)


def take(tables: Tables, depot: Depot, names: Sequence[str], version: str) -> None:
    """Move parts of some tables, their anchor named last, from a depot to the tables.

    A part with a passage that the tables lack, be it forgotten since or another corpus's, stays where it is.
    """
    anchor = names[-1]
    for name in sorted(set[str].intersection(*(depot.names(table, version) for table in names))):
        ids = depot.load(anchor, version, [name], ["passage_id"])["passage_id"].unique().to_pylist()
        if not tables.know(ids):
            continue
        for table in names:
            tables.put(table, version, name, depot.read(table, version, name))
        for table in reversed(names):
            depot.remove(table, version, name)


def parts_at(tables: Tables, address: str) -> "Tables | Depot":
    """Return where a worker reads and stores parts: the depot at an address, or the tables where there is none."""
    return Depot(address) if address else tables
