"""The words that this room's rules go by, kept as data."""

import tomllib
from importlib.resources import files


def words(name: str) -> frozenset[str]:
    """One of the lists in `words.toml`."""
    lists = tomllib.loads((files("klumme.annotate") / "words.toml").read_text(encoding="utf-8"))
    return frozenset(lists[name].split())
