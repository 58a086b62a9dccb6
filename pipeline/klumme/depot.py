"""A depot: a place of an object store where the workers of a cluster that shares no folder leave their parts.

Every run has a place of its own in it, with the layout of the tables, `TABLE/VERSION/PART.parquet`. The corpus's
machine takes each part into the tables when its worker has answered, and clears the place away when the run ends.
"""

import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import NamedTuple
from urllib.parse import urlsplit

import pyarrow as pa
import pyarrow.parquet as pq

from klumme.errors import InputError, KlummeError, MissingError, StorageError
from klumme.tables import Rows, Tables, to_parquet


class Part(NamedTuple):
    """Where a part lies, in a depot as in the tables."""

    table: str
    version: str
    name: str

    def __str__(self) -> str:
        return "/".join(self)


class Depot:
    """The depot at an address of fsspec's, as in `s3://bucket/folder`.

    `known` are rows that a worker need not make again. Raises InputError for what is no address, MissingError when a
    package for it is not installed. Every method raises StorageError when the store does not answer as it should.
    """

    def __init__(self, address: str, known: pa.Table | None = None) -> None:
        if "://" not in address:
            raise InputError(f"{address} is no address of a store.", _WRITE)
        self._known, self.stored = known, list[Part]()
        user = urlsplit(address).netloc.rpartition("@")[0]
        self._shown = address.replace(f"{user}@", "", 1) if user else address
        with self._said():
            from fsspec.core import url_to_fs

            try:
                self._files, self._place = url_to_fs(address)
            except ValueError as error:
                raise InputError(f"{self._shown} is no address of a store: {error}.", _WRITE) from error

    def append(self, parts: Mapping[str, Rows], version: str, key: str) -> None:
        """Store one part of each table, in the order given, and note which in `stored`."""
        for table, rows in parts.items():
            part = Part(table, version, f"{key}.parquet")
            self.write(part, to_parquet(table, rows))
            self.stored.append(part)

    def load(self, table: str, version: str, parts: Sequence[str], columns: Sequence[str]) -> pa.Table:
        """Read some columns of some parts."""
        contents = (pa.BufferReader(self.read(Part(table, version, name))) for name in parts)
        return pa.concat_tables([pq.read_table(content, columns=list(columns)) for content in contents])

    def rows_of(self, table: str, version: str, passages: Sequence[str], columns: Sequence[str]) -> pa.Table | None:
        """Return the rows that came with the work, whatever is asked for."""
        return self._known

    def read(self, part: Part) -> bytes:
        """Return a part as it was stored."""
        with self._said():
            return bytes(self._files.cat_file(f"{self._place}/{part}"))

    def write(self, part: Part, content: bytes) -> None:
        """Store a part."""
        with self._said():
            if not self._files.async_impl:  # those are object stores, which know no folders
                self._files.makedirs(f"{self._place}/{part.table}/{part.version}", exist_ok=True)
            self._files.pipe_file(f"{self._place}/{part}", content)

    def clear(self) -> None:
        """Take away everything."""
        with self._said():
            if self._files.exists(self._place):
                self._files.rm(self._place, recursive=True)

    @contextmanager
    def _said(self) -> Iterator[None]:
        """Turn what fsspec and its stores raise, each a tree of its own, into errors for people."""
        try:
            yield
        except KlummeError:
            raise
        except ImportError as error:
            raise MissingError(
                f"A package that {self._shown} needs is not installed: {error}.",
                "Install it on every machine, as in `pip install s3fs` for s3://.",
            ) from error
        except Exception as error:
            raise StorageError(
                f"{self._shown} does not answer as it should: {type(error).__name__}, {error}.",
                "See to address, keys and space, then run the same command again: what is in the tables is kept.",
            ) from error


_WRITE = "Write it as in s3://bucket/folder."


@contextmanager
def place_in(address: str) -> Iterator[str]:
    """Lend a place of one's own in a depot, and clear it away at the end; none ("") where there is no depot.

    Behind a run that was broken off, a worker that has not heard of it yet may still leave a part there.
    """
    if not address:
        yield ""
        return
    place = f"{address.rstrip('/')}/{secrets.token_hex(8)}"
    depot = Depot(place)
    try:
        yield place
    except BaseException:
        with suppress(StorageError):  # the other error is the one to be told
            depot.clear()
        raise
    depot.clear()


def give(tables: Tables, place: str, parts: Iterable[Part]) -> None:
    """Store parts of the tables in a depot."""
    for part in parts:
        Depot(place).write(part, tables.parts(part.table, part.version)[part.name].read_bytes())


def take(tables: Tables, place: str, parts: Iterable[Part]) -> None:
    """Store parts of a depot in the tables, in the order given."""
    for part in parts:
        tables.put(*part, Depot(place).read(part))
