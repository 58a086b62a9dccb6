"""Look at a listing page, and at an article it leads to, and propose a source file for them."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from bs4 import BeautifulSoup, Tag

from klumme.collect.entries import absolute
from klumme.collect.fetch import Answer, Fetcher
from klumme.collect.listing import parse_listing
from klumme.collect.markup import soup
from klumme.collect.permission import Gate
from klumme.collect.problems import FetchError
from klumme.collect.sources import Discovery, Source
from klumme.collect.step import new_pace
from klumme.errors import InputError
from klumme.settings import CollectSettings

# A listing has at least so many cards of one kind.
_FEWEST = 3
_CARDS = ("article", ".views-row", ".teaser", ".card", ".post", "li")
_LINKS = ("h2 a[href]", "h3 a[href]", "a[rel=bookmark]", "a[href]")
_NEXT = ("a[rel=next]", ".pager a.next", "a.next", ".pagination a[rel=next]")

# What news pages use, the most telling first; the first that finds something on the article is proposed.
_FIELDS = {
    "article": "article.type-post | article[class*=node--type] | [itemtype$=Article] | main article | article",
    "title": "h1.entry-title | h1[itemprop=headline] | article h1 | h1",
    "standfirst": ".wp-block-post-excerpt | [class*=manchet] | [class*=standfirst] | .lead | .intro | .subtitle",
    "author": "[itemprop=author] [itemprop=name] | a[rel=author] | [class*=forfatter] | .byline a | .author | .byline",
    "published": "time.published | time[itemprop=datePublished] | meta[property='article:published_time'] | time",
    "updated": "time.updated | time[itemprop=dateModified] | meta[property='article:modified_time']",
    "section": ".cat-links a | [class*=sektion] | [class*=category] a",
    "tags": ".tags-links a | [class*=field-tags] a | a[rel=tag]",
    "body": ".entry-content | [itemprop=articleBody] | [class*=name-body] | .article-body | main article",
    "pull_quote": ".wp-block-pullquote | [class*=citat] | [class*=pullquote] | [class*=pull-quote] | blockquote",
    "author_note": ".author-box p | .author-bio | [class*=author-note]",
    "paywall": "[class*=paywall]",
}
# All of these are dropped, not only the first.
_DROPPED = ("[class*=annonce]", "[class*=advert]", "figure:not([class*=quote])", "aside", "noscript")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A source file as text, and what could not be told."""

    toml: str
    doubts: tuple[str, ...]


def propose(address: str, settings: CollectSettings) -> Proposal:
    """Fetch a listing page and its first article and propose a source file.

    Raises InputError for what is no http address, FetchError when the page cannot be had.
    """
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise InputError(f"'{address}' is no web address.", "Name the page that lists the column, with https://.")
    source = Source("new", "new", "new", f"{parts.scheme}://{parts.netloc}")
    fetcher = Fetcher(source, settings, new_pace(source, settings))
    gate = Gate(source, settings, fetcher, lambda _: None)
    try:
        return describe(fetcher.get(address, allow=gate.allow), lambda url: fetcher.get(url, allow=gate.allow))
    finally:
        fetcher.close()


def describe(answer: Answer, read: Callable[[str], Answer]) -> Proposal:
    """Propose a source file for a listing page that was fetched; `read` is asked for its first article."""
    page = soup(answer.body, answer.header("content-type"))
    discovery, first = _discovery(page, answer)
    doubts = [] if discovery.kind != "listing" or discovery.entry else ["No cards of articles were found: set `entry`."]
    selectors: dict[str, str] = {}
    try:
        article = read(first) if first else None
        selectors = _selectors(soup(article.body, article.header("content-type"))) if article else {}
    except FetchError as error:
        doubts.append(f"The first article could not be read: {error.detail}.")
    if not selectors.get("body"):
        doubts.append("The body was not found: the generic extraction reads these pages.")
    return Proposal("".join(_written(page, answer, discovery, selectors)), tuple(doubts))


def _discovery(page: BeautifulSoup, answer: Answer) -> tuple[Discovery, str]:
    """Choose how to find the articles, and name the first one: the cards of a page tell more than its feed."""
    parts = urlsplit(answer.url)
    address = parts.path + (f"?{parts.query}" if parts.query else "") or "/"
    cards = _cards(page, answer, Discovery(address=address))
    if cards:
        entries, _ = parse_listing(answer.body, answer.header("content-type"), answer.url, cards)
        return cards, entries[0].url
    feed = page.select_one("link[rel=alternate][type*='rss'], link[rel=alternate][type*='atom']")
    if feed and (href := str(feed.get("href", ""))):
        return Discovery("feed", urlsplit(absolute(answer.url, href)).path), ""
    return Discovery(address=address), ""


def _cards(page: BeautifulSoup, answer: Answer, plain: Discovery) -> Discovery | None:
    """Find the selector whose elements each hold one link to an address of their own."""
    for entry in _CARDS:
        for link in _LINKS:
            how = replace(plain, entry=entry, link=link, next=_first(page, _NEXT))
            entries, _ = parse_listing(answer.body, answer.header("content-type"), answer.url, how)
            if len({found.url for found in entries}) >= _FEWEST and _alike(page.select(entry)):
                return replace(how, published="time" if page.select_one(f"{entry} time") else "")
    return None


def _alike(cards: list[Tag]) -> bool:
    """Tell whether the cards stand side by side, as those of a listing do."""
    parents = Counter(id(card.parent) for card in cards)
    return parents.most_common(1)[0][1] >= _FEWEST


def _first(page: BeautifulSoup, selectors: tuple[str, ...]) -> str:
    return next((selector for selector in selectors if page.select_one(selector)), "")


def _selectors(article: BeautifulSoup) -> dict[str, str]:
    found = {name: _first(article, tuple(choices.split(" | "))) for name, choices in _FIELDS.items()}
    found["drop"] = ", ".join(selector for selector in _DROPPED if article.select_one(selector))
    return {name: selector for name, selector in found.items() if selector}


def _written(page: BeautifulSoup, answer: Answer, how: Discovery, selectors: dict[str, str]) -> Iterator[str]:
    """Write the source file, line by line."""
    title = page.title.get_text(" ", strip=True) if page.title else ""
    site = page.select_one("meta[property='og:site_name']")
    parts = urlsplit(answer.url)
    yield "# Proposed by `klumme source new`: look at every line, then try it with `klumme source check`.\n"
    yield _line("column", title.split("|")[0].split(" – ")[0].strip() or parts.path)
    yield _line("publisher", str(site.get("content", "")) if site else parts.netloc)
    yield _line("base", f"{parts.scheme}://{parts.netloc}")
    yield "\n[[discover]]\n"
    yield _line("kind", how.kind)
    for name in ("address", "entry", "link", "published", "next"):
        if value := getattr(how, name):
            yield _line(name, value)
    if selectors:
        yield "\n[[selectors]]\n"
    for name, value in selectors.items():
        yield _line(name, value)


def _line(key: str, value: str) -> str:
    # A JSON text is a TOML text, once the one character is escaped that JSON leaves alone.
    return f"{key} = {json.dumps(value, ensure_ascii=False)}\n".replace("\x7f", "\\u007f")
