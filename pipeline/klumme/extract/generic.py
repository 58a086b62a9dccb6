"""Find the body of a page without selectors: trafilatura says which text it is, the page's markup what kind of text."""

import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

import trafilatura
from bs4 import BeautifulSoup
from lxml.etree import _Element

from klumme.extract.blocks import Found, read_blocks
from klumme.extract.boilerplate import leftover, strip_page
from klumme.extract.notes import is_author_note, is_column_note
from klumme.extract.pull_quotes import is_pull_quote
from klumme.extract.text import clean_text, words

# Trafilatura logs what it cannot parse as errors, page by page; here that is an empty text and has its reason.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)

# Of a block's word pairs, so many must stand in the text that trafilatura found.
_COVERED = 0.8
_FEW = 6
# What follows the notes is cut where it is less than one part in so many of what precedes it.
_REST = 3


def generic_body(html: str, soup: BeautifulSoup, title: str, dropped: Counter[str]) -> list[Found]:
    """Return the blocks of a page's main text in reading order, from its title to the notes that end it.

    What trafilatura finds is never lost: where the walk through the markup missed it, it is put back in its place.
    """
    main = _main_text(html)
    strip_page(soup, dropped)
    own = read_blocks(soup.body or soup)
    if not main:
        return own
    return _framed(_put_back(list(_kept(own, _core(own, main))), main), own, title)


def _main_text(html: str) -> list[Found]:
    document = trafilatura.bare_extraction(html, include_comments=False)
    body = getattr(document, "body", None)
    return [] if body is None else [found for element in body for found in _read(element) if found.text]


def _read(element: _Element) -> Iterator[Found]:
    """Read one element of trafilatura's own markup."""
    if element.tag in ("list", "table"):
        items = [" ".join(item.itertext()) for item in element.iter("item", "row")]
        yield Found("list", "\n".join(filter(None, map(clean_text, items))))
    elif element.tag == "head":
        yield Found("subheading", clean_text("".join(element.itertext())))
    elif element.tag != "graphic":
        yield Found("paragraph", clean_text(" ".join(element.itertext())), quoted=element.tag == "quote")


def _framed(found: list[Found], own: Sequence[Found], title: str) -> list[Found]:
    """Cut the kickers above the title, and what stands below the notes on author and column: comments, as a rule."""
    texts = [block.text for block in own]
    above = set(texts[: texts.index(title)]) if title in texts else set()
    found = [block for block in found if block.text not in above or len(words(block.text)) > _FEW]
    notes = [i for i, block in enumerate(found) if is_author_note(block.text) or is_column_note(block.text)]
    end = notes[-1] + 1 if notes else len(found)
    return found if _size(found[end:]) * _REST > _size(found[:end]) else found[:end]


def _size(blocks: Sequence[Found]) -> int:
    return sum(len(block.text) for block in blocks)


def _core(own: Sequence[Found], main: Sequence[Found]) -> list[bool]:
    """Tell for each block whether it is main text; the same text counts again only if trafilatura has it again."""
    known, often, seen = _Text(main), Counter(block.text for block in main), Counter[str]()
    core = []
    for block in own:
        core.append(known.covers(block) and seen[block.text] < max(1, often[block.text]))
        seen[block.text] += core[-1]
    return core


class _Text:
    """The words of the main text, to be asked whether they hold those of a block."""

    def __init__(self, blocks: Sequence[Found]) -> None:
        running = ["¶", *(word for block in blocks for word in (*words(block.text), "¶"))]
        self._line = f" {' '.join(running)} "
        self._pairs = set(pairwise(running))

    def covers(self, block: Found) -> bool:
        """Tell whether a block is part of the main text."""
        own = words(block.text)
        # A few words are found in any text: they count only where they are a block there too.
        whole = own if len(own) > _FEW else ["¶", *own, "¶"]
        if own and f" {' '.join(whole)} " in self._line:
            return True
        pairs = list(pairwise(own))
        return len(pairs) > 4 and sum(pair in self._pairs for pair in pairs) >= _COVERED * len(pairs)


def _kept(own: Sequence[Found], core: Sequence[bool]) -> Iterator[Found]:
    """Keep the main text, and what belongs to it though trafilatura passes it over: quotes, subheadings, the notes."""
    first = core.index(True) if any(core) else len(core)
    last = len(core) - 1 - core[::-1].index(True) if any(core) else -1
    running = [block.text for block, main in zip(own, core, strict=True) if main]
    for place, (block, main) in enumerate(zip(own, core, strict=True)):
        inside = first < place < last
        quote = (block.sure or block.quoted or block.emphasised) and is_pull_quote(block.text, running, 1)
        note = is_author_note(block.text) or is_column_note(block.text)
        heads_text = block.kind == "subheading" and inside and core[place + 1]
        if main or (place > first and (quote or note)) or (inside and block.sure) or heads_text:
            yield replace(block, sure=block.sure and not main)


def _put_back(kept: list[Found], main: Sequence[Found]) -> list[Found]:
    """Insert what of the main text is not among the blocks kept, behind what it follows."""
    have, place = _Text(kept), 0
    for block in main:
        if have.covers(block):
            place = next((i for i, other in enumerate(kept) if _same(other, block) and i >= place - 1), place - 1) + 1
        elif not leftover(block.text):
            kept.insert(place, block)
            place += 1
    return kept


def _same(one: Found, other: Found) -> bool:
    return words(other.text)[:8] == words(one.text)[:8]
