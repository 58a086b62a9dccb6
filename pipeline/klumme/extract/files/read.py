"""Read one file of the user into pieces, whatever kind of file it is."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from klumme.errors import InputError, did_you_mean
from klumme.extract.article import ExtractedArticle, Skip
from klumme.extract.files.plain import read_plain
from klumme.extract.files.tabular import read_row, rows_of_csv, rows_of_jsonl
from klumme.extract.metadata import Metadata
from klumme.extract.page import extract_article
from klumme.extract.text import decode

ENDINGS = (".txt", ".html", ".htm", ".jsonl", ".csv", ".docx")
LARGEST = 500_000_000


@dataclass(frozen=True, slots=True)
class Piece:
    """What one file, or one row of it, gave; `origin` names both, as in "klummer.csv:7"."""

    origin: str
    found: ExtractedArticle | Skip | InputError
    source: str = ""


def read_file(path: Path) -> Iterator[Piece]:
    """Read the pieces of a file; a row that cannot be read is an error of its own, and the others come.

    Raises InputError for a file that cannot be read at all: none, a directory, empty, binary, not UTF-8.
    """
    ending = path.suffix.lower()
    content = read_bytes(path)
    if ending not in ENDINGS:
        raise InputError(f"{path.name} has an ending that is not known.", did_you_mean(ending, ENDINGS))
    title = path.stem.replace("-", " ").replace("_", " ")
    if ending == ".docx":
        from klumme.extract.files.word import read_word

        yield Piece(path.name, read_word(content, path.name, title))
    elif ending in (".html", ".htm"):
        yield Piece(path.name, extract_article(decode(content), hosts=None, language=""))
    elif ending == ".txt":
        yield Piece(path.name, read_plain(_text(content, path.name), Metadata(), title))
    else:
        yield from _rows(_text(content, path.name), path.name, ending)


def _rows(text: str, name: str, ending: str) -> Iterator[Piece]:
    rows = rows_of_csv(text, name) if ending == ".csv" else rows_of_jsonl(text, name)
    for number, row in rows:
        origin = f"{name}:{number}"
        if isinstance(row, InputError):
            yield Piece(origin, row)
        else:
            source, found = read_row(row, origin)
            yield Piece(origin, found, source)


def read_bytes(path: Path) -> bytes:
    """Return what a file holds; raises InputError for none, a directory, an empty, huge or forbidden one."""
    if path.is_dir():
        raise InputError(f"{path} is a directory.", f"Name the files in it, as in {path}/*.txt.")
    if not path.exists():
        raise InputError(f"There is no file {path}.", "Check the name.")
    try:
        if path.stat().st_size > LARGEST:
            raise InputError(f"{path.name} has more than {LARGEST // 1_000_000} MB.", "Cut it into smaller files.")
        content = path.read_bytes()
    except OSError as error:
        raise InputError(
            f"{path.name} cannot be read: {error.strerror}.", "Make it readable and add it again."
        ) from error
    if not content.strip():
        raise InputError(f"{path.name} is empty.", "Save its text and add it again.")
    return content


def _text(content: bytes, name: str) -> str:
    if b"\0" in content and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError(f"{name} is binary and no text.", "Save it as text in UTF-8.")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return decode(content)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InputError(f"{name} is not valid UTF-8 (line {line}).", "Save it as UTF-8 and add it again.") from error
