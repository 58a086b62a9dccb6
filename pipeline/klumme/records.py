"""The records that are handed over between rooms: frozen, carrying where they came from, without behaviour."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

BlockKind = Literal["paragraph", "subheading", "pull_quote", "list", "author_note", "column_note"]
PassageKind = Literal["paragraph", "list"]


@dataclass(frozen=True, slots=True)
class Page:
    """One response as it came from the net; its bytes lie in `warc` at byte `offset`."""

    url: str
    source: str
    fetched_at: datetime
    status: int
    content_type: str
    sha256: str
    warc: str
    offset: int
    etag: str = ""
    last_modified: str = ""
    role: Literal["article", "listing"] = "article"


@dataclass(frozen=True, slots=True)
class Skipped:
    """One thing that was left out, by which stage, and why."""

    stage: str
    source: str
    item: str
    reason: str
    detail: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Block:
    """One typed block of an article, in reading order; the items of a list are parted by line feeds."""

    kind: BlockKind
    text: str


@dataclass(frozen=True, slots=True)
class Office:
    """A post that an author note names; years are None where the note gives none, `end` None also for "now"."""

    title: str
    body: str
    place: str
    party: str
    start: int | None
    end: int | None
    current: bool
    evidence: str


@dataclass(frozen=True, slots=True)
class Politician:
    """What an author note says of a person on the day the article was published."""

    name: str
    as_of: datetime | None
    born: int | None = None
    education: str = ""
    party: str = ""
    municipality: str = ""
    offices: tuple[Office, ...] = ()
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Article:
    """One version of one piece; `id` is made from `url` and the text, so a revision is a new article of the same url.

    `page_sha256` is empty for a file that the user added; `origin` then names the file.
    """

    id: str
    url: str
    source: str
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
    author_note: str
    column_note: str
    text_sha256: str
    page_sha256: str
    fetched_at: datetime | None
    origin: str
    duplicate_of: str = ""
    genre: Literal["opinion", "news", ""] = ""


@dataclass(frozen=True, slots=True)
class Passage:
    """One paragraph (or list) of an article's running text: the unit that is labelled, tagged and found.

    `id` is made from the article's url and the text, so an unchanged passage of a revised article keeps its labels.
    """

    id: str
    article_id: str
    ordinal: int
    kind: PassageKind
    text: str


@dataclass(frozen=True, slots=True)
class Entity:
    """A named entity over the tokens `start` (inclusive) to `end` (exclusive) of a passage.

    `link_kind` is "kommune" or "parti" and `link_id` the official code or the party letter, both empty for none;
    `link_scope` tells whether a place is meant as "kommune" or as town ("by"), "uvis" where the text leaves it open.
    """

    passage_id: str
    start: int
    end: int
    text: str
    label: str
    link_kind: str = ""
    link_id: str = ""
    link_scope: str = ""


@dataclass(frozen=True, slots=True)
class Label:
    """What one coder said of one passage: theme id -> True (yes), False (no) or None (unsure)."""

    passage_id: str
    address: str
    text_sha256: str
    coder: str
    at: datetime
    codebook: int
    themes: dict[str, bool | None]
    origin: str = ""
    random_draw: bool = False
    supersedes: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class Carrier:
    """A word or n-gram of a passage and how much it spoke for the theme, in log-odds."""

    term: str
    weight: float


@dataclass(frozen=True, slots=True)
class ThemeScore:
    """The calibrated probability that a passage carries a theme, and whether it reaches the model's threshold."""

    passage_id: str
    theme: str
    p: float
    tagged: bool
    model: str
    why: tuple[Carrier, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """One passage that answers a query, with the matched words as character spans and all it came from."""

    passage_id: str
    article_id: str
    ordinal: int
    text: str
    spans: tuple[tuple[int, int], ...]
    score: float
    themes: dict[str, float]
    tagged: tuple[str, ...]
    title: str
    author: str
    party: str
    municipality: str
    published: datetime | None
    source: str
    url: str
    page_sha256: str = ""
    extra: dict[str, str] = field(default_factory=dict)
