"""The sample as a web site: every address it answers, with status, headers and body.

The paper moved from Drupal to WordPress on MOVED and kept its old pages, so both templates are in use at once;
`only` renders everything in one of them.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from functools import cached_property
from typing import Literal
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined

from klumme.sample.articles import SampleArticle

HOST = "netavisen-broen.example"
MOVED = datetime(2023, 1, 1)
PER_PAGE = 12
COPENHAGEN = ZoneInfo("Europe/Copenhagen")
Template = Literal["drupal", "wordpress"]

ROBOTS = "User-agent: *\nCrawl-delay: 0.2\nDisallow: /intern/\n\nSitemap: /sitemap.xml\n"
RESERVED = '[{"location": "/arkiv/*", "tdm-reservation": 1}]'
MONTHS = (
    "januar",
    "februar",
    "marts",
    "april",
    "maj",
    "juni",
    "juli",
    "august",
    "september",
    "oktober",
    "november",
    "december",
)


@dataclass(frozen=True, slots=True)
class Answer:
    """One response of the site."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


class Site:
    """The newspaper as it stood on a day: what was published later is not there yet, nor are later revisions."""

    def __init__(
        self, articles: Iterable[SampleArticle], as_of: datetime = datetime.max, only: Template | None = None
    ) -> None:
        visible = (a for a in articles if (a.updated or a.published) <= as_of)
        latest = {a.slug: a for a in sorted(visible, key=lambda a: a.revision)}
        self.articles = sorted(latest.values(), key=lambda a: (a.published, a.slug), reverse=True)
        self._only = only
        self._by_path = {self.path(a): a for a in self.articles}
        self._pages = Environment(
            loader=PackageLoader("klumme.sample"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
        )
        self._pages.filters |= {"danish_date": danish_date, "iso": iso}

    def template(self, article: SampleArticle) -> Template:
        """Return the template in which an article is rendered."""
        return self._only or ("drupal" if article.published < MOVED else "wordpress")

    def path(self, article: SampleArticle) -> str:
        """Return the address of an article on the site."""
        if self.template(article) == "drupal":
            return f"/artikel/{article.slug}"
        return f"/{article.published:%Y/%m}/{article.slug}/"

    def url(self, article: SampleArticle) -> str:
        """Return the canonical address of an article."""
        return f"https://{HOST}{self.path(article)}"

    def answer(self, target: str) -> Answer:
        """Answer a GET request for a path with its query."""
        address = urlsplit(target)
        if article := self._by_path.get(address.path):
            return self._article(article)
        if address.path in self._fixed:
            return self._fixed[address.path]
        if address.path == "/raadhustrappen":
            return self._listing(int(parse_qs(address.query).get("page", ["0"])[0]))
        if address.path == "/artikler-mellem":
            return self._between(parse_qs(address.query))
        return _text("<!doctype html><title>Ikke fundet</title><h1>Siden findes ikke</h1>", "text/html", 404)

    @cached_property
    def _fixed(self) -> dict[str, Answer]:
        """The addresses without parameters, apart from the articles."""
        feed, sitemap = self._render("rss.xml.j2"), self._render("sitemap.xml.j2")
        return {
            "/": self._listing(0),
            "/robots.txt": _text(ROBOTS, "text/plain"),
            "/rss.xml": _text(feed, "application/rss+xml"),
            "/sitemap.xml": _text(sitemap, "application/xml"),
            "/.well-known/tdmrep.json": _text(RESERVED, "application/json"),
        }

    def _article(self, article: SampleArticle) -> Answer:
        related = [a for a in self.articles if a is not article and a.kind == "article"][:3]
        html = self._render(f"{self.template(article)}/article.html.j2", article=article, related=related)
        reserved = {"tdm-reservation": "1"} if article.tdm_reserved else {}
        changed = format_datetime((article.updated or article.published).replace(tzinfo=COPENHAGEN))
        return _text(html, "text/html", headers=reserved | {"Last-Modified": changed})

    def _listing(self, number: int) -> Answer:
        shown = self.articles[number * PER_PAGE : (number + 1) * PER_PAGE]
        more = (number + 1) * PER_PAGE < len(self.articles)
        template: Template = self._only or "wordpress"
        return _text(self._render(f"{template}/listing.html.j2", articles=shown, number=number, more=more), "text/html")

    def _between(self, query: dict[str, list[str]]) -> Answer:
        """List what was published in a window of dates, in the shape that a Drupal view gives."""
        low, high = (query.get(f"created[{end}]", [""])[0] for end in ("min", "max"))
        found = [a for a in self.articles if (low or "0") <= f"{a.published:%Y-%m-%d %H:%M:%S}" <= (high or "9")]
        return _text(json.dumps([self._listed(a) for a in found], ensure_ascii=False), "application/json")

    def _listed(self, article: SampleArticle) -> dict[str, str]:
        number = str(self._numbers[article.slug])
        return {
            "article_id": number,
            "title": article.title,
            "pub_date": f"{article.published:%d.%m.%Y - %H:%M}",
            "last_updated": f"{article.updated or article.published:%d.%m.%Y - %H:%M}",
            "short_url": f"/node/{number}",
            "url": self.path(article),
            "category": article.section,
            "category_id": "7",
            "tags": ", ".join(article.tags),
            "tags_id": "",
            "status": "Ja",
        }

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {article.slug: 1000 + i for i, article in enumerate(reversed(self.articles))}

    def _render(self, name: str, **values: object) -> str:
        return self._pages.get_template(name).render(site=self, host=HOST, **values)


def danish_date(moment: datetime) -> str:
    """Write a time as Danish papers do: 4. marts 2021 kl. 06.15."""
    return f"{moment.day}. {MONTHS[moment.month - 1]} {moment.year} kl. {moment:%H.%M}"


def iso(moment: datetime) -> str:
    """Write a Copenhagen time with its offset, as in 2021-03-04T06:15:00+01:00."""
    return moment.replace(tzinfo=COPENHAGEN).isoformat()


def _text(text: str, content_type: str, status: int = 200, headers: dict[str, str] | None = None) -> Answer:
    body = text.encode()
    tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
    return Answer(
        status,
        body,
        {"Content-Type": f"{content_type}; charset=utf-8", "ETag": tag} | (headers or {}),
    )
