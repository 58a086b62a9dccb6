"""The census of a corpus: what labels say of each of its passages as it stands, and which of them chance has drawn.

Where every passage of a group is settled, the share of a theme is counted rather than estimated.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from klumme.records import Label
from klumme.tables import Tables
from klumme.themes.keeping import all_labels
from klumme.themes.labels import Gold, Themes, adjudicated
from klumme.workspace import Workspace

_TEXTS = "SELECT id, sha256(text) AS text FROM current_passages"


@dataclass(frozen=True, slots=True)
class Told:
    """What labels say of a passage, and the themes for which it was drawn at random, with when (UTC).

    A theme is None where it is open: coders disagree, or one is unsure.
    """

    themes: Themes
    drawn: Mapping[str, datetime] = field(default_factory=dict)


def take_census(workspace: Workspace) -> dict[str, Told]:
    """Return what labels say of the passages of the corpus, by id, without those of which they say nothing.

    A label holds of a text: where a passage has none of its own, one of the same text speaks for it. But only under its
    own id was it drawn, since chance that drew from another corpus did not draw from this one.
    """
    labels = all_labels(workspace)
    gold, drawn = adjudicated(labels), _drawn(labels)
    elsewhere, found = _by_text(gold.values()), {}
    for row in Tables(workspace).read(_TEXTS):
        own = gold.get(row["id"])
        themes = elsewhere.get(row["text"], {}) | (own.themes if own and own.text_sha256 == row["text"] else {})
        if themes:
            found[row["id"]] = Told(themes, drawn.get((row["id"], row["text"]), {}))
    return found


def _drawn(labels: Iterable[Label]) -> dict[tuple[str, str], dict[str, datetime]]:
    """Return for which themes a text was drawn, and when first: it stays so, whatever is said of it later, and by whom.

    The mark of a label holds for its own themes alone. Who chose a passage, and coded other themes of it, drew nothing.
    """
    found: dict[tuple[str, str], dict[str, datetime]] = defaultdict(dict)
    for label in labels:
        if label.random_draw:
            at, there = label.at.astimezone(UTC).replace(tzinfo=None), found[label.passage_id, label.text_sha256]
            there.update({theme: min(at, there.get(theme, at)) for theme in label.themes})
    return found


def _by_text(gold: Iterable[Gold]) -> dict[str, Themes]:
    """Return what holds of each text; where it differs between passages of one text, it is open."""
    found: dict[str, Themes] = defaultdict(dict)
    for one in gold:
        there = found[one.text_sha256]
        there.update({theme: said if there.get(theme, said) is said else None for theme, said in one.themes.items()})
    return found
