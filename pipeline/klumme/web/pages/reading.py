"""Læs: an article as a person reads it, with its themes, what carried them, and where everything comes from."""

from collections.abc import Iterator, Mapping
from typing import Any

from klumme.web import danish
from klumme.web.addresses import address
from klumme.web.marks import cut_at_words
from klumme.web.room import Asked, Data, Room

# A word is marked in the text when it weighs at least so much of what the weightiest does; the rest stands beside it.
LEAST = 0.4

_VERSIONS = """
SELECT id, published, updated, fetched_at, id IN (SELECT id FROM current_articles) AS in_force
FROM articles WHERE url = ? ORDER BY fetched_at DESC NULLS LAST, updated DESC NULLS LAST, id
"""
_AUTHOR = "SELECT * EXCLUDE (article_id) FROM politicians WHERE article_id = ?"
_REPEATS = "SELECT id, title, source, published FROM articles WHERE duplicate_of = ? ORDER BY id"
_NEAR = """
SELECT id, title, published FROM current_articles WHERE author = ? AND author <> '' AND id <> ?
ORDER BY published DESC NULLS LAST LIMIT 5
"""


def page(room: Room, asked: Asked) -> Data:
    """Show the article with this id, or the one that a passage with this id stands in."""
    name = asked["name"]
    shown = room.corpus.show(name)
    if shown.kind == "passage":
        shown = room.corpus.show(shown.article["id"])
    article, read = shown.article, room.store.read
    labels, order = room.labels, {theme: n for n, theme in enumerate(room.codebook.ids)}
    blocks = list(_blocks(article["blocks"] or [], [_passage(p, labels, order) for p in shown.passages]))
    return {
        "article": {key: value for key, value in article.items() if key != "blocks"},
        "party": danish.party_name(article["party"]),
        "link": article["url"] if article["url"].startswith(("http://", "https://")) else "",
        "blocks": blocks,
        "themes": _found(blocks),
        "authors": read(_AUTHOR, [article["id"]]),
        "versions": read(_VERSIONS, [article["url"]]),
        "repeats": read(_REPEATS, [article["id"]]),
        "others": read(_NEAR, [article["author"], article["id"]]),
        "author_address": address("/soeg", q=f'forfatter:"{article["author"]}"') if article["author"] else "",
        "provenance": shown.provenance,
        "can_compare": len(room.store.arrays.meant) > 0,
    }


def _passage(passage: Mapping[str, Any], labels: Mapping[str, str], order: Mapping[str, int]) -> Data:
    """Return a passage with the themes it carries, strongest first, and the words that carried them noted."""
    themes = [
        {
            **theme,
            "id": theme["theme"],
            "label": labels.get(theme["theme"], theme["theme"]),
            "number": order.get(theme["theme"], 0) % 8,
        }
        for theme in passage["themes"]
    ]
    tagged = [theme for theme in themes if theme["tagged"]]
    return {
        "kind": passage["kind"],
        "id": passage["id"],
        "ordinal": passage["ordinal"],
        "text": passage["text"],
        "pieces": cut_at_words(passage["text"], _carriers(tagged)),
        "themes": themes,
        "tagged": tagged,
        "entities": passage["entities"],
    }


def _carriers(tagged: list[Data]) -> dict[str, str]:
    """Return for each word that carried a decision what it spoke for; sentences stand beside the passage instead."""
    notes: dict[str, list[str]] = {}
    for theme in tagged:
        words = [carrier for carrier in theme["why"] or () if " " not in carrier["term"]]
        least = LEAST * max((carrier["weight"] for carrier in words), default=0)
        for carrier in words:
            if carrier["weight"] >= least:
                said = f"{theme['label']} +{danish.decimal(carrier['weight'], 1)}"
                notes.setdefault(carrier["term"], []).append(said)
    return {word: " · ".join(said) for word, said in notes.items()}


def _blocks(blocks: list[Mapping[str, str]], passages: list[Data]) -> Iterator[Data]:
    """Put the passages in their places among subheadings, pull quotes and notes."""
    left = {passage["ordinal"]: passage for passage in passages}
    for block in blocks:
        at = next((n for n, p in sorted(left.items()) if p["text"] == block["text"]), None)
        if block["kind"] in ("paragraph", "list") and at is not None:
            yield left.pop(at)
        else:
            yield {"kind": block["kind"], "text": block["text"]}
    yield from (left[n] for n in sorted(left))


def _found(blocks: list[Data]) -> list[Data]:
    """Count the passages that carry each theme, the commonest first."""
    counts: dict[str, Data] = {}
    for theme in (theme for block in blocks for theme in block.get("tagged", ())):
        found = counts.setdefault(
            theme["theme"],
            {"id": theme["theme"], "label": theme["label"], "number": theme["number"], "passages": 0},
        )
        found["passages"] += 1
    return sorted(counts.values(), key=lambda found: (-found["passages"], found["label"]))
