"""The OpenAPI document of the JSON that every page gives, and of the writes."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from klumme import __version__

_QUESTIONS: dict[str, dict[str, str]] = {
    "/soeg": {
        "q": "A query of the people's language, or a pattern of corpus query language.",
        "side": "The page, from 1.",
        "som": "The id of a passage: the passages nearest to it in meaning come first, q narrows them.",
        "lig": "A sentence: the passages nearest to it in meaning come first, q narrows them.",
        "vis": "kwic for lines in context.",
        "sorter": "Sort lines by left, right, match, date, source, probability or random.",
        "stikproeve": "Draw so many of all lines at random; only they are sorted and shown.",
        "froe": "What chance begins with, 1 unless you say: the same draws the same lines.",
        "dele": "1 to find words also as parts of compounds.",
    },
    "/ord": {
        "ord": "Words or patterns, up to six, with semicolons between them.",
        "efter": "Count by aar, parti, kommune, forfatter or kilde.",
        "dele": "1 to find words also as parts of compounds.",
    },
    "/maerk": {
        "koder": "Who codes.",
        "koe": "blandet, usikker, forskellig, tilfaeldig, or afgoer to settle disagreement.",
        "tema": "One theme only.",
        "afsnit": "One passage, by its id.",
        "fane": "The tab, so that two tabs get different passages.",
        "enighed": "1 for how far the coders agree.",
    },
    "/temaer": {
        "kort": "The theme on the map.",
        "andel": "raa, maerker (by labels), or rettet for shares corrected for the model's errors.",
    },
    "/temaer/{theme}": {"andel": "raa, maerker (by labels), or rettet for shares corrected for the model's errors."},
    "/model": {"version": "A model other than the one in use."},
}
_ERROR = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["status", "what", "way_out"],
            "properties": {
                "status": {"type": "integer"},
                "what": {"type": "string"},
                "way_out": {"type": "string"},
                "query": {"type": "string"},
                "position": {"type": "string"},
            },
        }
    },
}
_WRONG = {
    "description": "What went wrong",
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
}


def document(pages: Iterable[tuple[str, str, Any]], writes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document; what it lists is what the application answers, since both are made from the same tables."""
    paths = {f"{path}.json": {"get": _page(path, page)} for path, _, page in pages}
    for path, write in writes.items():
        paths.setdefault(path, {})["post"] = _write(write)
    paths["/arbejde.json"] = {"get": _operation("How far the work in the background is.")}
    return {
        "openapi": "3.1.0",
        "info": {"title": "klumme", "version": __version__, "description": "The data of every page as JSON."},
        "paths": paths,
        "components": {"schemas": {"Error": _ERROR}},
    }


def _page(path: str, page: Any) -> dict[str, Any]:
    inside = [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in _names(path)]
    asked = [
        {"name": name, "in": "query", "description": what, "schema": {"type": "string"}}
        for name, what in _QUESTIONS.get(path, {}).items()
    ]
    return _operation(page.__doc__) | {"parameters": inside + asked}


def _write(write: Any) -> dict[str, Any]:
    proof = {
        "name": "x-klumme-bevis",
        "in": "header",
        "required": True,
        "description": "The token in the meta element `bevis` of any page, beside the cookie of that page.",
        "schema": {"type": "string"},
    }
    return _operation(write.__doc__) | {"parameters": [proof]}


def _operation(doc: str) -> dict[str, Any]:
    found = {"description": "Done", "content": {"application/json": {"schema": {"type": "object"}}}}
    return {"summary": doc.splitlines()[0], "responses": {"200": found, "default": _WRONG}}


def _names(path: str) -> list[str]:
    return re.findall(r"{(\w+)}", path)
