"""Collect what local politicians write, tag it with themes of governance, and ask it questions."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from klumme.query.corpus import Corpus as Corpus
    from klumme.themes.tagging import tag_texts as tag_texts

__version__ = "0.1.0"
__all__ = ["Corpus", "__version__", "tag_texts"]

_LAZY = {"Corpus": "klumme.query.corpus", "tag_texts": "klumme.themes.tagging"}


def __getattr__(name: str) -> Any:
    """Load the public names when they are first used, so that importing klumme stays light."""
    if name in _LAZY:
        return getattr(import_module(_LAZY[name]), name)
    raise AttributeError(f"module 'klumme' has no attribute {name!r}")
