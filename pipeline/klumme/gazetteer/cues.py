"""The lists of words around a name that tell what it means."""

from functools import cache

from klumme.gazetteer.data import read_table
from klumme.gazetteer.words import fold


@cache
def cue(name: str) -> frozenset[str]:
    """Return one list of `cues.toml`, its words folded."""
    return frozenset(fold(read_table("cues")[name]).split())
