"""The words that this room's rules go by, kept as data."""

import tomllib
from functools import lru_cache
from importlib.resources import files


def words(name: str) -> frozenset[str]:
    """One of the lists in `words.toml`."""
    return frozenset(_lists()[name].split())


@lru_cache(maxsize=1)
def _lists() -> dict[str, str]:
    return tomllib.loads((files(__package__) / "words.toml").read_text(encoding="utf-8"))
