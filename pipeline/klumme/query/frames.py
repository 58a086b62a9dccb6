"""Results as rows of plain values, which turn into pandas and polars frames when one of those is installed."""

from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from typing import Any, overload

from klumme.errors import MissingError


class Rows(Sequence[Mapping[str, Any]]):
    """A table of results: a sequence of dicts with the same keys; `title` says what it shows."""

    def __init__(self, rows: Sequence[Mapping[str, Any]], title: str = "") -> None:
        self._rows, self.title = tuple(rows), title

    @overload
    def __getitem__(self, index: int) -> Mapping[str, Any]: ...
    @overload
    def __getitem__(self, index: slice) -> "Rows": ...
    def __getitem__(self, index: int | slice) -> "Mapping[str, Any] | Rows":
        """Return one row, or some of them."""
        return Rows(self._rows[index], self.title) if isinstance(index, slice) else self._rows[index]

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self._rows)

    def __iter__(self) -> Iterator[Mapping[str, Any]]:
        """Yield the rows."""
        return iter(self._rows)

    def __repr__(self) -> str:
        return f"Rows({list(self._rows)!r})"

    def pandas(self) -> Any:
        """Return a pandas DataFrame; raises MissingError when pandas is not installed."""
        return _library("pandas").DataFrame([dict(row) for row in self._rows])

    def polars(self) -> Any:
        """Return a polars DataFrame; raises MissingError when polars is not installed."""
        return _library("polars").DataFrame([dict(row) for row in self._rows], infer_schema_length=None)


def _library(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError:
        raise MissingError(f"{name} is not installed.", f"Install it with `pip install {name}`.") from None
