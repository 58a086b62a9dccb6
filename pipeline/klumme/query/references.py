"""Write the articles cited as references: BibTeX and CSL-JSON."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from klumme.query.articles import ReadArticle

# What TeX would read as a command.
_TEX = str.maketrans({c: f"\\{c}" for c in "&%$#_{}"} | {"\\": r"\textbackslash{}", "~": r"\~{}", "^": r"\^{}"})


def write_bibtex(articles: Iterable[ReadArticle], path: Path) -> None:
    """Write BibTeX, one @article for each article, with the id as its key."""
    entries = (_bibtex(article.fields) for article in articles)
    path.write_text("\n".join(entries), encoding="utf-8")


def _bibtex(fields: dict[str, Any]) -> str:
    day = fields["published"]
    values = {
        "author": fields["author"].translate(_TEX),
        "title": "{" + fields["title"].translate(_TEX) + "}",
        "journal": fields["source"].translate(_TEX),
        "year": f"{day:%Y}" if day else "",
        "date": f"{day:%Y-%m-%d}" if day else "",
        "url": fields["url"].replace("{", "%7B").replace("}", "%7D"),
        "urldate": f"{fields['fetched_at']:%Y-%m-%d}" if fields["fetched_at"] else "",
    }
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in values.items() if value)
    return f"@article{{klumme-{fields['id']},\n{lines}}}\n"


def write_csl(articles: Iterable[ReadArticle], path: Path) -> None:
    """Write CSL-JSON: citeproc-js.readthedocs.io, "CSL-JSON markup"."""
    items = [_csl(article.fields) for article in articles]
    path.write_text(json.dumps(items, ensure_ascii=False, indent=1), encoding="utf-8")


def _csl(fields: dict[str, Any]) -> dict[str, Any]:
    given, _, family = fields["author"].rpartition(" ")
    item = {
        "id": f"klumme-{fields['id']}",
        "type": "article-newspaper",
        "title": fields["title"],
        "author": [{"family": family, "given": given}] if family else [],
        "container-title": fields["source"],
        "issued": _date(fields["published"]),
        "accessed": _date(fields["fetched_at"]),
        "URL": fields["url"],
        "language": fields["language"],
    }
    return {name: value for name, value in item.items() if value}


def _date(day: Any) -> dict[str, Any] | None:
    return {"date-parts": [[day.year, day.month, day.day]]} if day else None
