"""Read JSON listings: lists of objects by a map of fields, and the WordPress REST API."""

import html
import json
import re
from datetime import datetime
from typing import Any

from klumme.collect.entries import Entry, absolute
from klumme.collect.markup import MAX_LINKS
from klumme.collect.problems import FetchError
from klumme.collect.sources import Discovery, Fields

WORDPRESS = Fields(url="link", title="title.rendered", published="date", updated="modified")


def parse_objects(content: bytes, url: str, fields: Fields, how: Discovery) -> list[Entry]:
    """Return the entries of a JSON listing; raises FetchError when it is no list of objects."""
    try:
        rows = _at(json.loads(content), fields.items)
    except (ValueError, RecursionError) as error:
        raise FetchError("broken-listing", f"{url} is no JSON") from error
    if not isinstance(rows, list):
        raise FetchError("broken-listing", f"{url} holds no list" + (f" at '{fields.items}'" if fields.items else ""))
    wanted = [row for row in rows[:MAX_LINKS] if isinstance(row, dict) and _published(row, fields, how)]
    return [entry for row in wanted if (entry := _entry(row, url, fields, how)).url]


def _published(row: dict[str, Any], fields: Fields, how: Discovery) -> bool:
    return not how.status or _text(row, fields.status) == how.status


def _entry(row: dict[str, Any], url: str, fields: Fields, how: Discovery) -> Entry:
    link = _text(row, fields.url)
    tags = _at(row, fields.tags) if fields.tags else ""
    return Entry(
        url=absolute(url, link) if link else "",
        title=html.unescape(re.sub(r"<[^<>]*>", "", _text(row, fields.title))),
        author=_text(row, fields.author),
        published=_time(_text(row, fields.published), how.time_format),
        updated=_time(_text(row, fields.updated), how.time_format),
        section=_text(row, fields.section),
        tags=tuple(str(tag) for tag in tags) if isinstance(tags, list) else _split(tags),
    )


def _split(tags: Any) -> tuple[str, ...]:
    return tuple(tag.strip() for tag in tags.split(",") if tag.strip()) if isinstance(tags, str) else ()


def _time(said: str, form: str) -> str:
    """Write a time as ISO 8601 so that later is greater; leave what does not have the form as it was."""
    try:
        return datetime.strptime(said, form).isoformat() if form else said
    except ValueError:
        return said


def _text(row: Any, name: str) -> str:
    found = _at(row, name) if name else ""
    return str(found).strip() if isinstance(found, (str, int, float)) and not isinstance(found, bool) else ""


def _at(value: Any, name: str) -> Any:
    for key in name.split(".") if name else ():
        value = value.get(key) if isinstance(value, dict) else None
    return value
