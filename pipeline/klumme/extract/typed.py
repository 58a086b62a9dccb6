"""Give every block its type: running text, subheading, pull quote, list, author note or column note."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest

from klumme.extract.blocks import Found
from klumme.extract.boilerplate import leftover
from klumme.extract.notes import is_author_note, is_column_note
from klumme.extract.pull_quotes import is_pull_quote
from klumme.extract.text import words
from klumme.records import Block

# The notes stand among so many blocks at the end.
_TAIL = 5
# A line with so many words at most, and without a full stop, can be a subheading.
_LONGEST_HEADING = 12
# The ornament before a pull quote: a quotation mark that stands alone.
_OPENING_MARK = re.compile(r"^[\"”“„»«’‘]\s+")
_HEADING_LIKE_QUOTE = 6


def type_blocks(
    found: Sequence[Found], heads: Sequence[str], author: str, dropped: Counter[str], plain: bool = False
) -> tuple[Block, ...]:
    """Return the typed blocks of an article without its page furniture, which is counted in `dropped`.

    `heads` are title and standfirst, which a body may repeat; in `plain` text a short line is a subheading.
    """
    kept = _without_furniture(found, heads, author, dropped)
    kept = _with_notes(kept, author)
    kept = _with_quotes(kept)
    kept = [_as_heading(block, after, plain) for block, after in zip_longest(kept, kept[1:])]
    return tuple(Block(block.kind, _OPENING_MARK.sub("", block.text)) for block in kept)


def _without_furniture(found: Sequence[Found], heads: Sequence[str], author: str, dropped: Counter[str]) -> list[Found]:
    kept: list[Found] = []
    for block in found:
        if kind := leftover(block.text):
            dropped[kind] += 1
        elif len(kept) < 2 and _is_byline(block.text, author):
            dropped["byline"] += 1
        elif len(kept) < 2 and block.text in heads:
            dropped["title" if block.text == heads[0] else "standfirst"] += 1
        elif block.text:
            kept.append(block)
    return kept


def _is_byline(text: str, author: str) -> bool:
    """Tell whether a line above the text says only who wrote it."""
    bare = re.sub(r"^(?:Af|Skrevet af|Tekst):? ", "", text)
    return (
        bool(author)
        and bare.startswith(author)
        and len(words(bare)) <= len(words(author)) + 6
        and bare[-1] not in ".!?"
    )


def _with_notes(found: list[Found], author: str) -> list[Found]:
    head, tail = found[:-_TAIL], found[-_TAIL:]
    return head + [_as_note(block, author) for block in tail]


def _as_note(block: Found, author: str) -> Found:
    if block.sure or block.kind != "paragraph":
        return block
    if is_column_note(block.text):
        return replace(block, kind="column_note")
    return replace(block, kind="author_note") if is_author_note(block.text, author) else block


def _with_quotes(found: list[Found]) -> list[Found]:
    running = [block.text for block in found if block.kind in ("paragraph", "list")]
    return [_as_quote(block, running) for block in found]


def _as_quote(block: Found, running: Sequence[str]) -> Found:
    sentence = block.kind == "subheading" and block.text[-1] in '.!»”"'
    if block.sure or not (block.kind == "paragraph" or sentence):
        return block
    return replace(block, kind="pull_quote") if is_pull_quote(block.text, running, _shortest(block)) else block


def _shortest(block: Found) -> int:
    """Return how many words a repeated block has at least to be a pull quote: few where its look says so too."""
    if block.emphasised == "em" or block.quoted:
        return 2
    headinglike = block.kind == "subheading" or block.text[-1] not in '.!»”"'
    return _HEADING_LIKE_QUOTE if headinglike else 3


def _as_heading(block: Found, after: Found | None, plain: bool) -> Found:
    """See a subheading in a bold line, or in a short line of plain text, that has text below it."""
    candidate = block.kind == "paragraph" and (block.emphasised == "strong" or plain) and after is not None
    if not candidate or after is None or after.kind not in ("paragraph", "list"):
        return block
    short = len(words(block.text)) <= _LONGEST_HEADING and block.text[-1] not in '.,;:…»"”'
    return replace(block, kind="subheading") if short else block
