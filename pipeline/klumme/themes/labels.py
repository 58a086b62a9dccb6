"""Labels: what people said of passages, kept as append-only JSON Lines in git."""

import hashlib
import json
import os
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from types import NoneType
from typing import Any

from klumme.errors import LabelError
from klumme.json_lines import Form, Row, parse_lines, read_lines
from klumme.records import Label
from klumme.tables import disk_error
from klumme.themes.codebook import Codebook

CODER, ADJUDICATED = "coder", "adjudicated"
Themes = dict[str, bool | None]


@dataclass(frozen=True, slots=True)
class Gold:
    """What holds of one passage once all coders are heard; `contradicted` are the themes they still disagree on.

    A theme is True or False where the adjudicator or all coders say so, and None where they are unsure or disagree.
    """

    passage_id: str
    text_sha256: str
    themes: Themes
    coders: tuple[str, ...]
    adjudicated: bool
    random_draw: bool
    contradicted: tuple[str, ...] = ()


def text_hash(text: str) -> str:
    """Return the hash by which a label remembers the text it was given for."""
    return hashlib.sha256(text.encode()).hexdigest()


def now() -> datetime:
    """Return the time in UTC, to the second."""
    return datetime.now(UTC).replace(microsecond=0)


def moment(text: str) -> datetime:
    """Read an ISO time; one without a zone is taken as UTC, so that all labels can be put in order."""
    time = datetime.fromisoformat(text)
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def make_label(label: Label) -> Label:
    """Give a label its id, made from its content."""
    content = json.dumps(_row(replace(label, id="")), sort_keys=True, ensure_ascii=False)
    return replace(label, id=hashlib.sha256(content.encode()).hexdigest()[:16])


def read_labels(folders: Iterable[Path]) -> list[Label]:
    """Read every label of some folders, oldest first.

    Raises LabelError for a line that is no label, or two with one id; nothing is skipped, since a label cannot be made
    again.
    """
    files = [path for folder in folders for path in sorted(folder.glob("*.jsonl"))]
    by_id: dict[str, Label] = {}
    for _, label in chain.from_iterable(read_lines(path, _LABELS) for path in files):
        same = by_id.setdefault(label.id, label)
        if same is not label and same != label:
            raise LabelError(
                f"Two labels of {label.passage_id} have the id {label.id}.", "Delete the id of one of them."
            )
    return sorted(by_id.values(), key=lambda label: label.at)


def parse_labels(content: str, name: str) -> list[Label]:
    """Read lines of labels as klumme writes them; raises LabelError, with the line's number, for any other line."""
    return [label for _, label in parse_lines(content, f"{name}, line ", _LABELS)]


def _label(row: Row) -> Label:
    row.pop("text", None)
    row["at"] = moment(row["at"])
    label = Label(**row)
    if not isinstance(label.themes, dict) or not set(map(type, label.themes.values())) <= {bool, NoneType}:
        raise ValueError("its themes are not each true, false or null")
    if not {type(label.passage_id), type(label.coder), type(label.origin), type(label.id)} <= {str}:
        raise ValueError("one of passage_id, coder, origin and id is no text")
    return label if label.id else make_label(label)


_LABELS = Form(_label, "is not a label", "Correct or delete that line.", LabelError)


def append_labels(folder: Path, labels: Sequence[Label]) -> None:
    """Add labels to the coder's file; they are on disk when this returns.

    Raises StorageError when the folder takes no more.
    """
    by_coder: dict[str, list[Label]] = defaultdict(list)
    for label in labels:
        by_coder[label.coder].append(label)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for coder, mine in by_coder.items():
            _append(folder / f"{file_name(coder)}.jsonl", mine)
    except OSError as error:
        raise disk_error(error, folder) from error


def file_name(coder: str) -> str:
    """Return a coder's name in letters that every file system takes."""
    return "".join(c if c.isalnum() or c in "-_" else "-" for c in coder) or "unnamed"


def _append(path: Path, labels: Sequence[Label]) -> None:
    """Write whole lines; a line that a crash left torn is closed first, so that it spoils no other."""
    torn = path.exists() and path.read_bytes()[-1:] not in (b"", b"\n")
    lines = "".join(json.dumps(_row(label), ensure_ascii=False) + "\n" for label in labels)
    with path.open("a", encoding="utf-8") as file:
        file.write("\n" * torn + lines)
        file.flush()
        os.fsync(file.fileno())


def _row(label: Label) -> dict[str, Any]:
    return asdict(label) | {"at": label.at.isoformat()}


def renamed(labels: Iterable[Label], codebook: Codebook) -> list[Label]:
    """Give every label the theme ids of today; themes that the codebook never had are left out of the view."""
    return [replace(label, themes=_today(label.themes, codebook)) for label in labels]


def _today(themes: Themes, codebook: Codebook) -> Themes:
    known = {name for theme in codebook.themes for name in (theme.id, *theme.renamed_from)}
    return {codebook.current_id(name): value for name, value in themes.items() if name in known}


def in_force(labels: Iterable[Label]) -> list[Label]:
    """Keep each coder's last word on each passage, theme by theme, and of all adjudicators' words the last.

    What a later label supersedes is gone.
    """
    last: dict[tuple[str, str, str], Label] = {}
    ruling: dict[tuple[str, str], str] = {}
    for label in _standing(labels):
        key = (label.passage_id, label.coder, label.origin)
        before = last[key].themes if key in last else {}
        last[key] = replace(label, themes=before | label.themes)
        if label.origin == ADJUDICATED:
            ruling |= {(label.passage_id, theme): label.coder for theme in label.themes}
    return [kept for label in last.values() if (kept := _not_overruled(label, ruling))]


def _standing(labels: Iterable[Label]) -> list[Label]:
    """Return what no later label supersedes, oldest first."""
    labels = list(labels)
    gone = {label.supersedes for label in labels if label.supersedes}
    return sorted((label for label in labels if label.id not in gone), key=lambda label: label.at)


def _not_overruled(label: Label, ruling: dict[tuple[str, str], str]) -> Label | None:
    """Leave of an adjudicator's label what no other settled later; None where that is nothing."""
    if label.origin != ADJUDICATED:
        return label
    themes = {k: answer for k, answer in label.themes.items() if ruling[label.passage_id, k] == label.coder}
    return replace(label, themes=themes) if themes else None


def adjudicated(labels: Iterable[Label]) -> dict[str, Gold]:
    """Return what holds of each passage: the adjudicator's word, else what the coders agree on."""
    by_passage: dict[str, list[Label]] = defaultdict(list)
    for label in in_force(labels):
        by_passage[label.passage_id].append(label)
    return {name: _gold(name, mine) for name, mine in by_passage.items()}


def _gold(name: str, labels: list[Label]) -> Gold:
    judge = [label for label in labels if label.origin == ADJUDICATED]
    coders = [label for label in labels if label.origin != ADJUDICATED]
    agreed = {theme: _common(coders, theme) for label in coders for theme in label.themes}
    for label in judge:
        agreed |= label.themes
    settled = {theme for label in judge for theme in label.themes}
    split = tuple(sorted(t for t in agreed if t not in settled and _disagree(coders, t)))
    names = tuple(sorted({label.coder for label in coders}))
    drawn = any(label.random_draw for label in labels)
    return Gold(name, labels[-1].text_sha256, agreed, names, bool(judge), drawn, split)


def _common(coders: list[Label], theme: str) -> bool | None:
    said = {label.themes[theme] for label in coders if theme in label.themes}
    return said.pop() if len(said) == 1 else None


def _disagree(coders: list[Label], theme: str) -> bool:
    return {True, False} <= {label.themes.get(theme) for label in coders}
