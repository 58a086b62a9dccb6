"""The part of the corpus that the fields of a question leave, to which its frequencies are relative.

So does CQPweb where a query is restricted (Hardie 2012, CQPweb, International Journal of Corpus Linguistics 17), and it
names the words and texts of the restriction beside the frequency. Sketch Engine does so in a subcorpus only: with a
text type it divides by the whole corpus, so that the same 291 hits in speech are 24.60 or 2.59 per million
(sketchengine.co.uk, "Frequency per million").
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from klumme.query.arrays import Arrays

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MILLION, THOUSAND = 1_000_000, 1_000


@dataclass(frozen=True, slots=True)
class Part:
    """How many tokens and passages are left; `table` names what has their rows of `meta` for SQL."""

    tokens: int
    passages: int
    table: str = "meta"

    @property
    def whole(self) -> bool:
        """Whether no field takes anything away."""
        return self.table == "meta"

    def per_million(self, matches: int) -> float | None:
        """Return how many of so many matches fall to a million tokens, None where there are no tokens."""
        return matches * MILLION / self.tokens if self.tokens else None

    def __str__(self) -> str:
        size = f"{self.tokens:,} tokens in {self.passages:,} passages"
        return f"the {size} of the corpus" if self.whole else f"the {size} that the fields of the query leave"


def show_part(cursor: "DuckDBPyConnection", arrays: Arrays, left: NDArray[np.bool_]) -> Part:
    """Make a view `part` with the rows of `meta` that are left, where they are not all: making one takes a millisecond.

    `left` has a place for each passage.
    """
    if np.count_nonzero(left & arrays.in_force) == arrays.size[1]:
        return Part(*arrays.size)
    passages = (left & arrays.in_force).nonzero()[0]
    keep(cursor, "kept", {"passage": passages.astype(np.int32)})
    cursor.execute("CREATE TEMP VIEW part AS SELECT * FROM meta SEMI JOIN kept USING (passage)")
    return Part(int(arrays.tokens[passages].sum()), len(passages), "part")


def keep(cursor: "DuckDBPyConnection", name: str, columns: dict[str, NDArray[np.generic]]) -> None:
    """Make a temporary table of columns."""
    cursor.register("arrived", pa.table(columns))
    cursor.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM arrived")  # noqa: S608
    cursor.unregister("arrived")
