"""What extraction hands on: an article with its passages, or the reason why there is none."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from klumme.extract.author_note import parse_author_note
from klumme.extract.genre import Genre, tell_genre
from klumme.extract.language import detect_language
from klumme.extract.metadata import Metadata
from klumme.extract.text import words
from klumme.records import Article, Block, BlockKind, Passage, PassageKind, Politician

# A piece with fewer words of running text is a notice, a caption or a stub.
SHORTEST = 60
_RUNNING = ("paragraph", "list")


@dataclass(frozen=True, slots=True)
class Skip:
    """Why a page or a file gave no article."""

    reason: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class ExtractedArticle:
    """What a page or a file gave, who wrote it, and how much of what kind was left out of it."""

    url: str
    title: str
    standfirst: str
    author: str
    role: str
    party: str
    municipality: str
    section: str
    tags: tuple[str, ...]
    published: datetime | None
    updated: datetime | None
    language: str
    blocks: tuple[Block, ...]
    genre: Genre = ""
    politician: Politician | None = None
    dropped: dict[str, int] = field(default_factory=dict)

    def note(self, kind: BlockKind) -> str:
        """Return the author note or the column note, empty for none."""
        return " ".join(block.text for block in self.blocks if block.kind == kind)

    @property
    def text(self) -> str:
        """The running text, with a line for each paragraph and each item of a list."""
        return "\n".join(block.text for block in self.blocks if block.kind in _RUNNING)


def assemble(url: str, meta: Metadata, blocks: tuple[Block, ...], dropped: Counter[str]) -> ExtractedArticle:
    """Join what a page states and its blocks; what it does not state of its author is taken from the author note."""
    note = " ".join(block.text for block in blocks if block.kind == "author_note")
    politician = parse_author_note(note, meta.published) if note else None
    text = " ".join(block.text for block in blocks if block.kind in _RUNNING)
    article = ExtractedArticle(
        url=url,
        title=meta.title,
        standfirst=meta.standfirst,
        author=meta.author,
        role=meta.role,
        party=meta.party,
        municipality=meta.municipality,
        section=meta.section,
        tags=meta.tags,
        published=meta.published,
        updated=meta.updated if meta.updated != meta.published else None,
        language=detect_language(text) or meta.language,
        blocks=blocks,
        genre=tell_genre(meta, url, blocks),
        politician=politician,
        dropped={kind: count for kind, count in dropped.items() if count},
    )
    return _with_author(article, politician) if politician else article


def _with_author(article: ExtractedArticle, politician: Politician) -> ExtractedArticle:
    known = article.role or article.party or article.municipality
    return replace(
        article,
        author=article.author or politician.name,
        party=article.party if known or len(politician.party) > 1 else politician.party,
        municipality=article.municipality if known else politician.municipality,
    )


def closed(article: ExtractedArticle) -> Skip:
    """Say that only the beginning of an article is open to all."""
    return Skip("paywall", f"only {len(words(article.text))} words of '{article.title}' are open")


def judge(article: ExtractedArticle, language: str) -> Skip | None:
    """Say why an article is not kept, None where it is: too short, or in another language than the one asked for."""
    count = len(words(article.text))
    if count < SHORTEST:
        return Skip("too short", f"{count} words of running text, {SHORTEST} are needed")
    if language and article.language != language:
        return Skip("language", f"'{article.title}' is in '{article.language or 'an unknown language'}'")
    return None


def stored(
    article: ExtractedArticle, source: str, page_sha256: str = "", fetched_at: datetime | None = None, origin: str = ""
) -> Article:
    """Make the record that the tables keep, with its identifiers and where it came from."""
    text_sha = digest(article.title, article.standfirst, *(f"{block.kind} {block.text}" for block in article.blocks))
    return Article(
        id=digest(article.url, text_sha)[:16],
        url=article.url,
        source=source,
        title=article.title,
        standfirst=article.standfirst,
        author=article.author,
        role=article.role,
        party=article.party,
        municipality=article.municipality,
        section=article.section,
        tags=article.tags,
        published=article.published,
        updated=article.updated,
        language=article.language,
        blocks=article.blocks,
        author_note=article.note("author_note"),
        column_note=article.note("column_note"),
        text_sha256=text_sha,
        page_sha256=page_sha256,
        fetched_at=fetched_at,
        origin=origin,
        genre=article.genre,
    )


def passages_of(article: Article) -> list[Passage]:
    """Cut an article into its passages; ordinals count from 1 in reading order."""
    return list(_passages(article))


def _passages(article: Article) -> Iterator[Passage]:
    seen: Counter[str] = Counter()
    running = [block for block in article.blocks if block.kind in _RUNNING]
    for ordinal, block in enumerate(running, start=1):
        seen[block.text] += 1
        again = (str(seen[block.text]),) if seen[block.text] > 1 else ()
        kind: PassageKind = "list" if block.kind == "list" else "paragraph"
        yield Passage(digest(article.url, block.text, *again)[:16], article.id, ordinal, kind, block.text)


def digest(*parts: str) -> str:
    """Return the SHA-256 of some texts, in hexadecimal; where one ends and the next begins counts."""
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
