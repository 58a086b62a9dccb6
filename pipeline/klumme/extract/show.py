"""Show what one page would give, and store nothing."""

import re
from dataclasses import asdict
from typing import Any

from klumme.extract.article import ExtractedArticle, judge
from klumme.extract.page import read_page


def show_page(html: str, url: str = "") -> dict[str, Any]:
    """Return the article of a page as plain values, with the reasons for which it would be left out.

    `text` is the whole text in reading order, without the pull quotes, which repeat it.
    """
    article, skip = read_page(html, url, hosts=None)
    reasons = [f"{reason.reason}: {reason.detail}" for reason in (skip, judge(article, "da")) if reason]
    return {
        "url": article.url,
        "title": article.title,
        "standfirst": article.standfirst,
        "authors": [name for name in re.split(r", | og ", article.author) if name],
        "role": article.role,
        "party": article.party,
        "municipality": article.municipality,
        "section": article.section,
        "tags": list(article.tags),
        "published": article.published and article.published.isoformat(),
        "updated": article.updated and article.updated.isoformat(),
        "language": article.language,
        "genre": article.genre,
        "blocks": [asdict(block) for block in article.blocks],
        "text": _whole(article),
        "politician": asdict(article.politician) if article.politician else None,
        "left_out": article.dropped,
        "reasons": reasons,
    }


def _whole(article: ExtractedArticle) -> str:
    opening = [article.standfirst] if "standfirst" in article.dropped else []
    return "\n".join([*opening, *(block.text for block in article.blocks if block.kind != "pull_quote")])
