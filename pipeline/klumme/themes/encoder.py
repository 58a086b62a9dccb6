"""Dense vectors of passages, from the encoder that ships with the project, run by onnxruntime without torch.

The recipe, the figures and the licence of the encoder lie in models/encoder/.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from klumme.report import Progress, quiet
from klumme.themes.labels import text_hash
from klumme.workspace import Workspace

Floats = NDArray[np.float32]

# Texts of like length go together, so that little is computed on padding.
BATCH = 16
# How much of a text's hash names it among those that the encoder has learnt from.
MARK = 16


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

    def encode(self, texts: Sequence[str], progress: Progress = quiet) -> Vectors:
        """Return the vectors of texts."""
        themes = np.zeros((len(texts), self._about["width"]), dtype=np.float32)
        meaning = np.zeros((len(texts), self._about["meaning"]), dtype=np.float32)
        groups = list(_batches(texts))
        for rows in progress(groups, len(groups), "Encoding passages"):
            themes[rows], meaning[rows] = self._run(["themes", "meaning"], [texts[row] for row in rows])[0]
        return Vectors(themes, meaning)

    def pieces(self, texts: Sequence[str]) -> Iterator[Pieces]:
        """Yield the pieces of each text, without the marks of beginning and end."""
        for start in range(0, len(texts), BATCH):
            (states,), coded = self._run(["states"], texts[start : start + BATCH])
            for row, one in zip(states, coded, strict=True):
                yield Pieces(tuple(one.offsets[: len(one.ids)]), row[: sum(one.attention_mask)])

    def _run(self, outputs: Sequence[str], texts: Sequence[str]) -> tuple[list[Any], list[Any]]:
        coded = self._tokenizer.encode_batch(list(texts))
        ids = np.array([one.ids for one in coded], dtype=np.int64)
        mask = np.array([one.attention_mask for one in coded], dtype=np.int64)
        return self._session.run(list(outputs), {"ids": ids, "mask": mask}), coded

    @cached_property
    def _tokenizer(self) -> Any:
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(self._folder / "tokenizer.json"))
        tokenizer.enable_padding(pad_id=tokenizer.token_to_id("<pad>"), pad_token="<pad>")  # noqa: S106
        return tokenizer

    @cached_property
    def _session(self) -> Any:
        import onnxruntime

        return onnxruntime.InferenceSession(self._folder / "model.onnx", providers=["CPUExecutionProvider"])


def open_encoder(workspace: Workspace) -> Encoder | None:
    """Open the encoder of a workspace; None where it, or what runs it, is not installed."""
    there = (workspace.encoder / "encoder.json").exists()
    return _open(workspace.encoder) if there and find_spec("onnxruntime") and find_spec("tokenizers") else None


@cache
def _open(folder: Path) -> Encoder:
    return Encoder(folder)


def _batches(texts: Sequence[str]) -> Iterator[list[int]]:
    order = sorted(range(len(texts)), key=lambda row: len(texts[row]))
    for start in range(0, len(order), BATCH):
        yield order[start : start + BATCH]
