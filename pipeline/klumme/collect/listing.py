"""Read a listing page: its entries by CSS selectors, and the link to the next page."""

from bs4 import Tag

from klumme.collect.entries import Entry, absolute, tidy
from klumme.collect.markup import MAX_LINKS, soup
from klumme.collect.sources import Discovery


def parse_listing(body: bytes, content_type: str, url: str, how: Discovery) -> tuple[list[Entry], str]:
    """Return the entries of a listing page, in its order, and the address of the next page or an empty text."""
    page = soup(body, content_type)
    cards = page.select(how.entry, limit=MAX_LINKS) if how.entry else page.select(how.link, limit=MAX_LINKS)
    found = [_entry(card, url, how) for card in cards]
    following = page.select_one(how.next) if how.next else None
    href = str(following.get("href", "")) if following else ""
    return [entry for entry in found if entry.url], absolute(url, href) if href else ""


def _entry(card: Tag, url: str, how: Discovery) -> Entry:
    link = card.select_one(how.link) if how.entry else card
    href = str(link.get("href", "")) if link else ""
    return Entry(
        url=absolute(url, href) if href else "",
        title=_text(card, how.title) or (tidy(link.get_text()) if link else ""),
        author=_text(card, how.author),
        published=_time(card, how.published),
        section=_text(card, how.section),
    )


def _text(card: Tag, selector: str) -> str:
    found = card.select_one(selector) if selector else None
    return tidy(found.get_text()) if found else ""


def _time(card: Tag, selector: str) -> str:
    found = card.select_one(selector) if selector else None
    return str(found.get("datetime") or found.get("content") or tidy(found.get_text())) if found else ""
