"""Søg: one box, facets with counts, passages with the words marked, or lines in their context."""

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass

from klumme.errors import MissingError
from klumme.query.export import FORMS, WRITERS
from klumme.query.language import FIELDS, parse_query
from klumme.query.likeness import Among, like_passage, like_text
from klumme.query.question import is_pattern
from klumme.query.search import Hits
from klumme.records import Hit
from klumme.web import danish
from klumme.web.addresses import address
from klumme.web.asked import alike, kept, view, wants_lines, wants_parts
from klumme.web.asked import query as query_of
from klumme.web.lines import lines_data
from klumme.web.marks import cut
from klumme.web.room import Asked, Data, Room

SIZE = 20
EXAMPLES = (
    ("samarbejde tema:politisk-ejerskab", "et ord i alle bøjninger, i afsnit med et tema"),
    ('"det nære" OR nærhed fra:2021 -skole', "en vending eller et ord, uden et andet"),
    ('kommune:"Køge" sandsynlighed:0.8', "et sted, og kun det, modellen er sikker på"),
    ('[lemma="tage"] []{0,3} [lemma="ansvar"]', "et mønster af ord"),
)


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
    query, number, lines = query_of(asked), _number(asked.get("side", "")), not alike(asked) and wants_lines(asked)
    try:
        found = lines_data(room, asked, number) if lines else _passages(room, asked, number)
    except MissingError as error:
        if alike(asked):
            raise
        found = {"empty": danish.explain(error)}
    found = _nothing(query, asked) | {"page": number} | found
    return found | _turns(asked, found) | {"exports": _exports(asked, lines)}


def _passages(room: Room, asked: Asked, number: int) -> Data:
    query, compounds = query_of(asked), wants_parts(asked)
    found = _found(room, alike(asked), Among(query, SIZE, (number - 1) * SIZE, compounds))
    return {
        "can_compare": len(room.store.arrays.meant) > 0,
        "like": found.like,
        "compounds": compounds,
        "total": found.total,
        "drawn": found.total,
        "notes": [danish.sentence(note) for note in found.notes],
        "facets": _facets(room, query, found, kept(asked)),
        "hits": [_hit(room.labels, hit) for hit in found.hits],
    }


def _found(room: Room, given: Mapping[str, str], among: Among) -> Hits:
    if "som" in given:
        return like_passage(room.store, given["som"], among)
    if "lig" in given:
        return like_text(room.store, given["lig"], among)
    return room.corpus.search(among.query, among.limit, among.offset, among.compounds)


def _nothing(query: str, asked: Asked) -> Data:
    """Return the data of a page that shows nothing yet."""
    return {
        "query": query,
        "pattern": is_pattern(query),
        "som": asked.get("som", "").strip(),
        "lig": "" if asked.get("som", "").strip() else asked.get("lig", "").strip(),
        "examples": EXAMPLES,
        "view": "passages",
        "sort": asked.get("sorter", ""),
        "sorts": [],
        "sample": "",
        "again": "",
        "rate": None,
        "can_compare": False,
        "like": "",
        "compounds": False,
        "total": 0,
        "drawn": 0,
        "size": SIZE,
        "notes": [],
        "facets": [],
        "hits": [],
        "lines": [],
        "empty": {},
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


def _facets(room: Room, query: str, found: Hits, given: Mapping[str, str]) -> list[Data]:
    labels = room.labels
    theme = Facet("theme", "Tema", lambda value: labels.get(value, value), lambda value: f"tema:{value}")
    return [
        {
            "name": facet.name,
            "title": facet.title,
            "values": _values(query, facet, found.facets.get(facet.name, {}), given),
        }
        for facet in (theme, *FACETS)
    ]


def _values(query: str, facet: Facet, spread: Mapping[str, int], given: Mapping[str, str]) -> list[Data]:
    return [
        {
            "value": value,
            "label": facet.label(value),
            "count": count,
            "chosen": has_term(query, facet.term(value)),
            "address": address("/soeg", **given, q=turned(query, facet.term(value))),
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


def _turns(asked: Asked, found: Data) -> Data:
    """Return the addresses of the pages before and after, and of the other view."""
    number, pages = found["page"], max(1, -(-found["drawn"] // found["size"]))
    given = {"q": found["query"]} | kept(asked)
    here = given | ({"vis": "kwic"} if asked.get("vis") == "kwic" else {}) | view(asked)
    other = given | ({} if found["view"] == "lines" else {"vis": "kwic"})
    return {
        "pages": pages,
        "counted": "" if found["empty"] or alike(asked) else _counted(found["query"], wants_parts(asked)),
        "before": address("/soeg", **here, side=number - 1) if number > 1 else "",
        "after": address("/soeg", **here, side=number + 1) if number < pages else "",
        "other_view": "" if found["pattern"] or not found["query"] or alike(asked) else address("/soeg", **other),
    }


def _counted(query: str, compounds: bool) -> str:
    """Return the address where a query is counted, empty for one without words or that a semicolon would part."""
    terms = [] if is_pattern(query) else [term for clause in parse_query(query).clauses for term in clause]
    worded = is_pattern(query) or any(term.kind not in FIELDS and not term.negated for term in terms)
    return address("/ord", ord=query, dele="1" if compounds else "") if worded and ";" not in query else ""


def _exports(asked: Asked, lines: bool) -> list[dict[str, str]]:
    """Return the addresses of the files that hold what is shown; what is alike is shown as JSON only."""
    forms = () if alike(asked) else WRITERS if lines else FORMS
    given = {"q": query_of(asked)} | kept(asked) | ({"vis": "kwic"} | view(asked) if lines else {})
    return [{"form": form, "address": address(f"/soeg.{form}", **given)} for form in (*forms, "json")]


def _number(text: str) -> int:
    return max(1, int(text)) if text.isdecimal() and len(text) < 7 else 1
