"""Read what a page says of its article: by selectors, else from JSON-LD, meta tags and the usual markup."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup, Tag

from klumme.collect.sources import Selectors
from klumme.extract.byline import parse_byline
from klumme.extract.dates import parse_time
from klumme.extract.markup import all_texts, attribute, first_text, text_of
from klumme.extract.text import clean_text

_ARTICLE_TYPES = re.compile(
    r"(?:News|Opinion|Scholarly|Reportage|Analysis|Blog|Social)?(?:Article|Posting)$|ReportageNewsArticle"
)
# Where a byline stands, the surest place first.
_BYLINES = (
    "[itemprop=author] [itemprop=name]",
    "[itemprop=author]",
    "[rel~=author]",
    ".author-name",
    ".byline",
    "[class*=forfatter]",
    "[class*=byline]",
    "[class*=author]",
)
_STANDFIRSTS = "[class*=manchet], [class*=standfirst], [class*=underrubrik], [class*=post-excerpt]"
_SITE_NAME = re.compile(r"\s+[|–—-]\s+[^|–—]{2,40}$")


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a page says of its article, apart from the text; empty where it says nothing."""

    title: str = ""
    standfirst: str = ""
    author: str = ""
    role: str = ""
    party: str = ""
    municipality: str = ""
    section: str = ""
    tags: tuple[str, ...] = ()
    published: datetime | None = None
    updated: datetime | None = None
    language: str = ""
    kind: str = ""
    free: bool = True

    def or_else(self, other: "Metadata") -> "Metadata":
        """Fill what is empty here from another reading of the same page."""
        filled = {f.name: getattr(self, f.name) or getattr(other, f.name) for f in fields(self)}
        return replace(self, **filled | {"free": self.free and other.free})


def selected(soup: BeautifulSoup, selectors: Selectors) -> Metadata:
    """Read what the selectors of a source find."""
    names = ("title", "standfirst", "author", "role", "party", "municipality", "section")
    texts: dict[str, Any] = {name: first_text(soup, getattr(selectors, name)) for name in names}
    texts["author"] = re.sub(r"^(?:Af|Skrevet af)\s+", "", ", ".join(all_texts(soup, selectors.author)))
    return Metadata(
        **texts,
        tags=all_texts(soup, selectors.tags),
        published=_time_at(soup, selectors.published),
        updated=_time_at(soup, selectors.updated),
    )


def _time_at(soup: Tag, selector: str) -> datetime | None:
    found = soup.select_one(selector) if selector else None
    return parse_time(attribute(found, "datetime", "content") or text_of(found)) if found else None


def stated(soup: BeautifulSoup) -> Metadata:
    """Read what any page may state: JSON-LD before meta tags before headings and bylines."""
    said = _linked_data(soup).or_else(_meta(soup)).or_else(_visible(soup))
    return replace(said, standfirst=_shown_standfirst(soup, said.standfirst))


def _shown_standfirst(soup: BeautifulSoup, description: str) -> str:
    """Return the standfirst that a page shows, else its description, unless that is how the text begins.

    Many pages describe themselves by their first paragraph; it is a standfirst where it has a class of its own.
    """
    if named := first_text(soup, _STANDFIRSTS):
        return named
    start = description.rstrip(".… ")
    for element in soup.find_all(["p", "div", "h2", "h3", "span"]):
        text = text_of(element) if start and len(element.get_text()) < 4 * len(start) + 400 else ""
        if text and text.startswith(start):
            own = element.get_attribute_list("class")
            alone = bool(own and own[0]) and len(soup.find_all(element.name, class_=own[0])) == 1
            return text if alone and text == description else ""
    return description


def canonical(soup: BeautifulSoup, url: str, hosts: frozenset[str] | None) -> str:
    """Return the address that a page calls its own, if it lies on one of the hosts (None: any), else the one given."""
    link = soup.find("link", rel="canonical")
    try:
        own = urljoin(url, attribute(link, "href")) if isinstance(link, Tag) else ""
        parts = urlsplit(own)
        on_host = hosts is None or parts.hostname in hosts
    except ValueError:
        return url
    return own if on_host and parts.scheme in ("http", "https") and parts.path.strip("/") else url


def _linked_data(soup: BeautifulSoup) -> Metadata:
    for script in soup.find_all("script", type="application/ld+json"):
        try:
            nodes = list(_nodes(json.loads(script.get_text(), strict=False)))
        except (ValueError, RecursionError):
            continue
        for node in nodes:
            if any(_ARTICLE_TYPES.search(kind) for kind in _listed(node.get("@type"))):
                return _from_node(node)
    return Metadata()


def _nodes(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, list):
        for item in value:
            yield from _nodes(item)
    elif isinstance(value, dict):
        yield value
        yield from _nodes(value.get("@graph"))


def _from_node(node: dict[str, Any]) -> Metadata:
    return Metadata(
        title=_said(node.get("headline") or node.get("name")),
        standfirst=_said(node.get("description")),
        author=", ".join(filter(None, (_said(a) for a in _listed(node.get("author"), keep=True)))),
        section=", ".join(_listed(node.get("articleSection"))[:1]),
        tags=_keywords(node.get("keywords")),
        published=parse_time(_said(node.get("datePublished"))),
        updated=parse_time(_said(node.get("dateModified"))),
        language=_said(node.get("inLanguage"))[:2].lower(),
        kind=(_listed(node.get("@type")) or [""])[0],
        free=str(node.get("isAccessibleForFree", True)).lower() not in ("false", "0"),
    )


def _listed(value: Any, keep: bool = False) -> list[Any]:
    items = value if isinstance(value, list) else [value] if value else []
    return items if keep else [clean_text(item) for item in items if isinstance(item, str)]


def _said(value: Any) -> str:
    if isinstance(value, dict):
        value = value.get("name") or value.get("@value")
    return clean_text(value) if isinstance(value, str) else ""


def _keywords(value: Any) -> tuple[str, ...]:
    given = value.split(",") if isinstance(value, str) else _listed(value)
    return tuple(dict.fromkeys(filter(None, map(clean_text, given))))


def _meta(soup: BeautifulSoup) -> Metadata:
    """Read the meta tags, of which each name is taken where it stands first."""
    given: dict[str, list[str]] = {}
    for tag in soup.find_all("meta"):
        name = attribute(tag, "property", "name", "itemprop").lower()
        given.setdefault(name, []).append(clean_text(attribute(tag, "content")))

    def first(*names: str) -> str:
        return next((given[name][0] for name in names if given.get(name) and given[name][0]), "")

    return Metadata(
        title=first("og:title", "twitter:title"),
        standfirst=first("og:description", "description", "twitter:description"),
        author=_person(first("author", "article:author", "dc.creator", "byl")),
        section=first("article:section"),
        tags=tuple(dict.fromkeys(given.get("article:tag", []))) or _keywords(first("news_keywords")),
        published=parse_time(first("article:published_time", "datepublished", "dc.date", "date", "pubdate")),
        updated=parse_time(first("article:modified_time", "datemodified", "og:updated_time")),
        language=str((soup.html or soup).get("lang") or "")[:2].lower() or first("og:locale")[:2].lower(),
        kind="Article" if first("og:type") == "article" else "",
    )


def _person(text: str) -> str:
    """Refuse an address or a newsroom's handle in place of a name."""
    return "" if "/" in text or text.startswith("@") else text


def _visible(soup: BeautifulSoup) -> Metadata:
    """Read headline, standfirst, byline and times from the markup that papers use."""
    heading = first_text(soup, "article h1") or first_text(soup, "h1")
    lines = (first_text(soup, selector) for selector in _BYLINES)
    author, role, party = next(filter(any, map(parse_byline, lines)), ("", "", ""))
    return Metadata(
        title=heading or _SITE_NAME.sub("", first_text(soup, "title")),
        author=author,
        role=role,
        party=party,
        section=first_text(soup, "[rel~=category]"),
        tags=all_texts(soup, "[rel=tag]"),
        published=_time_at(soup, "time[datetime], [itemprop=datePublished]"),
    )
