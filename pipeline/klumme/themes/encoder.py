"""Dense vectors of passages, from the encoder that ships with the project, run by onnxruntime without torch.

The recipe, the figures and the licence of the encoder lie in models/encoder/.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from klumme.report import Progress, quiet
from klumme.spread import threads
from klumme.themes.labels import text_hash
from klumme.workspace import Workspace

Floats = NDArray[np.float32]

# How much of a text's hash names it among those that the encoder has learnt from.
MARK = 16
# Vectors of the passages that ship with labels, computed beforehand so that a first retraining need not wait for them.
KNOWN = "known.npz"
# Vectors are kept in half precision, wherever they are kept: on 300 passages no probability moved by .0001.
HALF = np.dtype("<f2")


@dataclass(frozen=True, slots=True)
class Vectors:
    """Vectors of texts, a row each: `themes` for the classifier, `meaning` of unit length for likeness."""

    themes: Floats
    meaning: Floats


@dataclass(frozen=True, slots=True)
class Pieces:
    """The pieces of one text: where each stands in it (start, end), and its state (pieces x width).

    The mean of the states is the text's vector for the classifier.
    """

    spans: tuple[tuple[int, int], ...]
    states: Floats


class Encoder:
    """The encoder in a folder: `model.onnx`, `tokenizer.json`, and `encoder.json`, which says what it is."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._about: dict[str, Any] = json.loads((folder / "encoder.json").read_text(encoding="utf-8"))

    @property
    def name(self) -> str:
        """Name, version and the beginning of the model's hash."""
        return f"{self._about['name']}-{self._about['version']}-{self._about['sha256'][:8]}"

    @cached_property
    def _learnt(self) -> frozenset[str]:
        return frozenset(self._about["learnt"])

    def fresh(self, texts: Sequence[str]) -> NDArray[np.bool_]:
        """Say of each text whether the encoder has not learnt from its labels: only there are figures honest."""
        return np.array([text_hash(text)[:MARK] not in self._learnt for text in texts], dtype=bool)

    def encode(
        self, texts: Sequence[str], progress: Progress = quiet, look: Callable[[int, Pieces], None] | None = None
    ) -> Vectors:
        """Return the vectors of texts, in half precision.

        `look` is shown the pieces of each text (by its row) that had to be run, so that they need not be run again.
        """
        themes = np.zeros((len(texts), self._about["width"]), dtype=HALF)
        meaning = np.zeros((len(texts), self._about["meaning"]), dtype=HALF)
        for row in progress(range(len(texts)), len(texts), "Encoding passages"):
            themes[row], meaning[row] = self._known_of(texts[row]) or self._encode(row, texts[row], look)
        return Vectors(themes.astype(np.float32), meaning.astype(np.float32))

    def _known_of(self, text: str) -> tuple[Floats, Floats] | None:
        row = self._rows.get(text_hash(text))
        return None if row is None else (self._known["themes"][row], self._known["meaning"][row])

    def _encode(self, row: int, text: str, look: Callable[[int, Pieces], None] | None) -> tuple[Floats, Floats]:
        coded = self._tokenizer.encode(text)
        (themes,), (meaning,), *states = self._run(["themes", "meaning", *(["states"] if look else [])], coded)
        if look:
            look(row, Pieces(tuple(coded.offsets), states[0][0]))
        return themes, meaning

    @cached_property
    def _known(self) -> dict[str, NDArray[Any]]:
        path = self._folder / KNOWN
        return dict(np.load(path, allow_pickle=False)) if path.exists() else {}

    @cached_property
    def _rows(self) -> dict[str, int]:
        return {name: row for row, name in enumerate(self._known.get("texts", np.zeros(0, dtype=str)).tolist())}

    def pieces(self, texts: Sequence[str]) -> Iterator[Pieces]:
        """Yield the pieces of each text, the marks of beginning and end among them, which stand nowhere."""
        for text in texts:
            coded = self._tokenizer.encode(text)
            ((states,),) = self._run(["states"], coded)
            yield Pieces(tuple(coded.offsets), states)

    def _run(self, outputs: Sequence[str], coded: Any) -> list[Any]:
        """Run one text alone: what is computed together is scaled together, and a vector is to depend on no other text.

        Sixteen texts together were no faster on two cores than one by one.
        """
        ids = np.array([coded.ids], dtype=np.int64)
        return list(self._session.run(list(outputs), {"ids": ids, "mask": np.ones_like(ids)}))

    @cached_property
    def _tokenizer(self) -> Any:
        from tokenizers import Tokenizer

        return Tokenizer.from_file(str(self._folder / "tokenizer.json"))

    @cached_property
    def _session(self) -> Any:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads()
        return onnxruntime.InferenceSession(self._folder / "model.onnx", options, providers=["CPUExecutionProvider"])


def open_encoder(workspace: Workspace) -> Encoder | None:
    """Open the encoder of a workspace; None where it, or what runs it, is not installed."""
    there = (workspace.encoder / "encoder.json").exists()
    return _open(workspace.encoder) if there and find_spec("onnxruntime") and find_spec("tokenizers") else None


@cache
def _open(folder: Path) -> Encoder:
    return Encoder(folder)
