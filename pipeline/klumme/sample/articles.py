"""The source files of the sample: TOML front matter and typed blocks; also the ground truth for extraction."""

import tomllib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from klumme.errors import InputError
from klumme.records import Block, BlockKind

_MARKS: dict[str, BlockKind] = {
    "## ": "subheading",
    "> ": "pull_quote",
    "@author ": "author_note",
    "@column ": "column_note",
}


@dataclass(frozen=True, slots=True)
class SampleArticle:
    """One piece of the invented newspaper, as its editor filed it.

    `revision` counts from 1; a `repeats` names the slug of the piece that this one brings again.
    """

    slug: str
    title: str
    published: datetime
    blocks: tuple[Block, ...]
    standfirst: str = ""
    author: str = ""
    role: str = ""
    party: str = ""
    municipality: str = ""
    updated: datetime | None = None
    section: str = "Debat"
    tags: tuple[str, ...] = ()
    kind: Literal["article", "page"] = "article"
    language: str = "da"
    paywalled: bool = False
    tdm_reserved: bool = False
    repeats: str = ""
    revision: int = 1

    def note(self, kind: BlockKind) -> str:
        """Return the text of the author note or the column note, empty when there is none."""
        return next((block.text for block in self.blocks if block.kind == kind), "")

    @property
    def body(self) -> tuple[Block, ...]:
        """All blocks but the two notes."""
        return tuple(block for block in self.blocks if block.kind not in ("author_note", "column_note"))

    @property
    def shown(self) -> tuple[Block, ...]:
        """The blocks that a reader without a subscription sees."""
        return self.body[:1] if self.paywalled else self.body


def read_sample(folder: Path) -> list[SampleArticle]:
    """Read all articles of the sample, oldest first, all revisions of each.

    Raises InputError for a file that is not in the sample's format.
    """
    articles = [parse_article(path.read_text(encoding="utf-8"), path.stem) for path in folder.glob("*.txt")]
    return sorted(articles, key=lambda article: (article.published, article.slug, article.revision))


def parse_article(text: str, stem: str) -> SampleArticle:
    """Parse one source file; `stem` is its name without ending, "<slug>" or "<slug>@<revision>".

    Raises InputError when the front matter is missing, is no TOML or has an unknown key.
    """
    slug, _, revision = stem.partition("@")
    try:
        _, matter, body = text.split("+++\n", 2)
        fields: dict[str, Any] = tomllib.loads(matter)
        fields["tags"] = tuple(fields.get("tags", ()))
        return SampleArticle(slug=slug, revision=int(revision or 1), blocks=parse_blocks(body), **fields)
    except (ValueError, TypeError) as error:
        raise InputError(
            f"The sample article '{stem}' cannot be read: {error}.",
            "See corpus/README.md for the format.",
        ) from error


def parse_blocks(body: str) -> tuple[Block, ...]:
    """Split the body into typed blocks at its blank lines."""
    return tuple(_block(chunk.strip()) for chunk in body.split("\n\n") if chunk.strip())


def _block(chunk: str) -> Block:
    if chunk.startswith("- "):
        return Block("list", "\n".join(line.removeprefix("- ").strip() for line in chunk.splitlines()))
    for mark, kind in _MARKS.items():
        if chunk.startswith(mark):
            return Block(kind, chunk.removeprefix(mark).strip())
    return Block("paragraph", chunk)
