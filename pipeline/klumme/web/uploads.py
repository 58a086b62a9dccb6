"""Files that are dropped on the page: few, small, and of the kinds that `klumme add` reads."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from klumme.errors import InputError, KlummeError
from klumme.extract.added import Added, add_files
from klumme.extract.files.read import ENDINGS
from klumme.report import Progress
from klumme.workspace import Workspace

# Bytes for all files of one upload together, and how many there may be.
LARGEST = 20_000_000
MOST = 50

File = tuple[str, bytes]


def check(files: Sequence[File]) -> None:
    """Raise InputError for an upload without files, or with one of a kind that cannot be read."""
    if not files:
        raise InputError("Der er ingen filer.", "Vælg en eller flere filer.")
    for name, _ in files:
        if Path(name).suffix.lower() not in ENDINGS:
            raise InputError(f"»{Path(name).name}« er ikke af en kendt slags.", f"Brug {', '.join(ENDINGS)}.")


def add(workspace: Workspace, files: Sequence[File], progress: Progress) -> Added:
    """Take the files in by their own names, and keep no copy."""
    with TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{n}" / safe_name(name) for n, (name, _) in enumerate(files)]
        for path, (_, content) in zip(paths, files, strict=True):
            path.parent.mkdir()
            path.write_bytes(content)
        return add_files(workspace, paths, progress)


def safe_name(name: str) -> str:
    """Return the last part of a name, without what a file system may not take."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(c for c in last if c.isprintable() and c not in '<>:"|?*')[-120:].lstrip(".") or "fil"


def problems(errors: Sequence[KlummeError]) -> str:
    """Return what went wrong with single files, as sentences."""
    from klumme.web import danish

    return " ".join(danish.explain(error)["what"] for error in errors)
