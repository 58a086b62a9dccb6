"""What the encoder learns from: passages written for training, and PAROLE's newspaper text with the labels beside it.

The sample's articles are left out on purpose: every figure of the project that is measured on them, and every
calibration made with them, is then honest with this encoder, and so is every later retraining. The passages KEPT_APART
are left out too: columns of other writers than it learnt from, for the fused model's calibration.
"""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np

from klumme.records import Label
from klumme.themes.codebook import load_codebook
from klumme.themes.evidence import read_evidence
from klumme.themes.examples import answers
from klumme.themes.labels import adjudicated, read_labels
from klumme.themes.passages import Known, Labelled, join, training_passages
from klumme.workspace import find_home

sys.path.insert(0, str(Path(__file__).parent))

from parole import excerpts
from thinning import Text, lay_beside

HOME = find_home()
LABELS = Path(__file__).parents[1] / "labels"
EVIDENCE = Path(__file__).parents[1] / "evidence"
KEPT_APART = frozenset({"p24", "p25", "p26", "p33", "p47", "p48"})


@dataclass(frozen=True)
class Texts:
    """Texts with what is known of them, and the themes in the order of their answers."""

    themes: tuple[str, ...]
    known: tuple[Text, ...]

    def some(self, count: int | None) -> "Texts":
        """This many of the texts, drawn at random, the fewer among the more; all of them where no number is given."""
        drawn = np.sort(np.random.default_rng(0).permutation(len(self.known))[:count])
        return Texts(self.themes, tuple(self.known[row] for row in drawn))

    def twice(self, former: "Texts") -> "Texts":
        """All texts, those that are not among `former` ones two times."""
        old = set(former.texts)
        return Texts(self.themes, self.known + tuple(one for one in self.known if one.text not in old))

    @property
    def texts(self) -> tuple[str, ...]:
        """The texts alone."""
        return tuple(one.text for one in self.known)

    @property
    def answers(self) -> np.ndarray:
        """For each text (rows) whether a theme (columns) holds: 1, 0, or NaN where that is open."""
        return np.array([one.answers for one in self.known])

    @property
    def carried(self) -> np.ndarray:
        """For each sentence of all texts (rows) whether it carries a theme (columns): 1, 0, NaN."""
        return np.vstack([one.carried for one in self.known])


def read_texts(treebank: Path, until: datetime | None = None) -> Texts:
    """All texts to learn from, or those whose labels were given before `until` (a time with a zone).

    Raises ValueError when a PAROLE label has no text in this treebank folder.
    """
    codebook = load_codebook(HOME / "corpus" / "codebook.toml")
    written, parole = (_given(folder, until) for folder in (HOME / "corpus" / "labels", LABELS))
    labelled = [*_labelled(written, _written())]
    real = [*_labelled(parole, _parole(treebank))]
    missing = len({label.passage_id for label in parole}) - len(real)
    if missing:
        raise ValueError(f"{missing} labelled PAROLE passages are not in {treebank}, or not word for word")
    both = labelled + real
    table = answers(both, codebook.ids).astype(np.float32)
    known = read_evidence([HOME / "corpus" / "evidence", EVIDENCE], codebook)
    rows = zip(both, table, strict=True)
    return Texts(codebook.ids, tuple(lay_beside(one.passage.text, codebook.ids, row, known) for one, row in rows))


def _given(folder: Path, until: datetime | None) -> list[Label]:
    return [label for label in read_labels([folder]) if until is None or label.at < until]


def _labelled(labels: list[Label], known: list[Known]) -> Iterator[Labelled]:
    yield from join(adjudicated(labels).values(), known).labelled


def kept_apart(themes: Sequence[str]) -> tuple[list[Labelled], np.ndarray]:
    """The passages kept apart, with the answers (passages x themes) for each."""
    known = [passage for passage in _passages() if passage.source in KEPT_APART]
    labelled = [*_labelled(read_labels([HOME / "corpus" / "labels"]), known)]
    return labelled, answers(labelled, themes)


def _passages() -> list[Known]:
    return training_passages(HOME / "corpus" / "sample" / "passages")


def _written() -> list[Known]:
    return [passage for passage in _passages() if passage.source not in KEPT_APART]


def _parole(treebank: Path) -> list[Known]:
    found = excerpts(treebank / "parole-dk.tsv")
    return [Known(e.name, e.name, e.text, e.file, e.file, natural=False, source="parole") for e in found]
