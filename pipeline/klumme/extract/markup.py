"""Read markup into a tree, whatever a server sent."""

import re

from bs4 import BeautifulSoup, Tag

from klumme.extract.text import clean_text, mend

# Pages nest some thirty deep, traps a hundred thousand; beyond this only the text is kept.
DEEPEST = 250
# Elements that only their end tag closes.
_NESTING = "div|span|b|i|em|strong|a|ul|ol|dl|blockquote|section|article|table|font|center|q|cite|small|big|u|s|sub|sup"
_TAG = re.compile(rf"<(/?)(?:{_NESTING})\b", re.IGNORECASE)
_ANY_TAG = re.compile(r"<(/?)([a-z][\w-]*)[^<>]*>", re.IGNORECASE)
_KEPT = frozenset(("html", "head", "meta", "title", "link", "body", "h1", "h2", "h3", "p", "br"))


def prepare(html: str) -> str:
    """Return markup that is safe to parse: mended, and without the nesting of a trap."""
    html = mend(html)
    return html if _depth(html) <= DEEPEST else _ANY_TAG.sub(_flat, html)


def _depth(html: str) -> int:
    deepest = depth = 0
    for match in _TAG.finditer(html):
        depth = max(0, depth - 1) if match[1] else depth + 1
        deepest = max(deepest, depth)
    return deepest


def _flat(match: re.Match[str]) -> str:
    return match[0] if match[2].lower() in _KEPT else " "


def parse_page(html: str) -> BeautifulSoup:
    """Parse what `prepare` returned."""
    return BeautifulSoup(html, "lxml")


def text_of(element: Tag) -> str:
    """Return the clean text of an element."""
    return clean_text(element.get_text())


def first_text(soup: Tag, selector: str) -> str:
    """Return the text of the first element that a selector finds, empty for none."""
    found = soup.select_one(selector) if selector else None
    return text_of(found) if found else ""


def all_texts(soup: Tag, selector: str) -> tuple[str, ...]:
    """Return the texts of all elements that a selector finds, each once."""
    found = soup.select(selector) if selector else []
    return tuple(dict.fromkeys(filter(None, map(text_of, found))))


def attribute(element: Tag, *names: str) -> str:
    """Return the first of these attributes that an element has, empty for none."""
    return next((str(element[name]) for name in names if element.get(name)), "")
