"""Søg: one box, facets with counts, passages with the words marked, or lines in their context."""

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from klumme.errors import MissingError
from klumme.query.concordance import SORTS, Concordance
from klumme.query.export import FORMS, WRITERS
from klumme.query.likeness import Among, like_passage, like_text
from klumme.query.matches import is_pattern
from klumme.query.search import Hits
from klumme.records import Hit
from klumme.web import danish
from klumme.web.addresses import address
from klumme.web.marks import cut
from klumme.web.room import Asked, Data, Room

SIZE, LINES = 20, 50
EXAMPLES = (
    ("samarbejde tema:politisk-ejerskab", "et ord i alle bøjninger, i afsnit med et tema"),
    ('"det nære" OR nærhed fra:2021 -skole', "en vending eller et ord, uden et andet"),
    ('kommune:"Køge" sandsynlighed:0.8', "et sted, og kun det, modellen er sikker på"),
    ('[lemma="tage"] []{0,3} [lemma="ansvar"]', "et mønster af ord"),
)
_SORTS = dict(zip(SORTS, ("venstre", "højre", "træffet", "dato", "kilde", "sandsynlighed"), strict=True))


@dataclass(frozen=True, slots=True)
class Facet:
    """A field that hits are counted by: its heading, and how a value is named and asked for."""

    name: str
    title: str
    label: Callable[[str], str]
    term: Callable[[str], str]


def _quoted(field: str) -> Callable[[str], str]:
    return lambda value: f'{field}:"{value}"' if re.search(r"\W", value) else f"{field}:{value}"


FACETS = (
    Facet("party", "Parti", danish.party_name, _quoted("parti")),
    Facet("municipality", "Kommune", danish.municipality_name, _quoted("kommune")),
    Facet("author", "Forfatter", str, _quoted("forfatter")),
    Facet("source", "Kilde", danish.word, _quoted("kilde")),
    Facet("year", "År", str, lambda value: f"fra:{value} til:{value}"),
)


def page(room: Room, asked: Asked) -> Data:
    """Answer a query with passages, or a pattern with lines; without words, show the newest passages.

    Where a passage (`som`) or a text (`lig`) is given, the passages nearest to it in meaning come first.
    """
    query, number, alike = asked.get("q", "").strip(), _number(asked.get("side", "")), _alike(asked)
    lines = not alike and (asked.get("vis") == "kwic" or is_pattern(query))
    common = {"query": query, "page": number, "examples": EXAMPLES, "sort": asked.get("sorter", ""), "sorts": _SORTS}
    try:
        found = _lines(room, query, asked, number) if lines else _passages(room, query, asked, number)
    except MissingError as error:
        if alike:
            raise
        found = _nothing(danish.explain(error))
    likeness = {"som": alike.get("som", ""), "lig": alike.get("lig", "")}
    return common | found | likeness | _turns(query, asked, number, found) | {"exports": _exports(query, lines, alike)}


def _alike(asked: Asked) -> dict[str, str]:
    """Return what the hits are to be alike: a passage before a text, empty for neither."""
    given = {name: asked.get(name, "").strip() for name in ("som", "lig")}
    return next(({name: value} for name, value in given.items() if value), {})


def _passages(room: Room, query: str, asked: Asked, number: int) -> Data:
    compounds, alike = bool(asked.get("dele")), _alike(asked)
    found = _found(room, alike, Among(query, SIZE, (number - 1) * SIZE, compounds))
    return {
        "view": "passages",
        "can_compare": len(room.store.arrays.meant) > 0,
        "like": found.like,
        "compounds": compounds,
        "total": found.total,
        "size": SIZE,
        "notes": [danish.sentence(note) for note in found.notes],
        "facets": _facets(room, query, found, alike),
        "hits": [_hit(room.labels, hit) for hit in found.hits],
        "lines": [],
        "empty": {},
    }


def _found(room: Room, alike: Mapping[str, str], among: Among) -> Hits:
    if "som" in alike:
        return like_passage(room.store, alike["som"], among)
    if "lig" in alike:
        return like_text(room.store, alike["lig"], among)
    return room.corpus.search(among.query, among.limit, among.offset, among.compounds)


def _lines(room: Room, query: str, asked: Asked, number: int) -> Data:
    view: dict[str, Any] = {"sort": asked.get("sorter", ""), "limit": LINES, "offset": (number - 1) * LINES}
    found = room.corpus.concordance(query, **view) if query else Concordance("", 0, ())
    return _nothing({}) | {
        "view": "lines",
        "size": LINES,
        "total": found.total,
        "lines": [asdict(line) for line in found.lines],
    }


def _nothing(error: dict[str, str]) -> Data:
    return {
        "view": "passages",
        "can_compare": False,
        "like": "",
        "compounds": False,
        "total": 0,
        "size": SIZE,
        "notes": [],
        "facets": [],
        "hits": [],
        "lines": [],
        "empty": error,
    }


def _hit(labels: Mapping[str, str], hit: Hit) -> Data:
    """Return a hit with its text in pieces and its themes, those it carries first."""
    row = {key: value for key, value in asdict(hit).items() if key not in ("themes", "tagged", "extra", "spans")}
    themes = [
        {"id": theme, "label": labels.get(theme, theme), "p": p, "tagged": theme in hit.tagged}
        for theme, p in sorted(hit.themes.items(), key=lambda item: -item[1])
    ]
    return row | {
        "pieces": cut(hit.text, hit.spans),
        "themes": themes,
        "address": f"/laes/{hit.article_id}#{hit.passage_id}",
        "more_like_this": address("/soeg", som=hit.passage_id),
    }


def _facets(room: Room, query: str, found: Hits, alike: Mapping[str, str]) -> list[Data]:
    labels = room.labels
    theme = Facet("theme", "Tema", lambda value: labels.get(value, value), lambda value: f"tema:{value}")
    return [
        {
            "name": facet.name,
            "title": facet.title,
            "values": _values(query, facet, found.facets.get(facet.name, {}), alike),
        }
        for facet in (theme, *FACETS)
    ]


def _values(query: str, facet: Facet, spread: Mapping[str, int], alike: Mapping[str, str]) -> list[Data]:
    return [
        {
            "value": value,
            "label": facet.label(value),
            "count": count,
            "chosen": has_term(query, facet.term(value)),
            "address": address("/soeg", **alike, q=turned(query, facet.term(value))),
        }
        for value, count in _in_order(facet, spread)
    ]


def _in_order(facet: Facet, spread: Mapping[str, int]) -> list[tuple[str, int]]:
    """Years run backwards, all else by number."""
    return sorted(spread.items(), reverse=True) if facet.name == "year" else list(spread.items())


def has_term(query: str, term: str) -> bool:
    """Whether a query has a term as it stands."""
    return re.search(_as_it_stands(term), query) is not None


def turned(query: str, term: str) -> str:
    """Return the query with a term, or without it when it has it."""
    if has_term(query, term):
        return re.sub(r"\s+", " ", re.sub(_as_it_stands(term), " ", query)).strip()
    return f"{query} {term}".strip()


def _as_it_stands(term: str) -> str:
    return rf"(?<!\S){re.escape(term)}(?!\S)"


def _turns(query: str, asked: Asked, number: int, found: Data) -> Data:
    """Return the addresses of the pages before and after, and of the other view."""
    view = {key: asked[key] for key in ("som", "lig", "vis", "sorter", "dele") if asked.get(key)}
    pages = max(1, -(-found["total"] // found["size"]))
    other = "" if found["view"] == "lines" else "kwic"
    return {
        "pages": pages,
        "before": address("/soeg", q=query, **view, side=number - 1) if number > 1 else "",
        "after": address("/soeg", q=query, **view, side=number + 1) if number < pages else "",
        "other_view": "" if is_pattern(query) or not query or _alike(asked) else address("/soeg", q=query, vis=other),
    }


def _exports(query: str, lines: bool, alike: Mapping[str, str]) -> list[dict[str, Any]]:
    if alike:
        return [{"form": "json", "address": address("/soeg.json", **alike, q=query)}]
    view = "kwic" if lines else ""
    return [
        {"form": form, "address": address(f"/soeg.{form}", q=query, vis=view)}
        for form in (*(WRITERS if lines else FORMS), "json")
    ]


def _number(text: str) -> int:
    return max(1, int(text)) if text.isdecimal() and len(text) < 7 else 1
