"""Exports: what a search found, as a file."""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from klumme.errors import InputError
from klumme.query.export import EVERYTHING, FORMS, WRITERS, Wanted, export_hits, save
from klumme.web.asked import query, wants_lines, wants_parts
from klumme.web.lines import find_lines
from klumme.web.pages.words import count_words, wanted_of
from klumme.web.room import Asked, Room

_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "tsv": "text/tab-separated-values; charset=utf-8",
    "jsonl": "application/jsonl; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "tei": "application/tei+xml; charset=utf-8",
}
_ENDINGS = {"tei": "xml", "bibtex": "bib", "csl": "json"}


async def export(request: Request) -> Response:
    """Answer with all that the query finds, in the form that the address ends with."""
    return await _file(request, _lines if wants_lines(dict(request.query_params)) else _passages)


async def export_counts(request: Request) -> Response:
    """Answer with a row for each word and group that the page Ord counts, in the form that the address ends with."""
    return await _file(request, _counts)


async def _file(request: Request, write: Callable[[Room, Asked, str], bytes]) -> Response:
    form, asked = request.path_params["form"], dict(request.query_params)
    content = await run_in_threadpool(write, request.app.state.room, asked, form)
    head = {"content-disposition": f'attachment; filename="klumme.{_ENDINGS.get(form, form)}"'}
    return Response(content, media_type=_TYPES.get(form, "text/plain; charset=utf-8"), headers=head)


def _passages(room: Room, asked: Asked, form: str) -> bytes:
    """Return the passages, or in the forms that hold articles the articles, as bytes of a file."""
    if form not in FORMS:
        raise InputError(f"Der kan ikke hentes som »{form}«.", f"Brug {', '.join(FORMS)}.")
    with TemporaryDirectory() as folder:
        path = Path(folder) / "klumme"
        export_hits(room.store, Wanted(query(asked), compounds=wants_parts(asked)), path, form)
        return path.read_bytes()


def _lines(room: Room, asked: Asked, form: str) -> bytes:
    """Return the lines of a concordance as bytes of a table."""
    if form not in WRITERS:
        raise InputError(f"Linjer kan ikke hentes som »{form}«.", f"Brug {', '.join(WRITERS)}.")
    rows = find_lines(room, asked, EVERYTHING).rows
    plain = [{key: value for key, value in row.items() if key not in ("before", "words", "after")} for row in rows]
    return _table(plain, form)


def _counts(room: Room, asked: Asked, form: str) -> bytes:
    """Return the counts of words as bytes of a table."""
    if form not in WRITERS:
        raise InputError(f"Tal kan ikke hentes som »{form}«.", f"Brug {', '.join(WRITERS)}.")
    counted = map(asdict, count_words(room, wanted_of(asked)))
    return _table([{key: value for key, value in row.items() if key != "address"} for row in counted], form)


def _table(rows: list[dict[str, Any]], form: str) -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "klumme"
        save(WRITERS[form], rows, path)
        return path.read_bytes()
