"""Read a piece from plain text, as one copies it from a page or types it: title, standfirst, blocks, notes."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby

from klumme.extract.article import ExtractedArticle, assemble, digest
from klumme.extract.blocks import Found
from klumme.extract.boilerplate import leftover
from klumme.extract.byline import parse_byline
from klumme.extract.dates import parse_time
from klumme.extract.metadata import Metadata
from klumme.extract.text import clean_text, mend, sentences, words
from klumme.extract.typed import type_blocks

_POINT = re.compile(r"^\s*(?:[-–•*·]|\d{1,2}[.)])\s+(?=\S)")
_HEADING = re.compile(r"^\s*#{1,6}\s+")
_BYLINE = re.compile(r"^(?:Af|Skrevet af|Klumme af|Debatindlæg af|Kronik af):?\s+[A-ZÆØÅ]")
_STAMP = re.compile(r"^(?:(?:publiceret|opdateret|udgivet|dato|den|d\.):?\s+|\d)", re.IGNORECASE)
_FIRST_PERSON = {"jeg", "mig", "min", "mit", "mine", "vi", "os", "vores"}
_LONGEST_TITLE = 25
_STANDFIRST = range(8, 61)
# Lines of about this many characters, with none much longer, were broken by a program and not by the writer.
_WRAPPED = range(45, 100)


def read_plain(text: str, given: Metadata, name: str = "", url: str = "") -> ExtractedArticle:
    """Read a text; what is `given` of it is not sought, and `name` is the title of one that has none."""
    chunks = [
        list(_chunk(chunk)) for chunk in re.split(r"\n\s*\n", mend(text).replace("\r\n", "\n").replace("\r", "\n"))
    ]
    return make_article([chunk for chunk in chunks if chunk], given, name, url)


def make_article(chunks: list[list[Found]], given: Metadata, name: str = "", url: str = "") -> ExtractedArticle:
    """Make an article of blocks in chunks, as blank lines part them.

    A piece without an address gets one made from its words, so that the same text is the same piece everywhere.
    """
    dropped: Counter[str] = Counter()
    chunks = list(_without_furniture(chunks, dropped))
    meta, chunks = _title(given, chunks, name)
    meta, chunks = _heads(meta, chunks)
    meta, chunks = _standfirst(meta, chunks)
    found = [block for chunk in chunks for block in chunk]
    blocks = type_blocks(found, (meta.title, meta.standfirst), meta.author, dropped, plain=True)
    own = url or f"added:{digest(*(block.text for block in blocks))[:16]}"
    return assemble(own, meta, blocks, dropped)


def _chunk(chunk: str) -> Iterator[Found]:
    """Read the lines between two blank ones: points, headings, paragraphs."""
    lines = [line for line in chunk.split("\n") if clean_text(line)]
    if _is_wrapped(lines):
        lines = [" ".join(lines)]
    for pointed, group in groupby(lines, key=lambda line: bool(_POINT.match(line))):
        texts = list(group)
        if pointed and len(texts) > 1:
            yield Found("list", "\n".join(clean_text(_POINT.sub("", text)) for text in texts))
        else:
            yield from map(_line, texts)


def _line(text: str) -> Found:
    heading = _HEADING.match(text)
    return Found("subheading" if heading else "paragraph", clean_text(_HEADING.sub("", text)))


def _is_wrapped(lines: list[str]) -> bool:
    full = [len(line.rstrip()) for line in lines[:-1]]
    even = bool(full) and all(length in _WRAPPED for length in full) and len(lines[-1]) < _WRAPPED.stop
    return even and not any(_POINT.match(line) for line in lines) and max(full) - min(full) < 25


def _without_furniture(chunks: list[list[Found]], dropped: Counter[str]) -> Iterator[list[Found]]:
    for chunk in chunks:
        kept = [block for block in chunk if not leftover(block.text)]
        dropped.update(leftover(block.text) for block in chunk if leftover(block.text))
        if kept:
            yield kept


def _title(given: Metadata, chunks: list[list[Found]], name: str) -> tuple[Metadata, list[list[Found]]]:
    """Take the first line as title where it is short and more follows."""
    first = chunks[0][0].text if chunks else ""
    short = 0 < len(words(first)) <= _LONGEST_TITLE and len(sentences(first)) == 1
    if given.title:
        return given, _after(chunks) if first == given.title else chunks
    if short and sum(map(len, chunks)) > 1:
        return replace(given, title=first), _after(chunks)
    return replace(given, title=name), chunks


def _after(chunks: list[list[Found]]) -> list[list[Found]]:
    """Return the chunks without their first block."""
    return [chunk for chunk in (chunks[0][1:], *chunks[1:]) if chunk]


def _heads(meta: Metadata, chunks: list[list[Found]]) -> tuple[Metadata, list[list[Found]]]:
    """Take byline and date from the lines that follow the title."""
    kept: list[list[Found]] = []
    for number, chunk in enumerate(chunks):
        rest = chunk
        if number < 3:
            for block in chunk[:3]:
                meta, used = _head(meta, block.text)
                rest = [other for other in rest if not (used and other is block)]
        kept.append(rest)
    return meta, [chunk for chunk in kept if chunk]


def _head(meta: Metadata, text: str) -> tuple[Metadata, bool]:
    if len(words(text)) <= 20 and _BYLINE.match(text):
        author, role, party = parse_byline(text)
        if author:
            return meta.or_else(Metadata(author=author, role=role, party=party)), True
    moment = parse_time(text) if len(words(text)) <= 8 and _STAMP.match(text) else None
    return (meta.or_else(Metadata(published=moment)), True) if moment else (meta, False)


def _standfirst(meta: Metadata, chunks: list[list[Found]]) -> tuple[Metadata, list[list[Found]]]:
    """Take the first paragraph as standfirst where its place or its voice shows that an editor wrote it."""
    if meta.standfirst or len(chunks) < 2 or chunks[0][0].kind != "paragraph":
        return meta, chunks
    first, rest = chunks[0][0].text, [block for chunk in chunks for block in chunk][1:]
    sized = len(words(first)) in _STANDFIRST and len(sentences(first)) <= 3 and first[-1] in ".!?"
    apart = len(chunks[0]) == 2 and len(words(chunks[0][1].text)) in range(15, 400) and sum(map(len, chunks[1:])) > 2
    if sized and (apart or _editors_voice(first, rest)):
        return replace(meta, standfirst=first), _after(chunks)
    return meta, chunks


def _editors_voice(first: str, rest: list[Found]) -> bool:
    """Tell whether a short opening does not say "I" or "we", while the longer paragraphs below it do."""
    others = [set(words(block.text)) for block in rest]
    personal = sum(bool(_FIRST_PERSON & other) for other in others)
    longer = sum(len(words(block.text)) > len(words(first)) for block in rest)
    return (
        not _FIRST_PERSON & set(words(first))
        and personal >= 2
        and longer * 3 >= len(rest) * 2
        and len(words(first)) <= 35
    )
