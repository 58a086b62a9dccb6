"""Read what belongs to the passages that were found: text, marked words, themes, article."""

import re
from typing import Any

from klumme.query.binding import Binding
from klumme.query.store import fetch
from klumme.records import Hit

_SHOWN = """
CREATE OR REPLACE TEMP TABLE shown AS
  SELECT found.*, m.passage_id, m.article_id, m.ordinal FROM found JOIN meta AS m USING (passage)
  ORDER BY score DESC, m.published DESC NULLS LAST, m.passage LIMIT ? OFFSET ?
"""
_PASSAGES = """
SELECT shown.*, text, pieces.* EXCLUDE (article_id) FROM shown JOIN texts USING (passage)
JOIN pieces ON pieces.article_id = shown.article_id ORDER BY score DESC, published DESC NULLS LAST, passage
"""
_THEMES = "SELECT passage, theme, p, tagged FROM theme WHERE passage IN (SELECT passage FROM shown) ORDER BY theme"

_EDGE = r"(?<![^\W_])({})(?![^\W_])"


def read_hits(cursor: Any, lemmas: list[str], phrases: list[str], limit: int, offset: int) -> tuple[Hit, ...]:
    """Return the best of the table `found` as hits, with the words of these lemmas and these phrases marked."""
    cursor.execute(_SHOWN, [limit, offset])
    rows = fetch(cursor, _PASSAGES, ())
    marks, themes = _words(cursor, lemmas), _themes(cursor)
    return tuple(
        make_hit(row, marks.get(row["passage"], []) + _phrases(row["text"], phrases), themes.get(row["passage"], []))
        for row in rows
    )


def make_hit(row: dict[str, Any], spans: list[tuple[int, int]], themes: list[dict[str, Any]]) -> Hit:
    """Make a hit from the columns of a passage and its article, its spans and its rows of the theme table."""
    given = {name: row[name] for name in Hit.__dataclass_fields__ if name in row}
    return Hit(
        **given,
        spans=tuple(merge_spans(spans)),
        themes={theme["theme"]: round(theme["p"], 4) for theme in themes},
        tagged=tuple(theme["theme"] for theme in themes if theme["tagged"]),
    )


def _words(cursor: Any, lemmas: list[str]) -> dict[int, list[tuple[int, int]]]:
    bind = Binding()
    spans: dict[int, list[tuple[int, int]]] = {}
    sql = (
        f"SELECT passage, start, start + length(form) AS stop FROM lemma_index WHERE {bind.among('lemma', lemmas)} "  # noqa: S608
        "AND passage IN (SELECT passage FROM shown)"
    )
    for row in fetch(cursor, sql, bind.values) if lemmas else []:
        spans.setdefault(row["passage"], []).append((row["start"], row["stop"]))
    return spans


def _themes(cursor: Any) -> dict[int, list[dict[str, Any]]]:
    themes: dict[int, list[dict[str, Any]]] = {}
    for row in fetch(cursor, _THEMES, ()):
        themes.setdefault(row["passage"], []).append(row)
    return themes


def _phrases(text: str, phrases: list[str]) -> list[tuple[int, int]]:
    patterns = [_EDGE.format(r"\s+".join(map(re.escape, phrase.split()))) for phrase in phrases]
    return [match.span(1) for pattern in patterns for match in re.finditer(pattern, text, re.IGNORECASE)]


def merge_spans(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Sort spans and join those that overlap."""
    merged: list[tuple[int, int]] = []
    for start, stop in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(stop, merged[-1][1]))
        else:
            merged.append((start, stop))
    return merged
