"""Write what a query finds to a file: passages as a table, or whole articles as corpus tools and readers want them."""

import csv
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

from klumme.errors import CodebookError, InputError, QueryError, UsageError, did_you_mean
from klumme.query.articles import ReadArticle, read_articles
from klumme.query.corpora import Names, write_conllu, write_tei
from klumme.query.likeness import Among, like
from klumme.query.question import is_pattern
from klumme.query.references import write_bibtex, write_csl
from klumme.query.search import Hits, search
from klumme.query.store import Store
from klumme.records import Hit
from klumme.tables import disk_error
from klumme.themes.codebook import Codebook, Theme, load_codebook

EVERYTHING = 2**31 - 1

Row = Mapping[str, Any]

_NAMES = """
SELECT passage_id, start, "end", label, link_kind, link_id FROM entities JOIN meta USING (passage_id)
WHERE article_id IN (SELECT unnest(?)) ORDER BY passage_id, start
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be written: what a query finds, in the order of `search`, and of it at most `limit` passages.

    With `like` (a text, or the id of a passage) the nearest in meaning come first, as in `klumme.query.likeness`; with
    `compounds` each word is found also as a part of longer ones.
    """

    query: str = ""
    like: str | None = None
    limit: int | None = None
    compounds: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """How many passages or articles a file holds, and what the search noted, such as words the corpus does not have."""

    number: int
    notes: tuple[str, ...] = ()


def export_hits(store: Store, wanted: Wanted, path: Path, form: str = "", text: bool = True) -> int:
    """Write as `write_hits` does, and return only the number of passages or articles."""
    return write_hits(store, wanted, path, form, text).number


def write_hits(store: Store, wanted: Wanted, path: Path, form: str = "", text: bool = True) -> Written:
    """Write one row for each passage, or in the forms of ARTICLES the whole articles, the oldest first.

    Without `text` the rows only point at the passages (stand-off), and references hold the titles, never any text.
    Raises InputError for a form that is not known, UsageError for one that cannot go without text, QueryError for a
    pattern and as `search` does, what `like` in `klumme.query.likeness` raises, CodebookError where TEI cannot name
    the themes, and StorageError when the file cannot be written.
    """
    name = form or ENDINGS.get(path.suffix.lstrip(".").lower(), path.suffix.lstrip(".").lower())
    _must_be_known(name, path)
    _must_fit(name, wanted, text)
    found = _found(store, wanted)
    if name in WRITERS:
        save(WRITERS[name], [flat(hit, text) for hit in found.hits], path)
        return Written(len(found.hits), found.notes)
    ids = sorted({hit.article_id for hit in found.hits}, key=_oldest_first(found.hits))
    save(_article_writer(store, name, ids), read_articles(store, ids), path)
    return Written(len(ids), found.notes)


def _must_be_known(name: str, path: Path) -> None:
    if name not in FORMS:
        raise InputError(f"Nothing can be exported as '{name or path.name}'.", did_you_mean(name, FORMS))


def _must_fit(name: str, wanted: Wanted, text: bool) -> None:
    """Refuse what would otherwise be left out in silence: a file without text that has it, a search for a pattern."""
    if not text and name in FULL:
        fit = ", ".join(form for form in FORMS if form not in FULL)
        raise UsageError(f"{name} holds the whole text and cannot go without it.", f"Without text go: {fit}.")
    if is_pattern(wanted.query):
        raise QueryError(
            f"An export takes words and fields, and '{wanted.query}' is a pattern.",
            "Ask in words, or write the lines of the pattern: klumme kwic PATTERN --limit 100000 --format csv.",
        )


def _article_writer(store: Store, name: str, ids: Sequence[str]) -> Callable[[Iterable[ReadArticle], Path], None]:
    if name != "tei":
        return ARTICLES[name]
    rows = groupby(store.read(_NAMES, [list(ids)]), lambda row: str(row["passage_id"]))
    names: Names = {passage: list(named) for passage, named in rows}
    return partial(write_tei, themes=_themes(store), names=names)


def _themes(store: Store) -> dict[str, Theme]:
    """Return the themes of the codebook, and those that only the model in use has, by the ids in the scores."""
    codebook = load_codebook(store.workspace.codebook)
    return {name: _theme(codebook, name) for name in dict.fromkeys((*codebook.ids, *store.arrays.themes))}


def _theme(codebook: Codebook, name: str) -> Theme:
    try:
        return codebook.theme(name)
    except CodebookError:
        return Theme(id=name, da=name, en="", definition_da="")


def _found(store: Store, wanted: Wanted) -> Hits:
    limit = EVERYTHING if wanted.limit is None else wanted.limit
    if wanted.like is None:
        return search(store, wanted.query, limit, compounds=wanted.compounds)
    return like(store, wanted.like, Among(wanted.query, limit, compounds=wanted.compounds))


def _oldest_first(hits: Sequence[Hit]) -> Callable[[str], tuple[str, str]]:
    days = {hit.article_id: f"{hit.published or ''}" for hit in hits}
    return lambda article: (days[article], article)


def save(write: Callable[[Any, Path], None], content: Any, path: Path) -> None:
    """Write beside the file and rename, so that a failed export leaves an older file whole."""
    temporary = path.with_name(f".{path.name}.part")
    try:
        write(content, temporary)
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise disk_error(error, path.parent) from error


def flat(hit: Hit, text: bool = True) -> dict[str, Any]:
    """Return a hit as one row: a column `p:<theme>` for each probability, the themes it carries in one."""
    spoken = {"text": hit.text, "title": hit.title} if text else {}
    return {
        "passage_id": hit.passage_id,
        "article_id": hit.article_id,
        "ordinal": hit.ordinal,
        **spoken,
        "author": hit.author,
        "party": hit.party,
        "municipality": hit.municipality,
        "published": hit.published,
        "source": hit.source,
        "url": hit.url,
        "page_sha256": hit.page_sha256,
        "spans": " ".join(f"{start}-{stop}" for start, stop in hit.spans),
        "score": hit.score,
        "tagged": " ".join(hit.tagged),
        **{f"p:{theme}": p for theme, p in hit.themes.items()},
    }


def columns(rows: Sequence[Row]) -> list[str]:
    """Return all columns that occur, in the order in which they first do."""
    return list(dict.fromkeys(name for row in rows for name in row))


def write_csv(rows: Sequence[Row], path: Path, delimiter: str = ",") -> None:
    """Write rows as CSV."""
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, columns(rows), delimiter=delimiter)
        out.writeheader()
        out.writerows({key: _plain(value) for key, value in row.items()} for row in rows)


def write_tsv(rows: Sequence[Row], path: Path) -> None:
    """Write rows as tab-separated values."""
    write_csv(rows, path, "\t")


def write_jsonl(rows: Sequence[Row], path: Path) -> None:
    """Write rows as JSON Lines."""
    with path.open("w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps({k: _plain(v) for k, v in row.items()}, ensure_ascii=False) + "\n")


def write_parquet(rows: Sequence[Row], path: Path) -> None:
    """Write rows as Parquet."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    names = columns(rows)
    pq.write_table(pa.table({name: [row.get(name) for row in rows] for name in names}), path, compression="zstd")


def write_xlsx(rows: Sequence[Row], path: Path) -> None:
    """Write rows as an Excel sheet; text stays text even where it begins like a formula."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    book = Workbook(write_only=True)
    sheet = book.create_sheet("klumme")
    names = columns(rows)
    sheet.append(names)
    for row in rows:
        cells = [WriteOnlyCell(sheet) for _ in names]
        for cell, name in zip(cells, names, strict=True):
            value = row.get(name)
            cell.value = ILLEGAL_CHARACTERS_RE.sub("", value) if isinstance(value, str) else value
            if isinstance(value, str):
                cell.data_type = "s"
        sheet.append(cells)
    book.save(path)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


WRITERS: dict[str, Callable[[Sequence[Row], Path], None]] = {
    "csv": write_csv,
    "tsv": write_tsv,
    "jsonl": write_jsonl,
    "parquet": write_parquet,
    "xlsx": write_xlsx,
}

ARTICLES: dict[str, Callable[[Iterable[ReadArticle], Path], None]] = {
    "conllu": write_conllu,
    "tei": write_tei,
    "bibtex": write_bibtex,
    "csl": write_csl,
}
FORMS = (*WRITERS, *ARTICLES)

# The forms that cannot be had without the text of the articles.
FULL = ("conllu", "tei")

# The endings of files that are not the names of their forms.
ENDINGS = {"xml": "tei", "bib": "bibtex", "json": "csl"}
