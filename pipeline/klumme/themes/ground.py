"""What an evaluation stands on: labels, the hashes of the data, what reads texts, and for a gate the model in use."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from klumme.errors import LabelError
from klumme.settings import Settings
from klumme.themes.codebook import Codebook, load_codebook
from klumme.themes.encoder import Encoder, open_encoder
from klumme.themes.evaluate import OUTSIDE
from klumme.themes.examples import fresh, labels_hash, trainable
from klumme.themes.gold import gold_hashes, held_out_hash
from klumme.themes.in_use import open_in_use
from klumme.themes.keeping import labelled
from klumme.themes.passages import Labelled
from klumme.themes.readings import Reader, open_reader
from klumme.themes.scoring import Scorer
from klumme.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Scope:
    """What to evaluate on: a folder with sets of other hands, or none; `quick` leaves the slow splits out.

    With `words_only`, no encoder takes part even where one is at hand. A `gate` judges the model in use on the sets of
    other hands, instead of systems that are trained for it, and leaves the reasons for tags out.
    """

    passages: Path | None = None
    quick: bool = False
    words_only: bool = False
    gate: bool = False


@dataclass(frozen=True, slots=True)
class Ground:
    """All that is known before anything is read or fitted.

    `labels` is the hash of the labels, `gold` that of the data of each set, `in_use` the model that a gate judges.
    """

    workspace: Workspace
    scope: Scope
    codebook: Codebook
    labelled: Sequence[Labelled]
    themes: Sequence[str]
    reader: Reader
    encoder: Encoder | None
    labels: str
    gold: dict[str, str]
    in_use: Scorer | None
    notes: tuple[str, ...]


def open_ground(workspace: Workspace, settings: Settings, scope: Scope) -> Ground:
    """Open all that an evaluation needs.

    Raises LabelError when no theme has enough labels, and for a gate what `klumme.themes.in_use.open_in_use` raises.
    """
    codebook, joined = load_codebook(workspace.codebook), labelled(workspace).labelled
    themes, lacking = trainable(joined, codebook)
    if not themes or not any(one.passage.natural for one in joined):
        raise LabelError("There are too few labels on articles to evaluate with.", "Label some with `klumme label`.")
    reader, labels = open_reader(workspace, settings.annotate.pipeline), labels_hash(joined)
    encoder = None if scope.words_only else open_encoder(workspace)
    held = held_out_hash(joined, fresh([one.passage.text for one in joined], encoder), codebook.core)
    gold = gold_hashes(held, scope.passages)
    made_from = {"labels": labels, "pipeline": reader.name, "encoder": encoder.name if encoder else ""}
    tag = replace(settings.tag, words_only=settings.tag.words_only or scope.words_only)
    in_use = open_in_use(workspace, tag, made_from) if scope.gate else None
    notes = [f"'{theme}' is left out: {why}." for theme, why in lacking.items()]
    notes += [f"'{name}' is not measured: {file} is not there." for file, name in OUTSIDE.items() if name not in gold]
    notes += in_use.notes if in_use else ()
    return Ground(workspace, scope, codebook, joined, themes, reader, encoder, labels, gold, in_use, tuple(notes))
