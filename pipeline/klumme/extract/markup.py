"""Read markup into a tree, whatever a server sent."""

from bs4 import BeautifulSoup, Tag

from klumme.extract.text import clean_text, mend

# What lies deeper is read as plain text: pages nest some thirty deep, traps a hundred thousand.
DEEPEST = 200


def parse_page(html: str) -> BeautifulSoup:
    """Parse a page."""
    return BeautifulSoup(mend(html), "lxml")


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
