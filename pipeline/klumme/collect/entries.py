"""What a listing says of a piece, before its page is fetched."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import urljoin

from klumme.collect.addresses import ascii_url
from klumme.collect.problems import FetchError
from klumme.collect.sources import Filter


@dataclass(frozen=True, slots=True)
class Entry:
    """One piece as a listing shows it; times are kept as they were written there."""

    url: str
    title: str = ""
    author: str = ""
    published: str = ""
    updated: str = ""
    section: str = ""
    tags: tuple[str, ...] = ()

    @property
    def mark(self) -> str:
        """A short hash of what the listing says: when it changes, the piece may have changed."""
        said = "\n".join(tidy(text) for text in (self.title, self.published, self.updated))
        return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()[:16]

    def joined(self, other: "Entry") -> "Entry":
        """Fill what this entry lacks from another one of the same address, and take its later news of a revision."""
        return replace(
            self,
            title=self.title or other.title,
            author=self.author or other.author,
            published=self.published or other.published,
            updated=max(self.updated, other.updated),
            section=self.section or other.section,
            tags=self.tags or other.tags,
        )


def tidy(text: str) -> str:
    """Write a text on one line with single spaces, without soft hyphens and characters of no width."""
    return " ".join(re.sub("[\u00ad\u200b-\u200d\u2060\ufeff]", "", text).split())


def absolute(base: str, link: str) -> str:
    """Resolve a link against the page it stands on, written as it is sent; empty when it is no address."""
    try:
        return ascii_url(urljoin(base, link.strip()))
    except (ValueError, FetchError):
        return ""


def wanted(entry: Entry, wish: Filter) -> bool:
    """Tell whether an entry passes every expression of the filter; what the listing does not say passes."""
    return (
        _passes(wish.any, [" · ".join((entry.title, entry.author, entry.section, *entry.tags, entry.url))])
        and _passes(wish.title, [entry.title])
        and _passes(wish.author, [entry.author])
        and _passes(wish.section, [entry.section])
        and _passes(wish.tag, entry.tags)
        and _passes(wish.url, [entry.url])
    )


def _passes(pattern: str, values: Iterable[str]) -> bool:
    said = [value for value in values if value]
    return not pattern or not said or any(re.search(pattern, value, re.IGNORECASE) for value in said)
