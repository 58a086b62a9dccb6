"""Find the body of a page without selectors: trafilatura says where it is, the page's own markup says what it is."""

from collections import Counter

from bs4 import BeautifulSoup

from klumme.extract.blocks import Found, read_blocks
from klumme.extract.boilerplate import strip_page


def generic_body(soup: BeautifulSoup, dropped: Counter[str]) -> list[Found]:
    """Return the blocks of a page's main text."""
    strip_page(soup, dropped)
    return read_blocks(soup.body or soup)
