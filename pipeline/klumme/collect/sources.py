"""Source files: one recurring column on one site, how its articles are found and how their pages are read."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, get_args, get_origin
from urllib.parse import urlsplit

import soupsieve

from klumme.errors import MissingError, SourceFileError, did_you_mean

T = TypeVar("T")

# What a value must parse as stands beside its type.
Css = Annotated[str, soupsieve.compile]
Pattern = Annotated[str, re.compile]

Kind = Literal["listing", "feed", "sitemap", "json", "wordpress"]


@dataclass(frozen=True, slots=True)
class Fields:
    """Where the objects of a JSON listing keep what: names of keys, with dots for keys within keys."""

    items: str = ""
    url: str = "url"
    title: str = "title"
    published: str = "pub_date"
    updated: str = "last_updated"
    section: str = ""
    tags: str = ""
    author: str = ""
    status: str = ""


@dataclass(frozen=True, slots=True)
class Discovery:
    """One way to find the articles of a source.

    `address` may hold {page}, counted from `first_page` up until a page brings nothing new, or {from} and {to}, the
    ends of windows of `window_days` from `since` on, written in `window_format`. `entry`, `link`, `title`, `author`,
    `published`, `section` and `next` are CSS selectors of a `listing`; `fields`, `time_format` and `status` (the value
    that a published piece has) belong to `json`; `match` is what the addresses of a `sitemap` must contain; `category`
    is the number of a `wordpress` category, 0 for all. With `revisions_only` it finds no articles but tells when those
    that were found by the others have changed.
    """

    kind: Kind = "listing"
    address: str = ""
    revisions_only: bool = False
    first_page: int = 0
    since: date | None = None
    window_days: int = 31
    window_format: str = "%Y-%m-%d %H:%M:%S"
    time_format: str = ""
    status: str = ""
    match: Pattern = ""
    category: int = 0
    entry: Css = ""
    link: Css = "a[href]"
    title: Css = ""
    author: Css = ""
    published: Css = ""
    section: Css = ""
    next: Css = ""
    fields: Fields = field(default_factory=Fields)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which of the pieces found are wanted: each a regular expression, sought regardless of case; empty wants all.

    `any` is sought in all that the listing says of a piece together.
    """

    any: Pattern = ""
    title: Pattern = ""
    author: Pattern = ""
    section: Pattern = ""
    tag: Pattern = ""
    url: Pattern = ""


@dataclass(frozen=True, slots=True)
class Selectors:
    """CSS selectors for the pages published from `valid_from` to `valid_until`, both days included.

    `article` marks that a page is an article; `paragraph`, `subheading`, `pull_quote`, `list`, `author_note` and
    `column_note` are sought in `body` first and, the notes, in the page then; what `drop` finds is taken out before
    anything is read. A time is read from the attribute `datetime` or `content` where there is one.
    """

    valid_from: date | None = None
    valid_until: date | None = None
    article: Css = ""
    title: Css = ""
    standfirst: Css = ""
    author: Css = ""
    role: Css = ""
    party: Css = ""
    municipality: Css = ""
    published: Css = ""
    updated: Css = ""
    section: Css = ""
    tags: Css = ""
    body: Css = ""
    paragraph: Css = "p"
    subheading: Css = "h2, h3, h4"
    pull_quote: Css = ""
    list: Css = "ul, ol"
    author_note: Css = ""
    column_note: Css = ""
    drop: Css = ""
    paywall: Css = ""

    def cover(self, published: date) -> bool:
        """Tell whether they hold for a page published on that day."""
        return (self.valid_from or date.min) <= published <= (self.valid_until or date.max)


@dataclass(frozen=True, slots=True)
class Source:
    """One recurring column on one site; `hosts` are further hosts of the site, `embedded` means the sample server."""

    name: str
    column: str
    publisher: str
    base: str
    embedded: bool = False
    language: str = "da"
    hosts: tuple[str, ...] = ()
    discover: tuple[Discovery, ...] = ()
    filter: Filter = field(default_factory=Filter)
    selectors: tuple[Selectors, ...] = ()

    @property
    def host(self) -> str:
        """The host of the base address, as it is sent."""
        return _ascii(urlsplit(self.base).hostname or "")

    @property
    def all_hosts(self) -> frozenset[str]:
        """The hosts that may be asked: the base's, with and without "www.", and those named in `hosts`."""
        bare = self.host.removeprefix("www.")
        return frozenset({self.host, bare, f"www.{bare}", *map(_ascii, self.hosts)})


def find_source(path: Path, known: list[str]) -> Source:
    """Read the source file at `path`; where there is none, say which source was probably meant.

    Raises MissingError, or SourceFileError as `load_source` does.
    """
    if not path.exists():
        raise MissingError(f"There is no source '{path.stem}'.", did_you_mean(path.stem, known))
    return load_source(path)


def load_source(path: Path) -> Source:
    """Read a source file; the name of the source is the file's name without its ending.

    Raises SourceFileError for a file that is no TOML, an unknown or missing key, a value of the wrong type,
    a selector or regular expression that does not parse, or a base that is no http address.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SourceFileError(f"{path.name} cannot be read: {error}.", "Correct it and try again.") from error
    return parse_source(table, path.stem, path.name)


def parse_source(table: Mapping[str, Any], name: str, where: str) -> Source:
    """Make a Source from the tables of its file; raises SourceFileError as `load_source` does."""
    source = _record(Source, {"name": name, **table}, where)
    if not _is_web(source):
        raise SourceFileError(f"{where} has the base '{source.base}'.", "Write it as https://host.")
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]*", name):
        raise SourceFileError(f"A source cannot be called '{name}'.", "Use a-z, 0-9, - and _ in the file's name.")
    if source.name != name:
        raise SourceFileError(f"{where} is called '{source.name}' inside.", "Remove `name`, or rename the file.")
    return source


def _is_web(source: Source) -> bool:
    try:
        return urlsplit(source.base).scheme in ("http", "https") and bool(source.all_hosts and source.host)
    except ValueError:
        return False


def _ascii(host: str) -> str:
    return host.lower() if host.isascii() else host.encode("idna").decode()


def _record(record: type[T], given: Mapping[str, Any], where: str) -> T:
    known = {f.name: f for f in fields(record)}  # type: ignore[arg-type]
    for key in given:
        if key not in known:
            raise SourceFileError(f"{where} has an unknown key '{key}'.", did_you_mean(key, known))
    for key, f in known.items():
        if key not in given and f.default is MISSING and f.default_factory is MISSING:
            raise SourceFileError(f"{where} lacks the key '{key}'.", f"Add a line `{key} = …`.")
    return record(**{key: _value(known[key].type, value, f"{where} [{key}]") for key, value in given.items()})


def _value(kind: Any, value: Any, where: str) -> Any:
    """Check one value of a source file against the type of its field."""
    if isinstance(kind, type) and is_dataclass(kind) and isinstance(value, Mapping):
        return _record(kind, value, where)
    if get_origin(kind) is tuple and isinstance(value, list):
        return tuple(_value(get_args(kind)[0], item, where) for item in value)
    if get_origin(kind) is Annotated and isinstance(value, str):
        return _parsed(kind.__metadata__[0], value, where)
    if get_origin(kind) is Literal:
        if value not in get_args(kind):
            raise SourceFileError(f"{where} cannot be {value!r}.", did_you_mean(str(value), get_args(kind)))
    elif get_origin(kind) is tuple or type(value) not in (get_args(kind) or (kind,)):
        raise SourceFileError(f"{where} cannot be {value!r}.", f"Write a value of type {_name(kind)}.")
    return value


def _parsed(parse: Any, value: str, where: str) -> str:
    try:
        parse(value) if value else None
    except (soupsieve.SelectorSyntaxError, NotImplementedError, re.error, OverflowError, RecursionError) as error:
        first = next(iter(str(error).splitlines()), "")
        raise SourceFileError(f"{where} does not parse: {first}", "Correct that selector or expression.") from error
    return value


def _name(kind: Any) -> str:
    if is_dataclass(kind):
        return "table"
    if get_origin(kind) in (tuple, Annotated):
        return "list" if get_origin(kind) is tuple else "text"
    return {bool: "true or false", int: "whole number", str: "text"}.get(kind, "date")
