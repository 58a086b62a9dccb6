"""Show one article or passage, with the way back to the raw page it came from."""

from dataclasses import dataclass, field
from typing import Any

from klumme.errors import MissingError
from klumme.query.store import Store
from klumme.themes.codebook import load_codebook

_FIND = """
SELECT DISTINCT id, what FROM (
  SELECT id, 'article' AS what FROM articles UNION ALL SELECT id, 'passage' FROM passages
) WHERE id = ? OR (length(?) >= 6 AND starts_with(id, ?)) ORDER BY id = ? DESC, id LIMIT 3
"""
_ARTICLE = """
SELECT articles.* EXCLUDE (text_sha256), articles.text_sha256, pages.warc, pages."offset", pages.status,
  articles.id IN (SELECT id FROM current_articles) AS in_force
FROM articles LEFT JOIN pages ON pages.sha256 = articles.page_sha256 AND pages.url = articles.url
WHERE articles.id = ? ORDER BY pages.fetched_at DESC NULLS LAST LIMIT 1
"""
_PASSAGES = """
SELECT id, ordinal, kind, text, article_id FROM passages WHERE {} = ? ORDER BY ordinal, article_id
"""
_THEMES = "SELECT passage_id, theme, p, tagged, why FROM theme_scores WHERE passage_id IN ({}) ORDER BY p DESC, theme"
_ENTITIES = "SELECT passage_id, text, label, link_kind, link_id FROM entities WHERE passage_id IN ({}) ORDER BY start"


@dataclass(frozen=True)
class Shown:
    """One article with some or all of its passages, their themes and entities, and where everything came from."""

    kind: str
    article: dict[str, Any]
    passages: list[dict[str, Any]]
    provenance: dict[str, Any] = field(default_factory=dict)


def show(store: Store, name: str) -> Shown:
    """Show the article or the passage with this id, or with the only id that begins so (6 characters or more).

    Raises MissingError when there is none, or more than one.
    """
    found = store.read(_FIND, [name] * 4)
    if not found or (len(found) > 1 and found[0]["id"] != name):
        raise MissingError(
            f"There is {'more than one' if found else 'no'} article or passage '{name}'.",
            "Copy an id from what `klumme query` shows.",
        )
    kind, key = found[0]["what"], found[0]["id"]
    passages = store.read(_PASSAGES.format("article_id" if kind == "article" else "id"), [key])
    article = store.read(_ARTICLE, [key if kind == "article" else _newest(store, passages)])[0]
    shown = [row for row in passages if row["article_id"] == article["id"]]
    return Shown(kind, article, _with_details(store, shown), _provenance(store, article))


def _newest(store: Store, passages: list[dict[str, Any]]) -> str:
    """Choose, of the versions of an article that share a passage, the one in force."""
    ids = [row["article_id"] for row in passages]
    rows = store.read(f"SELECT id FROM current_articles WHERE id IN ({_marks(ids)})", ids)  # noqa: S608
    return str(rows[0]["id"] if rows else ids[-1])


def _with_details(store: Store, passages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    ids = [row["id"] for row in passages]
    themes, entities = (store.read(sql.format(_marks(ids)), ids) for sql in (_THEMES, _ENTITIES))
    return [
        {
            **{key: row[key] for key in ("id", "ordinal", "kind", "text")},
            "themes": [_without_id(theme) for theme in themes if theme["passage_id"] == row["id"]],
            "entities": [_without_id(entity) for entity in entities if entity["passage_id"] == row["id"]],
        }
        for row in passages
    ]


def _without_id(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key != "passage_id"}


def _marks(values: list[Any]) -> str:
    return ", ".join("?" * len(values)) or "NULL"


def _provenance(store: Store, article: dict[str, Any]) -> dict[str, Any]:
    """Name the page, its place in the raw archive, and the versions that made what is shown."""
    versions = {
        name: store.tables.version(table) for name, table in (("pipeline", "tokens"), ("model", "theme_scores"))
    }
    return {
        "url": article["url"],
        "origin": article["origin"],
        "fetched_at": article["fetched_at"],
        "page_sha256": article["page_sha256"],
        "warc": article["warc"] or "",
        "offset": article["offset"],
        "text_sha256": article["text_sha256"],
        **versions,
        "codebook": load_codebook(store.workspace.codebook).version,
    }
