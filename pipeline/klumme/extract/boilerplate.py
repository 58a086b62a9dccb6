"""Take out of a page what is not the article: adverts, placeholders, cookies, sharing, related pieces, comments."""

import re
from collections import Counter
from collections.abc import Iterator

from bs4 import BeautifulSoup, Tag
from bs4.element import Comment, PreformattedString

from klumme.extract.text import clean_text

# Elements that never hold running text.
_UNREAD = (
    "script style template noscript svg canvas iframe object embed video audio picture img input button select "
    "textarea nav dialog map math"
)
# What a word in an element's class or id says it is. The words are met whole, between hyphens and underscores.
_SIGNS = {
    "advert": "ad ads advert adverts advertisement adslot annonce annoncer banner reklame "
    "sponsor sponsored taboola outbrain",
    "cookie": "cookie cookies consent gdpr cookiebot",
    "share": "share sharing sharebar sharedaddy addtoany some-icons social socials",
    "related": "related relateret relaterede laes-ogsaa laesogsaa readmore read-more recommended "
    "anbefalet teaser teasers",
    "newsletter": "newsletter nyhedsbrev newsletterbox mailchimp signup",
    "comment": "comment comments kommentar kommentarer disqus",
    "navigation": "breadcrumb breadcrumbs menu pager pagination skip-link skiplink navbar",
    "caption": "caption figcaption billedtekst",
    "placeholder": "placeholder skeleton lazy-ad",
    "paywall": "paywall paywalled betalingsmur premium-wall",
}
_KIND_OF = {sign: kind for kind, signs in _SIGNS.items() for sign in signs.split()}
_PROTECTED = {"html", "body", "main"}
# A leftover that stands alone in a block, as it is pasted along with a text.
_LEFTOVER = {
    "placeholder": re.compile(r"placeholder(?: image)?", re.IGNORECASE),
    "advert": re.compile(
        r"(?:annonce|annoncer|reklame|sponsoreret(?: indhold)?|advertisement|"
        r"artiklen fortsætter (?:efter|under) annoncen)[.:…]*",
        re.IGNORECASE,
    ),
    "share": re.compile(
        r"(?:del|del (?:artiklen|på|denne artikel|via).{0,30}|tweet|facebook|linkedin|twitter|print|udskriv|"
        r"kopi[eé]r link|send til en ven|share)[.:]?",
        re.IGNORECASE,
    ),
    "related": re.compile(r"(?:læs også|andre læste|relaterede artikler|læs mere)\b(?:$|\s*:.{0,200})", re.IGNORECASE),
    "newsletter": re.compile(
        r"(?:tilmeld dig|få) .{0,40}nyhedsbrev.{0,80}|skriv dig op .{0,90}", re.IGNORECASE
    ),
    "cookie": re.compile(r"(?:.{0,40}) bruger cookies.{0,160}|accept[eé]r (?:alle )?cookies", re.IGNORECASE),
    "comment": re.compile(r"(?:\d+ )?kommentar(?:er)?(?: \(\d+\))?|skriv en kommentar", re.IGNORECASE),
    "caption": re.compile(r"(?:foto|arkivfoto|illustration|pressefoto|billede): .{0,120}", re.IGNORECASE),
}  # fmt: skip


def leftover(text: str) -> str:
    """Name the kind of page furniture that a whole block is, empty for running text."""
    return next((kind for kind, pattern in _LEFTOVER.items() if pattern.fullmatch(text)), "")


def strip_page(soup: BeautifulSoup, dropped: Counter[str], drop: str = "") -> None:
    """Remove from a page what `drop` selects and what its markup says is no text, and count it by kind."""
    for node in soup.find_all(string=lambda text: isinstance(text, (Comment, PreformattedString))):
        node.extract()
    for element in soup.select(drop) if drop else ():
        _remove(element, dropped)
    for element in soup.find_all(_UNREAD.split()):
        element.decompose()
    for element in list(_furniture(soup)):
        _remove(element, dropped)


def _furniture(soup: BeautifulSoup) -> Iterator[Tag]:
    most = len(soup.get_text()) // 2
    for element in soup.find_all(True):
        if element.name not in _PROTECTED and _kind(element) and not _holds_the_article(element, most):
            yield element


def _holds_the_article(element: Tag, most: int) -> bool:
    """Tell whether a sign stands on a wrapper ("article-with-ads"), not on the furniture itself."""
    return element.find("h1") is not None or len(element.get_text()) > max(most, 400)


def _remove(element: Tag, dropped: Counter[str]) -> None:
    if not element.decomposed:
        dropped[_kind(element) or "by selector"] += bool(clean_text(element.get_text()))
        element.decompose()


def _kind(element: Tag) -> str:
    """Read from class, id and label what an element is, empty for none of our business."""
    if element.name == "figcaption":
        return "caption"
    if element.get("data-lazy") or element.get("aria-label") == "Annonce":
        return "advert"
    names = [*element.get_attribute_list("class"), *element.get_attribute_list("id")]
    for name in filter(None, names):
        if kind := _sign(str(name).lower()):
            return kind
    return ""


def _sign(name: str) -> str:
    if name in _KIND_OF:
        return _KIND_OF[name]
    parts = re.split(r"[-_]+", name)
    return next((_KIND_OF[part] for part in (parts[0], parts[-1]) if part in _KIND_OF), "")
