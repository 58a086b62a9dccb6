"""Coded passages from outside the project, for evaluation only: never trained or tuned on."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from klumme.errors import InputError
from klumme.json_lines import Form, Row, read_lines
from klumme.themes.codebook import Codebook
from klumme.themes.passages import Known, Labelled

T = TypeVar("T")

_ANSWERS = ("themes", "labels", "gold", "tags")
_WAY_OUT = f"Give each line a text and one of {', '.join(_ANSWERS)}."
_ARTICLES = ("article", "article_id", "source", "document", "doc", "column", "url", "author")


def read_outside(path: Path, codebook: Codebook) -> list[Labelled]:
    """Read JSON Lines with a text, its themes (a list, or theme -> yes/no) and, if there is one, its article.

    The first line tells where the themes stand; a theme that holds nowhere in the file counts as not coded there.
    Raises InputError for a line of another form.
    """
    key = next((key for _, key in read_lines(path, _form(_key))), None)
    if key is None:
        raise InputError(f"{path.name} has no coded passages: it is empty.", _WAY_OUT)
    rows = [row for _, row in read_lines(path, _form(partial(_coded, codebook, key)))]
    coded = {theme for _, themes, _ in rows for theme, value in themes.items() if value}
    places = [place or f"passage {number}" for number, (_, _, place) in enumerate(rows)]
    return [
        Labelled(
            Known(f"{path.stem}-{i}", f"{path.name}#{i}", text, place, place), _only(themes, coded), random_draw=True
        )
        for i, ((text, themes, _), place) in enumerate(zip(rows, places, strict=True))
    ]


def _form(make: Callable[[Row], T]) -> Form[T]:
    return Form(make, "is no coded passage", _WAY_OUT, InputError)


def _key(row: Row) -> str:
    for name in _ANSWERS:
        if name in row:
            return name
    raise ValueError(f"its first keys are {sorted(row)}")


def _coded(codebook: Codebook, key: str, row: Row) -> tuple[str, dict[str, bool | None], str]:
    """Return the text of a row, its themes, and its article, empty for none."""
    article = next((str(row[name]) for name in _ARTICLES if row.get(name)), "")
    return str(row["text"]), _themes(row[key], codebook), article


def _themes(given: Any, codebook: Codebook) -> dict[str, bool | None]:
    if isinstance(given, dict):
        known = {name: value for name, value in given.items() if name in codebook.ids}
        return {name: None if value is None else bool(value) for name, value in known.items()}
    if not isinstance(given, list):
        raise TypeError(f"its themes are {given!r:.40}")
    return {name: name in given for name in codebook.ids}


def _only(themes: dict[str, bool | None], coded: set[str]) -> dict[str, bool | None]:
    return {name: value for name, value in themes.items() if name in coded}
