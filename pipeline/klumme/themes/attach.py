"""Join labels that came without their texts to one's own copy, and say what drifted."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from klumme.records import Label
from klumme.themes.labels import make_label, text_hash
from klumme.themes.passages import Known


@dataclass(frozen=True, slots=True)
class Drift:
    """A label whose text is not here as it was: the passage most like it in place, and how alike, if any is."""

    label: Label
    reason: str


@dataclass(frozen=True, slots=True)
class Attached:
    """Labels that fit the texts at hand, renewed where the passage got another id, and those that drifted."""

    fitting: list[Label]
    moved: list[Label]
    drifted: list[Drift]

    @property
    def counts(self) -> dict[str, int]:
        """How many labels fit, moved, and drifted for which reason."""
        reasons = Counter(drift.reason for drift in self.drifted)
        return {"fit": len(self.fitting), "moved": len(self.moved), **reasons}


def attach(labels: Iterable[Label], known: Sequence[Known]) -> Attached:
    """Sort labels by whether their text is at hand: by id and hash, by hash alone (moved), or not (drifted)."""
    by_id, by_hash = {p.id: p for p in known}, {text_hash(p.text): p for p in known}
    addresses = {p.address for p in known}
    urls = {p.address.rpartition("#")[0] for p in known}
    done = Attached([], [], [])
    for label in labels:
        here = by_hash.get(label.text_sha256)
        if here and here.id == label.passage_id:
            done.fitting.append(label)
        elif here:
            moved = replace(label, passage_id=here.id, address=here.address, supersedes=label.id, id="")
            done.moved.append(make_label(moved))
        elif label.passage_id in by_id or label.address in addresses:
            done.drifted.append(Drift(label, "text changed"))
        elif label.address.rpartition("#")[0] in urls:
            done.drifted.append(Drift(label, "passage gone from its article"))
        else:
            done.drifted.append(Drift(label, "article not at hand"))
    return done
