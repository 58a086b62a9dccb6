"""The lists of words around a name that tell what it means."""

import tomllib
from functools import cache
from importlib.resources import files

from klumme.gazetteer.words import fold


@cache
def cue(name: str) -> frozenset[str]:
    """Return one list of `cues.toml`, its words folded."""
    text = (files(__package__) / "cues.toml").read_text(encoding="utf-8")
    return frozenset(fold(tomllib.loads(text)[name]).split())
