"""Labels on their way in: rows from a file, before it is known which passage they speak of."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from klumme.errors import LabelError
from klumme.records import Label
from klumme.themes.codebook import Codebook
from klumme.themes.labels import CODER, Themes, in_force, make_label, moment, now, renamed, text_hash
from klumme.themes.passages import Known

_ANSWERS: dict[bool | None, set[str]] = {
    True: {"true", "yes", "ja", "1", "1.0", "x"},
    False: {"false", "no", "nej", "0", "0.0"},
    None: {"none", "null", "unsure", "usikker", "?"},
}


@dataclass(frozen=True, slots=True)
class Draft:
    """A label as a file gives it; what is empty is filled in from the passage, or from what is said on import."""

    where: str
    themes: Themes | list[str]
    passage_id: str = ""
    text: str = ""
    address: str = ""
    coder: str = ""
    at: str = ""
    codebook: int = 0
    origin: str = ""
    random_draw: bool = False
    supersedes: str = ""
    text_sha256: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import brings: new labels, how many were there already, how many change an older one, what was refused.

    `late` are those given before what their coder says now, which holds; `refused` names each row whose passage cannot
    be found.
    """

    labels: list[Label] = field(default_factory=list)
    known: int = 0
    changed: int = 0
    late: int = 0
    refused: list[str] = field(default_factory=list)


def make_draft(row: dict[str, Any], where: str) -> Draft:
    """Make a draft of a row, leaving out the keys that labels do not have; raises LabelError without themes."""
    if "themes" not in row:
        raise LabelError(f"{where} has no themes.", "Give each row passage_id or text, coder and themes.")
    themes = row["themes"]
    if isinstance(themes, dict):
        themes = {name: said(value, where) for name, value in themes.items()}
    elif not isinstance(themes, list) or not all(isinstance(name, str) for name in themes):
        raise LabelError(f"{where} has themes {themes!r}.", "List those that hold, or give each yes, no or unsure.")
    known = {key: _plain(value, where, key) for key, value in row.items() if key in _KINDS and value is not None}
    return Draft(where, themes, **known)


def _plain(value: Any, where: str, key: str) -> Any:
    """Take a number for a text and a text for a number, as tables have them; raises LabelError for anything else."""
    kind = _KINDS[key]
    with suppress(ValueError, OverflowError):
        if isinstance(value, kind if kind is bool else str | int | float):
            return kind(value)
    raise LabelError(f"{where} has {key} {value!r}.", f"Write it as {_CALLED[kind]}.")


_FIELDS = Draft.__dataclass_fields__.keys() - {"where", "themes"}
_KINDS: dict[str, type[str | int]] = dict.fromkeys(_FIELDS, str) | {"codebook": int, "random_draw": bool}
_CALLED = {str: "text", int: "a whole number", bool: "true or false"}


def said(value: Any, where: str) -> bool | None:
    """Read one answer, yes, no or unsure; raises LabelError for any other."""
    word = str(value).strip().casefold()
    for answer, words in _ANSWERS.items():
        if word in words:
            return answer
    raise LabelError(f"{where} says '{value}' of a theme.", "Write yes, no or unsure (or 1, 0 and ?).")


def settle(
    drafts: Iterable[Draft],
    known: Sequence[Known],
    codebook: Codebook,
    old: Iterable[Label],
    given: dict[str, Any] | None = None,
) -> Imported:
    """Turn drafts into labels; `given` says coder, origin and random_draw where a row does not.

    A label that is there already is counted, not added; one that changes its coder's word supersedes it, unless it says
    that it was given before that word. A row that came back from an export with another answer or coder is a new label.
    Raises LabelError for an unknown theme or a row without a coder, before anything is added.
    """
    by_id = {p.id: p for p in known}
    by_hash = {text_hash(p.text): p for p in known}
    labels, stored = [], {label.id: label for label in old}
    last = {(label.passage_id, label.coder, label.origin): label for label in in_force(stored.values())}
    repeated, changed, late, refused = 0, 0, 0, []
    for draft in drafts:
        passage = by_id.get(draft.passage_id) or by_hash.get(draft.text_sha256 or text_hash(draft.text))
        if passage is None and not (draft.passage_id and (draft.text or draft.text_sha256)):
            refused.append(f"{draft.where}: no passage {draft.passage_id or 'with this text'} is at hand")
            continue
        label = _label(draft, passage, codebook, given or {})
        before = last.get((label.passage_id, label.coder, label.origin))
        if _is_known(label, stored.get(label.id), before, codebook):
            repeated += 1
            continue
        if label.id in stored:
            label = make_label(replace(label, at=now(), supersedes=""))
        if before is not None and label.at < before.at:
            late += 1
            labels.append(label)
            continue
        if before is not None and not label.supersedes:
            changed += 1
            # What the row does not speak of stays as it was.
            label = make_label(replace(label, themes=before.themes | label.themes, supersedes=before.id))
        last[label.passage_id, label.coder, label.origin] = label
        labels.append(label)
    return Imported(labels, repeated, changed, late, refused)


def _is_known(label: Label, same: Label | None, before: Label | None, codebook: Codebook) -> bool:
    """Tell whether a label came back as it was given, whatever its coder said since, or says nothing new."""
    [given] = renamed([label], codebook)
    there = renamed([one for one in (same, before) if one], codebook)
    if same and (there[0].coder, there[0].origin, there[0].themes) == (given.coder, given.origin, given.themes):
        return True
    return before is not None and there[-1].themes == there[-1].themes | given.themes


def _label(draft: Draft, passage: Known | None, codebook: Codebook, given: dict[str, Any]) -> Label:
    label = Label(
        passage_id=passage.id if passage else draft.passage_id,
        address=draft.address or (passage.address if passage else ""),
        text_sha256=draft.text_sha256 or text_hash(draft.text or (passage.text if passage else "")),
        coder=_coder(draft, given),
        at=_time(draft),
        codebook=draft.codebook or codebook.version,
        themes=_themes(draft, codebook),
        origin=draft.origin or given.get("origin") or CODER,
        random_draw=draft.random_draw or bool(given.get("random_draw")),
        supersedes=draft.supersedes,
        id=draft.id,
    )
    return label if label.id else make_label(label)


def _coder(draft: Draft, given: dict[str, Any]) -> str:
    coder = draft.coder or given.get("coder") or ""
    if not coder:
        raise LabelError(f"{draft.where} names no coder.", "Say who coded it with --coder NAME.")
    return str(coder)


def _time(draft: Draft) -> datetime:
    try:
        return moment(draft.at) if draft.at else now()
    except ValueError as error:
        raise LabelError(f"{draft.where} has no ISO time: '{draft.at}'.", "Write it as 2025-01-31T12:00:00.") from error


def _themes(draft: Draft, codebook: Codebook) -> Themes:
    """Check the themes against the codebook; a list names those that hold, and all others then do not."""
    if isinstance(draft.themes, list):
        said = {codebook.current_id(name) for name in draft.themes}
        return {name: name in said for name in codebook.ids}
    for name in draft.themes:
        codebook.current_id(name)
    return dict(draft.themes)
