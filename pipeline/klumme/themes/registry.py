"""Theme models on disk: a folder for each version, one of them in use, and a log of what was in use when."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED

import numpy as np
import sklearn

from klumme.errors import MissingModelError, StorageError, UsageError, did_you_mean
from klumme.json_lines import Form, Row, read_lines
from klumme.tables import disk_error, replace
from klumme.themes.features import Features, View
from klumme.themes.labels import now
from klumme.themes.model import Fusion, Linear, Matrix, ThemeModel
from klumme.themes.readings import Token
from klumme.workspace import Workspace

MODEL, METRICS, CARD, HELD_OUT = "model.skops", "metrics.json", "README.md", "held-out.jsonl"
CURRENT, LOG = "current", "promotions.jsonl"

_RETRAIN = "Train one from the labels with `klumme retrain`."


def save(model: ThemeModel, folder: Path) -> None:
    """Write a model into a folder; raises StorageError when the disk takes no more."""
    from skops.io import dumps

    content = {
        "themes": list(model.themes),
        "views": [
            [view.kind, "\n".join(view.terms), view.idf] for view in (model.features.words, model.features.chars)
        ],
        "words": [model.words.weights, model.words.bias],
        "dense": [model.dense.weights, model.dense.bias, model.dense.centre] if model.dense else None,
        "fusions": {name: [f.slopes, f.bias, f.thresholds] for name, f in model.fusions.items()},
        "facts": model.facts,
        "probe": _probe(model),
    }
    write(folder / MODEL, dumps(content, compression=ZIP_DEFLATED, compresslevel=6))


def write(path: Path, content: bytes | str) -> None:
    """Write a file whole or not at all; raises StorageError when the disk takes no more."""
    replace(path, content.encode() if isinstance(content, str) else content)


def load(folder: Path) -> ThemeModel:
    """Read a model from its folder; it may hold numbers and words only, so that a stranger's file runs no code.

    Raises MissingModelError when there is none, when it holds anything else, or when it gives other
    probabilities here than where it was trained, as under another scikit-learn it might.
    """
    try:
        content = (folder / MODEL).read_bytes()
    except OSError as error:
        raise MissingModelError(f"There is no theme model '{folder.name}'.", _RETRAIN) from error
    try:
        parts = _open(content)
        model = _assemble(parts)
        same = np.allclose(_probe(model), parts["probe"], atol=1e-4)
    except Exception as error:
        raise _unusable(folder.name, f"{type(error).__name__}, {error}") from error
    if not same:
        raise _unusable(folder.name, f"trained with {model.facts['sklearn']}, it gives other probabilities here")
    return model


def _open(content: bytes) -> dict[str, Any]:
    """Open a skops file that holds no type but those of Python and numpy."""
    from skops.io import get_untrusted_types, loads

    strange = get_untrusted_types(data=content)
    if strange:
        raise TypeError(f"it holds {', '.join(sorted(strange))}")
    return dict(loads(content, trusted=[]))


def _assemble(parts: dict[str, Any]) -> ThemeModel:
    views = [View(kind, tuple(terms.split("\n")), idf) for kind, terms, idf in parts["views"]]
    fusions = {name: Fusion(*arrays) for name, arrays in parts["fusions"].items()}
    dense = Linear(*parts["dense"]) if parts["dense"] else None
    return ThemeModel(tuple(parts["themes"]), Features(*views), Linear(*parts["words"]), dense, fusions, parts["facts"])


def _unusable(name: str, why: str) -> MissingModelError:
    here = f"scikit-learn {sklearn.__version__}"
    return MissingModelError(f"The theme model '{name}' cannot be used with {here}: {why}.", _RETRAIN)


# A bar parts two sentences: a model that counts pairs of words over their joint is another.
_PROBES = ("byråd tage ansvar for opgave i | kommune 0000", "region og kommune samarbejde om barn på tværs", "have sol")


def _probe(model: ThemeModel) -> Matrix:
    """Return what the model says of three fixed documents, by which a loaded model is known to be the same."""
    vectors = None if model.dense is None else np.zeros((len(_PROBES), model.dense.weights.shape[1]))
    readings = [
        tuple(Token(word, word, "X", (), k, 0) for k, part in enumerate(probe.split("|")) for word in part.split())
        for probe in _PROBES
    ]
    return model.scores(readings, vectors)


def current(folder: Path) -> str:
    """Return the version in use; raises MissingModelError when there is none."""
    try:
        return (folder / CURRENT).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise MissingModelError("There is no theme model in use.", _RETRAIN) from error


def load_model(workspace: Workspace, name: str = "current") -> ThemeModel:
    """Load the model in use, or another by its version."""
    return load(find(workspace, name))


def find(workspace: Workspace, name: str = "current") -> Path:
    """Return the folder of a version; raises UsageError when there is no such version."""
    version = current(workspace.themes) if name == "current" else name
    folder = workspace.themes / version
    if not (folder / MODEL).exists():
        known = versions(workspace.themes)
        if name == "current" or not known:
            raise MissingModelError(f"There is no theme model '{version}'.", _RETRAIN)
        raise UsageError(f"There is no theme model '{version}'.", did_you_mean(version, known))
    return folder


def versions(folder: Path) -> list[str]:
    """Return the versions at hand, sorted."""
    return sorted(path.parent.name for path in folder.glob(f"*/{MODEL}"))


def own(workspace: Workspace) -> Path:
    """Return the workspace's own folder of models, into which those of the home are copied where it has none.

    So what is put into use here changes nothing elsewhere. Raises StorageError when the disk takes no more.
    """
    given, own = workspace.themes, workspace.new_themes
    if given != own and given.exists():
        part = own.with_name(f"{own.name}.part")
        try:
            shutil.rmtree(part, ignore_errors=True)
            shutil.copytree(given, part)
            part.rename(own)
        except OSError as error:
            raise disk_error(error, own) from error
    return own


def promote(folder: Path, version: str, why: str) -> None:
    """Put a version into use and note it in the log; raises UsageError when there is no such version."""
    if version not in versions(folder):
        raise UsageError(f"There is no theme model '{version}' here.", did_you_mean(version, versions(folder)))
    log = [*promotions(folder), {"version": version, "at": now().isoformat(), "why": why}]
    write(folder / LOG, "".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in log))
    write(folder / CURRENT, version + "\n")


def rollback(folder: Path) -> str:
    """Put the version before the one in use back into use, and return it.

    Raises UsageError when the log names no earlier version that is still there.
    """
    used, there = current(folder), versions(folder)
    earlier: Sequence[str] = [entry["version"] for entry in promotions(folder)]
    before = earlier[: earlier.index(used)] if used in earlier else earlier
    candidates = [version for version in before if version in there]
    if not candidates:
        raise _nothing_before(folder, used, before)
    promote(folder, candidates[-1], f"rolled back from {used}")
    return candidates[-1]


def _nothing_before(folder: Path, used: str, before: Sequence[str]) -> UsageError:
    """Say whether there never was an earlier version, or its folder is gone: git keeps the model in use alone."""
    if not before:
        return UsageError(f"There is no version before '{used}'.", "See `klumme models list`.")
    last, there = before[-1], f"models/themes/{before[-1]}"
    return UsageError(
        f"No version before '{used}' is here: the log names {len(set(before))}, '{last}' the last, "
        "but their folders are gone.",
        f"Train a model from the labels of today: klumme retrain. Or put a folder back into {folder} and try again; "
        f"in a checkout of the project: git checkout $(git log -1 --diff-filter=AM --format=%h -- {there}) -- {there}",
    )


def promotions(folder: Path) -> list[dict[str, str]]:
    """Return the log of what was put into use, oldest first; raises StorageError for a line that tells of nothing."""
    path = folder / LOG
    return [entry for _, entry in read_lines(path, _PROMOTIONS)] if path.exists() else []


def _promotion(row: Row) -> dict[str, str]:
    """Take an entry with all that it holds, since the log is written anew from what is read."""
    if not all(isinstance(row[key], str) for key in ("version", "at", "why")):
        raise TypeError("its version, time or reason is no text")
    return row


_PROMOTIONS = Form(_promotion, "is no entry of the log", "Correct or delete that line.", StorageError)


def metrics(folder: Path) -> dict[str, Any]:
    """Return the figures of a model, empty when it was never measured."""
    try:
        return dict(json.loads((folder / METRICS).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return {}


def facts_in_use(workspace: Workspace) -> dict[str, Any]:
    """Return what the model in use was made from, empty where there is none."""
    try:
        return dict(metrics(find(workspace)).get("facts", {}))
    except MissingModelError:
        return {}


def held_out(folder: Path) -> dict[str, dict[str, float]]:
    """Return what a model said of each passage it was trained on when it was left out, by passage id and theme.

    Raises StorageError for a line that does not say it.
    """
    path = folder / HELD_OUT
    return dict(said for _, said in read_lines(path, _HELD_OUT)) if path.exists() else {}


def _left_out(row: Row) -> tuple[str, dict[str, float]]:
    name, p = row["id"], row["p"]
    if not (isinstance(name, str) and isinstance(p, dict)):
        raise TypeError("its id is no text, or p has no probabilities")
    return name, p


_HELD_OUT = Form(_left_out, "tells of no passage", "Take the file from a copy, or train a model anew.", StorageError)
