"""How well the model in use does, by theme and by the text it was measured on, as its card says."""

from dataclasses import dataclass
from typing import Any

from klumme.errors import KlummeError
from klumme.query.store import Store
from klumme.themes.codebook import Codebook
from klumme.themes.registry import find, held_out, metrics

# What the sets of passages on a model's card are called by those who read of them.
SET_NAMES = {
    "held-out passages of the sample": "eksempelklummen, holdt ude",
    "other authors": "andre forfattere",
    "other municipalities": "andre kommuner",
    "after 2023": "tekster efter 2023",
    "independent columns": "uafhængige klummer",
    "newspaper of the 80s and 90s": "avistekst fra 1980’erne og 90’erne",
}


@dataclass(frozen=True, slots=True)
class Quality:
    """A table of F1 scores: one column for each set of passages, one row for each theme, first all of them pooled.

    `seen` is the number of passages of this corpus that the model was trained on.
    """

    seen: int
    sets: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]


def quality(store: Store, codebook: Codebook, version: str) -> Quality | None:
    """Return the figures on a model's card, or None when the model that tagged the corpus is no longer here."""
    try:
        folder = find(store.workspace, version)
    except KlummeError:
        return None
    sets = metrics(folder).get("sets", {})
    rows = [("Alle temaer under ét", tuple(_score(found["micro"]) for found in sets.values()))]
    rows += [(t.da, tuple(_score(found["themes"].get(t.id)) for found in sets.values())) for t in codebook.themes]
    names = tuple(f"{SET_NAMES.get(name, name)} ({found['passages']} afsnit)" for name, found in sets.items())
    learnt = held_out(folder)
    seen = sum(row["passage_id"] in learnt for row in store.read("SELECT passage_id FROM meta"))
    return Quality(seen, names, tuple(rows))


def _score(scores: dict[str, Any] | None) -> str:
    """Write an F1 with its interval as Danes do: 0,69 [0,66; 0,72]."""
    if not scores or scores.get("f1") is None or scores.get("positives") == 0:  # nothing there that could be found
        return "–"
    value, low, high = (f"{number:.2f}".replace(".", ",") for number in scores["f1"])
    return f"{value} [{low}; {high}]"
