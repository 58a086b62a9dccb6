"""From one page to one article: a pure function, without files, tables or net."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime

from bs4 import BeautifulSoup, Tag

from klumme.collect.sources import Selectors
from klumme.extract.article import ExtractedArticle, Skip, assemble, closed, judge
from klumme.extract.blocks import Found, read_blocks
from klumme.extract.boilerplate import strip_page
from klumme.extract.generic import generic_body
from klumme.extract.markup import parse_page, prepare, text_of
from klumme.extract.metadata import Metadata, canonical, selected, stated
from klumme.extract.paywall import shows_wall
from klumme.extract.text import decode, words
from klumme.extract.typed import type_blocks
from klumme.records import BlockKind

# A page that shows a paywall and has fewer words of running text than this is its stub.
STUB = 200


def extract_article(
    html: bytes | str,
    url: str = "",
    selectors: Sequence[Selectors] = (),
    hosts: frozenset[str] | None = frozenset(),
    language: str = "da",
) -> ExtractedArticle | Skip:
    """Read one page, or say why it is not taken; an empty `language` takes any. See `read_page`."""
    article, page = read_page(html, url, selectors, hosts)
    return page or judge(article, language) or article


def read_page(
    html: bytes | str,
    url: str = "",
    selectors: Sequence[Selectors] = (),
    hosts: frozenset[str] | None = frozenset(),
) -> tuple[ExtractedArticle, Skip | None]:
    """Read one page: by the selectors that fit it, and for the rest by what any page states.

    The canonical address is believed where it lies on one of `hosts`, with None wherever it lies. Returns the article
    as far as it can be read, and the reason why the page is none or is closed.
    """
    text = prepare(decode(html) if isinstance(html, bytes) else html)
    soup = parse_page(text)
    general = stated(soup)
    own_url = canonical(soup, url, hosts)
    chosen = choose(soup, selectors, general.published)
    skip = None if chosen else _no_article(soup, general, bool(selectors))
    meta = selected(soup, chosen).or_else(general) if chosen else general
    walled = not meta.free or bool(chosen and chosen.paywall and soup.select_one(chosen.paywall))
    wall_shown = shows_wall(soup)
    dropped: Counter[str] = Counter()
    found = _selected_body(soup, chosen, dropped) if chosen else generic_body(text, soup, meta.title, dropped)
    blocks = type_blocks(found, (meta.title, meta.standfirst), meta.author, dropped)
    article = assemble(own_url, meta, blocks, dropped)
    walled = walled or (wall_shown and len(words(article.text)) < STUB)
    return article, skip or (closed(article) if walled else None)


def choose(soup: BeautifulSoup, selectors: Sequence[Selectors], published: datetime | None) -> Selectors | None:
    """Return the first selectors that find their article in a page, those of its day of publication before others."""
    ordered = sorted(selectors, key=lambda given: not (published and given.cover(published.date())))
    return next((given for given in ordered if _fits(soup, given)), None)


def _fits(soup: BeautifulSoup, selectors: Selectors) -> bool:
    wanted = [css for css in (selectors.article, selectors.body) if css]
    return bool(wanted) and all(soup.select_one(css) is not None for css in wanted)


def _no_article(soup: BeautifulSoup, general: Metadata, strict: bool) -> Skip | None:
    """Ask the page what it is; where the selectors of its source do not fit, it has to say itself that it is one."""
    says = bool(general.kind) or (not strict and bool(general.published or len(soup.find_all("p")) > 2))
    return None if says else Skip("no article", "the page does not say that it is one")


def _selected_body(soup: BeautifulSoup, chosen: Selectors, dropped: Counter[str]) -> list[Found]:
    """Read the bodies that the selectors find, then the notes that stand outside of them."""
    strip_page(soup, dropped, ", ".join(filter(None, (chosen.drop, chosen.paywall))))
    bodies = soup.select(chosen.body) if chosen.body else [soup.body or soup]
    marks = dict(_marks(soup, chosen))
    found = [block for body in bodies for block in read_blocks(body, marks)]
    return found + list(_notes_outside(soup, bodies, chosen))


def _marks(soup: BeautifulSoup, chosen: Selectors) -> Iterator[tuple[int, BlockKind]]:
    """Say for elements, by their `id()`, of what kind the selectors say they are; later kinds win."""
    kinds: tuple[BlockKind, ...] = ("paragraph", "list", "subheading", "pull_quote", "author_note", "column_note")
    for kind in kinds:
        css = getattr(chosen, kind)
        for element in soup.select(css) if css else ():
            yield id(element), kind


def _notes_outside(soup: BeautifulSoup, bodies: Sequence[Tag], chosen: Selectors) -> Iterator[Found]:
    kinds: tuple[BlockKind, ...] = ("author_note", "column_note")
    for kind in kinds:
        css = getattr(chosen, kind)
        for element in soup.select(css) if css else ():
            if not any(body is parent for parent in element.parents for body in bodies):
                yield Found(kind, text_of(element), sure=True)
