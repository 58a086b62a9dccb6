"""Coded passages from outside the project, for evaluation only: never trained or tuned on."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from klumme.errors import InputError
from klumme.themes.codebook import Codebook
from klumme.themes.passages import Known, Labelled

_ANSWERS = ("themes", "labels", "gold", "tags")
_ARTICLES = ("article", "article_id", "source", "document", "doc", "column", "url", "author")


def read_outside(path: Path, codebook: Codebook) -> list[Labelled]:
    """Read JSON Lines with a text, its themes (a list, or theme -> yes/no) and, if there is one, its article.

    A theme that holds nowhere in the file counts as not coded there. Raises InputError for a file of another form.
    """
    try:
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]
        key = next(name for name in _ANSWERS if name in rows[0])
        said = [_themes(row[key], codebook) for row in rows]
        texts = [str(row["text"]) for row in rows]
    except (OSError, ValueError, KeyError, TypeError, IndexError, StopIteration) as error:
        raise InputError(
            f"{path.name} has no coded passages: {error!r}; its first keys are {_keys(path)}.",
            f"Give each line a text and one of {', '.join(_ANSWERS)}.",
        ) from error
    coded = {theme for themes in said for theme, value in themes.items() if value}
    places = [_article(row, number) for number, row in enumerate(rows)]
    return [
        Labelled(
            Known(f"{path.stem}-{i}", f"{path.name}#{i}", text, place, place), _only(themes, coded), random_draw=True
        )
        for i, (text, themes, place) in enumerate(zip(texts, said, places, strict=True))
    ]


def _themes(given: Any, codebook: Codebook) -> dict[str, bool | None]:
    if isinstance(given, dict):
        known = {name: value for name, value in given.items() if name in codebook.ids}
        return {name: None if value is None else bool(value) for name, value in known.items()}
    return {name: name in set(given) for name in codebook.ids}


def _only(themes: dict[str, bool | None], coded: set[str]) -> dict[str, bool | None]:
    return {name: value for name, value in themes.items() if name in coded}


def _article(row: dict[str, Any], number: int) -> str:
    return next((str(row[key]) for key in _ARTICLES if row.get(key)), f"passage {number}")


def _keys(path: Path) -> Sequence[str]:
    try:
        return sorted(json.loads(path.read_text(encoding="utf-8").splitlines()[0]))
    except (OSError, ValueError, TypeError, IndexError):
        return []
