"""Values that go into SQL as named parameters, never as text."""

from collections.abc import Iterable
from typing import Any


class Binding:
    """Collects the parameters of one statement; each value is bound under a name of its own."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}

    def __call__(self, value: Any) -> str:
        """Bind one value and return the placeholder that stands for it."""
        name = f"p{len(self.values)}"
        self.values[name] = value
        return f"${name}"

    def choice(self, values: Iterable[Any]) -> str:
        """Bind several values and return them as a list to stand after IN; an empty one holds nothing."""
        return f"({', '.join(self(value) for value in values) or 'NULL'})"
