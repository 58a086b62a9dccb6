"""Values that go into SQL as named parameters, never as text."""

from collections.abc import Sequence
from typing import Any

# So many values are written out, so that DuckDB reads only the row groups that may have them; more are joined.
LISTED = 500


class Binding:
    """Collects the parameters of one statement; each value is bound under a name of its own."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}

    def __call__(self, value: Any) -> str:
        """Bind one value and return the placeholder that stands for it."""
        name = f"p{len(self.values)}"
        self.values[name] = value
        return f"${name}"

    def among(self, column: str, values: Sequence[Any]) -> str:
        """Return the condition that a column has one of these values; with none of them it never holds."""
        if not values:
            return "false"
        if len(values) > LISTED:
            return f"{column} IN (SELECT unnest({self(list(values))}))"
        return f"{column} IN ({', '.join(self(value) for value in values)})"
