"""How a component keeps a table beside the pipeline: one msgpack file in its folder."""

from pathlib import Path
from typing import Any, ClassVar, Self

import srsly  # type: ignore[import-untyped]


class Packed:
    """A component whose table goes to and comes from FILE; it says how its table is written plainly, and taken back."""

    FILE: ClassVar[str]

    def _plain(self) -> Any:
        """Return the table as dicts, lists, texts and numbers, in a fixed order."""
        raise NotImplementedError

    def _take(self, plain: Any) -> None:
        """Take the table from what `_plain` returned."""
        raise NotImplementedError

    def to_bytes(self, *, exclude: tuple[str, ...] = ()) -> bytes:
        """The table as msgpack."""
        packed: bytes = srsly.msgpack_dumps(self._plain())
        return packed

    def from_bytes(self, data: bytes, *, exclude: tuple[str, ...] = ()) -> Self:
        """Take the table from msgpack."""
        self._take(srsly.msgpack_loads(data))
        return self

    def to_disk(self, path: Path, *, exclude: tuple[str, ...] = ()) -> None:
        """Write FILE into the component's folder."""
        Path(path).mkdir(parents=True, exist_ok=True)
        (Path(path) / self.FILE).write_bytes(self.to_bytes())

    def from_disk(self, path: Path, *, exclude: tuple[str, ...] = ()) -> Self:
        """Read FILE from the component's folder."""
        return self.from_bytes((Path(path) / self.FILE).read_bytes())
