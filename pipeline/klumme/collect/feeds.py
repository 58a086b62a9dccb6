"""Read feeds (RSS 1 and 2, Atom) and sitemaps (plain, news, index)."""

from lxml import etree

from klumme.collect.entries import Entry, absolute
from klumme.collect.markup import MAX_LINKS, child_text, local, xml

# A sitemap may hold 50,000 addresses; a feed never needs as many.
_MAX_ADDRESSES = 50_000


def parse_feed(content: bytes, url: str) -> list[Entry]:
    """Return the entries of a feed; raises FetchError when it is none."""
    items = [element for element in xml(content, url).iter() if local(element) in ("item", "entry")]
    return [entry for item in items[:MAX_LINKS] if (entry := _item(item, url)).url]


def _item(item: etree._Element, url: str) -> Entry:
    creators = [child for child in item if local(child) == "author"]
    named = child_text(creators[0], "name") if creators else ""
    return Entry(
        url=absolute(url, _link(item)) if _link(item) else "",
        title=child_text(item, "title"),
        author=child_text(item, "creator") or named or child_text(item, "author"),
        published=child_text(item, "pubdate", "published", "date", "issued"),
        updated=child_text(item, "updated", "modified"),
        tags=tuple(tag for child in item if local(child) == "category" and (tag := _category(child))),
    )


def _link(item: etree._Element) -> str:
    for child in item:
        if local(child) == "link" and child.get("href") and child.get("rel", "alternate") == "alternate":
            return str(child.get("href"))
    return child_text(item, "link") or _permanent(item)


def _permanent(item: etree._Element) -> str:
    guid = child_text(item, "guid")
    return guid if guid.startswith(("http://", "https://")) else ""


def _category(element: etree._Element) -> str:
    return (element.get("term") or "".join(element.itertext())).strip()


def parse_sitemap(content: bytes, url: str) -> tuple[list[Entry], list[Entry]]:
    """Return the pages and the further sitemaps that a sitemap names; raises FetchError when it is none."""
    pages: list[Entry] = []
    sitemaps: list[Entry] = []
    for element in xml(content, url):
        if local(element) in ("url", "sitemap") and len(pages) + len(sitemaps) < _MAX_ADDRESSES:
            entry = _address(element, url)
            if entry.url:
                (pages if local(element) == "url" else sitemaps).append(entry)
    return pages, sitemaps


def _address(element: etree._Element, url: str) -> Entry:
    news = next((child for child in element if local(child) == "news"), element)
    location = child_text(element, "loc")
    return Entry(
        url=absolute(url, location) if location else "",
        title=child_text(news, "title"),
        published=child_text(news, "publication_date"),
        updated=child_text(element, "lastmod"),
    )
