"""What one question may take of time and memory; beyond that it ends, with an error that says what to do."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Timer

import duckdb

from klumme.errors import QueryError, UsageError

# How many seconds one question may take.
SECONDS = 20.0

# How much of the machine's memory the questions to one open corpus may take together. DuckDB's own limit is 80 %, which
# leaves too little for the encoder, the browser and whatever else people have open.
MEMORY = "50%"

# What the database can count to.
MOST = 2**63 - 1

_LESS = "Ask for rarer words, a shorter gap, or a smaller part of the corpus (fra:, parti:, tema:)."


def limit_memory(connection: duckdb.DuckDBPyConnection) -> None:
    """Bound the memory of a connection and its cursors, and let nothing spill onto the disk from now on."""
    connection.execute(f"SET memory_limit = '{MEMORY}'; SET max_temp_directory_size = '0KB'")


@contextmanager
def limited(cursor: duckdb.DuckDBPyConnection, seconds: float) -> Iterator[None]:
    """Interrupt what the cursor does after so many seconds, and close it at the end.

    Raises QueryError for what takes longer or needs more memory than there is.
    """
    timer = Timer(seconds, cursor.interrupt)
    timer.daemon = True
    timer.start()
    try:
        yield
    except duckdb.InterruptException:
        raise QueryError(
            f"The question took longer than {math.ceil(seconds)} seconds and was stopped.", _LESS
        ) from None
    except duckdb.OutOfMemoryException:
        raise QueryError("The question needs more memory than it may take and was stopped.", _LESS) from None
    finally:
        timer.cancel()
        cursor.close()


def must_be_countable(**numbers: int) -> None:
    """Raise UsageError for a number, given by its name, that is negative or beyond what the database can count to."""
    for name, number in numbers.items():
        if not 0 <= number <= MOST:
            what = "negative" if number < 0 else "too large"
            raise UsageError(f"The number given as '{name}' is {what}.", "Give a whole number from 0 to 1000000.")
