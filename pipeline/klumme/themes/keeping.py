"""Keeping the labels of a workspace: what comes in, what goes out, what still fits its text."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from klumme.errors import InputError, LabelError, did_you_mean
from klumme.records import Label
from klumme.tables import disk_error
from klumme.themes.attach import Attached, attach
from klumme.themes.codebook import Codebook, load_codebook
from klumme.themes.drafts import Imported, settle
from klumme.themes.exchange import read, write
from klumme.themes.labels import adjudicated, append_labels, in_force, make_label, parse_labels, read_labels, renamed
from klumme.themes.passages import Joined, join, known_passages
from klumme.workspace import Workspace


def all_labels(workspace: Workspace, codebook: Codebook | None = None) -> list[Label]:
    """Read every label at hand, under the theme ids of today."""
    return renamed(read_labels(workspace.label_folders), codebook or load_codebook(workspace.codebook))


def labelled(workspace: Workspace) -> Joined:
    """Join what holds of each labelled passage to its text."""
    return join(adjudicated(all_labels(workspace)).values(), known_passages(workspace))


def import_files(workspace: Workspace, files: Iterable[tuple[Path, str]], given: dict[str, Any]) -> Imported:
    """Add the labels of files, each with its form, to the workspace's own; all are read before any is added.

    Raises LabelError, CodebookError or InputError for what cannot be read.
    """
    codebook = load_codebook(workspace.codebook)
    drafts = [draft for path, form in files for draft in read(form, read_file(path), codebook)]
    done = settle(drafts, known_passages(workspace), codebook, read_labels(workspace.label_folders), given)
    append_labels(workspace.labels, done.labels)
    return done


def read_file(path: Path) -> str:
    """Return the text of a file; raises InputError when there is none."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read: {error}.", "Name a UTF-8 text file.") from error


def export(workspace: Workspace, form: str, coder: str = "", *, with_text: bool = True) -> str:
    """Return the labels in force as the content of a file of one of the forms.

    Raises LabelError when there are none, or none of the coder that is named.
    """
    labels = _handed_on(workspace)
    if not labels:
        raise LabelError("There are no labels.", "Make some with `klumme label`, or import them.")
    if coder and coder not in (coders := {label.coder for label in labels}):
        raise LabelError(f"There is no coder '{coder}'.", did_you_mean(coder, coders))
    texts = {p.id: p.text for p in known_passages(workspace)} if with_text else {}
    return write(form, [label for label in labels if coder in ("", label.coder)], texts)


def _handed_on(workspace: Workspace) -> list[Label]:
    """Return what holds of each coder's labels; what was put together from several is a label with an id of its own.

    Two labels with one id would be refused wherever both come to lie.
    """
    stored = read_labels(workspace.label_folders)
    said = {label.id: label.themes for label in stored}
    return [
        label if label.themes == said[label.id] else make_label(label)
        for label in in_force(renamed(stored, load_codebook(workspace.codebook)))
    ]


def write_file(path: Path, content: str) -> None:
    """Write a file that a user has named; raises StorageError where that cannot be."""
    try:
        path.write_text(content, encoding="utf-8")
    except OSError as error:
        raise disk_error(error, path) from error


def articles_of(workspace: Workspace) -> dict[str, str]:
    """Return what a bootstrap draws of each passage at hand, by its id: its article, or the column it is part of."""
    return {one.id: one.article if one.natural else one.group for one in known_passages(workspace)}


def attach_files(workspace: Workspace, files: Iterable[Path], drift: Path | None = None) -> Attached:
    """Add the labels of klumme's own files whose text is at hand; the others are written to `drift`, if that is named.

    Raises LabelError for a line that is no label of klumme.
    """
    labels = [label for path in files for label in parse_labels(read_file(path), path.name)]
    done = attach(labels, known_passages(workspace))
    there = {label.id for label in read_labels(workspace.label_folders)}
    append_labels(workspace.labels, [x for x in (*done.fitting, *done.moved) if x.id not in there])
    if drift is not None:
        write_file(drift, write("klumme", [one.label for one in done.drifted], {}))
    return done
