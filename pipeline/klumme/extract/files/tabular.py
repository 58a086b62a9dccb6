"""Read tables of texts: JSON Lines and CSV, one piece a row."""

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any

from klumme.errors import InputError
from klumme.extract.article import ExtractedArticle
from klumme.extract.dates import parse_time
from klumme.extract.files.plain import read_plain
from klumme.extract.metadata import Metadata
from klumme.extract.text import clean_text
from klumme.gazetteer import municipality, party
from klumme.json_lines import values

# What a column may be called, in English or Danish; `text` alone must be there.
COLUMNS = {
    "text": "text tekst body brødtekst content indhold",
    "title": "title titel overskrift rubrik headline",
    "standfirst": "standfirst manchet underrubrik lead",
    "author": "author forfatter skribent byline",
    "role": "role rolle stilling",
    "party": "party parti",
    "municipality": "municipality kommune",
    "published": "published date dato publiceret pub_date",
    "updated": "updated opdateret last_updated",
    "section": "section sektion category kategori",
    "tags": "tags emner emneord keywords",
    "url": "url link adresse address",
    "source": "source kilde medie",
}
_NAMES = {name: column for column, names in COLUMNS.items() for name in names.split()}
_LARGEST_CELL = 10_000_000

Row = Mapping[str, Any]


def rows_of_csv(text: str, name: str) -> Iterator[tuple[int, Row | InputError]]:
    """Yield the rows of a CSV with the numbers of the lines they end on, parted by comma, semicolon or tab.

    Raises InputError when no column holds the text.
    """
    csv.field_size_limit(_LARGEST_CELL)
    head = text.split("\n", 1)[0]
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=head.count), strict=True)
    try:
        _check_columns(list(reader.fieldnames or ()), name)
        while row := next(reader, None):
            yield reader.line_num, row
    except csv.Error as error:
        what = f"{name}, line {reader.line_num} and all below it cannot be read: {error}."
        yield reader.line_num, InputError(what, "Mend its quotes and add the file again.")


def _check_columns(columns: list[str], name: str) -> None:
    if "text" not in {_column(column) for column in columns}:
        shown = ", ".join(column or "''" for column in columns) or "none"
        raise InputError(
            f"{name} has no column 'text'; its columns are: {shown}.", "Call the one with the text 'text'."
        )


def rows_of_jsonl(text: str, name: str) -> Iterator[tuple[int, Row | InputError]]:
    """Yield the objects of a JSON Lines file with their line numbers, and an error for a line that holds none."""
    for number, value in values(text):
        yield number, _object(value, f"{name}, line {number}")


def _object(row: Any, where: str) -> Row | InputError:
    if isinstance(row, ValueError):
        return InputError(f"{where} is not valid JSON: {row}.", "Mend the line and add the file again.")
    if not isinstance(row, dict) or "text" not in {_column(key) for key in row}:
        return InputError(f"{where} has no key 'text'.", "Write each line as an object with the text under 'text'.")
    return row


def read_row(row: Row, name: str) -> tuple[str, ExtractedArticle]:
    """Return the source that a row names, empty for none, and its piece; `name` is the title of one without."""
    cells = {_column(key): value for key, value in row.items() if key and value is not None}
    texts = {column: _text(value) for column, value in cells.items() if column not in ("text", "tags", "")}
    meta = Metadata(
        **{field: texts.get(field, "") for field in ("title", "standfirst", "author", "role", "section")},  # type: ignore[arg-type]
        party=_letter(texts.get("party", "")),
        municipality=_official(texts.get("municipality", "")),
        tags=_tags(cells.get("tags")),
        published=parse_time(texts.get("published", "")),
        updated=parse_time(texts.get("updated", "")),
    )
    url = texts.get("url", "")
    body = str(cells.get("text", ""))
    return texts.get("source", ""), read_plain(body, meta, name, url if url.startswith(("http://", "https://")) else "")


def _column(name: str | None) -> str:
    return _NAMES.get((name or "").strip().lower(), "")


def _text(value: Any) -> str:
    return clean_text(", ".join(map(str, value)) if isinstance(value, list) else str(value))


def _tags(value: Any) -> tuple[str, ...]:
    given = value if isinstance(value, list) else str(value or "").replace(";", ",").split(",")
    return tuple(dict.fromkeys(filter(None, (clean_text(str(tag)) for tag in given))))


def _letter(given: str) -> str:
    """Return the letter of a party, or what was given where it is none, as for a local list."""
    found = party(given.strip("()")) if given else None
    return found.letter if found else given


def _official(given: str) -> str:
    found = municipality(given) if given else None
    return found.name if found else given
