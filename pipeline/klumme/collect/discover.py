"""Find the articles of a source, in the way that its file names; every way ends, whatever the server sends."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import count
from urllib.parse import quote, urljoin

from klumme.collect.entries import Entry
from klumme.collect.feeds import parse_feed, parse_sitemap
from klumme.collect.fetch import Answer
from klumme.collect.listing import parse_listing
from klumme.collect.objects import WORDPRESS, parse_objects
from klumme.collect.problems import FetchError
from klumme.collect.sources import Discovery, Fields, Source
from klumme.collect.unpack import gunzip

Read = Callable[[str], Answer]

# So many pages of one listing, or sitemaps of one index, are read in a run.
MAX_LISTINGS = 500
_UNPACKED = 60_000_000
_WORDPRESS = "/wp-json/wp/v2/posts?per_page=100&page={page}&_fields=link,title,date,modified"


@dataclass(frozen=True, slots=True)
class Found:
    """What the listings of a source show, each address once, and which listings could be read and which not."""

    entries: tuple[Entry, ...]
    failed: tuple[tuple[str, FetchError], ...]
    read: tuple[str, ...]


def find(source: Source, read: Read, today: date) -> Found:
    """Go through all discoveries of a source; one that fails does not stop the others."""
    entries: dict[str, Entry] = {}
    failed: list[tuple[str, FetchError]] = []
    whole: list[str] = []
    for how in source.discover:
        listing = how.address or source.base
        try:
            for entry in discover(how, source.base, read, today):
                if entry.url in entries:
                    entries[entry.url] = entries[entry.url].joined(entry)
                elif not how.revisions_only:
                    entries[entry.url] = entry
            whole.append(listing)
        except FetchError as error:
            failed.append((listing, error))
    return Found(tuple(entries.values()), tuple(failed), tuple(whole))


def discover(how: Discovery, base: str, read: Read, today: date) -> Iterator[Entry]:
    """Yield what one discovery finds, each address once; `read` asks for an address and raises FetchError."""
    ways: dict[str, Callable[[], Iterator[Entry]]] = {
        "listing": lambda: _walk(how, base, read, today, _listing),
        "feed": lambda: iter(parse_feed(read(urljoin(base, how.address)).body, urljoin(base, how.address))),
        "sitemap": lambda: _sitemaps(how, base, read),
        "json": lambda: _walk(how, base, read, today, _objects),
        "wordpress": lambda: _walk(how, base, read, today, _posts),
    }
    seen: set[str] = set()
    for entry in ways[how.kind]():
        if entry.url not in seen:
            seen.add(entry.url)
            yield entry


def starts(how: Discovery, base: str, today: date) -> Iterator[str]:
    """Yield the addresses at which a listing begins: one, or one for each page number or window of dates."""
    address = urljoin(base, how.address or (_WORDPRESS if how.kind == "wordpress" else "/"))
    if how.kind == "wordpress" and how.category:
        address += f"&categories={how.category}"
    if "{page}" in address:
        yield from (address.replace("{page}", str(number)) for number in count(how.first_page or _first(how)))
    elif "{from}" in address:
        for low, high in windows(how.since or date(today.year, 1, 1), how.window_days, today):
            first, last = (quote(moment.strftime(how.window_format), ":") for moment in (low, high))
            yield address.replace("{from}", first).replace("{to}", last)
    else:
        yield address


def windows(since: date, days: int, today: date) -> Iterator[tuple[datetime, datetime]]:
    """Yield windows of whole days up to today; their addresses are the same in every run."""
    first = since
    while first <= today:
        last = first + timedelta(days=max(days, 1) - 1)
        yield datetime.combine(first, time.min), datetime.combine(last, time(23, 59, 59))
        first = last + timedelta(days=1)


def _first(how: Discovery) -> int:
    return 1 if how.kind == "wordpress" else 0


Parse = Callable[[Answer, Discovery], tuple[list[Entry], str]]


def _walk(how: Discovery, base: str, read: Read, today: date, parse: Parse) -> Iterator[Entry]:
    """Read listing after listing until one brings nothing new: a calendar without an end brings nothing new either."""
    asked: set[str] = set()
    found: set[str] = set()
    for number, start in enumerate(starts(how, base, today)):
        address, before = start, len(found)
        while address and address not in asked and len(asked) < MAX_LISTINGS:
            asked.add(address)
            entries, following = _page(address, number, how, read, parse)
            new = [entry for entry in entries if entry.url not in found]
            found.update(entry.url for entry in new)
            yield from new
            address = following if new else ""
        if len(asked) >= MAX_LISTINGS:
            raise FetchError("broken-listing", f"{start} goes on after {MAX_LISTINGS} pages")
        if how.address.find("{from}") < 0 and len(found) == before:
            return


def _page(address: str, number: int, how: Discovery, read: Read, parse: Parse) -> tuple[list[Entry], str]:
    """Read one listing; a page number that the site does not have is the end, not a mistake."""
    try:
        return parse(read(address), how)
    except FetchError as error:
        if number and error.reason in ("gone", "odd-status"):
            return [], ""
        raise


def _listing(answer: Answer, how: Discovery) -> tuple[list[Entry], str]:
    return parse_listing(answer.body, answer.header("content-type"), answer.url, how)


def _objects(answer: Answer, how: Discovery) -> tuple[list[Entry], str]:
    return parse_objects(answer.body, answer.url, how.fields, how), ""


def _posts(answer: Answer, how: Discovery) -> tuple[list[Entry], str]:
    fields = how.fields if how.fields != Fields() else WORDPRESS
    return parse_objects(answer.body, answer.url, fields, how), ""


def _sitemaps(how: Discovery, base: str, read: Read) -> Iterator[Entry]:
    """Read a sitemap and those it names, breadth first, each once; `since` leaves out what was last changed before."""
    waiting, asked = [urljoin(base, how.address or "/sitemap.xml")], set[str]()
    since = how.since.isoformat() if how.since else ""
    while waiting and len(asked) < MAX_LISTINGS:
        address = waiting.pop(0)
        if address in asked:
            continue
        asked.add(address)
        pages, further = parse_sitemap(gunzip(read(address).body, _UNPACKED), address)
        yield from (page for page in pages if _since(page, since) and re.search(how.match, page.url))
        waiting += [entry.url for entry in further if _since(entry, since)]


def _since(entry: Entry, day: str) -> bool:
    return not entry.updated or entry.updated[:10] >= day
