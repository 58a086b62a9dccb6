"""Recognise by its words or its markup that a page shows only the beginning of its article."""

import re

from bs4 import BeautifulSoup

from klumme.extract.markup import text_of

_OFFERS = re.compile(
    r"\b(?:kun|forbeholdt|eksklusivt) (?:for |til )?(?:\w+ )?(?:abonnenter|medlemmer)\b|"
    r"\blæs (?:videre|resten|hele artiklen)\b.{0,60}\b(?:abonne\w+|medlem|log ind|køb adgang)\b|"
    r"\b(?:log ind|bliv (?:abonnent|medlem)|køb (?:adgang|abonnement)) for at læse\b|"
    r"\b(?:allerede abonnent|artiklen er (?:låst|kun for))\b",
    re.IGNORECASE,
)
_MARKED = "[class*=paywall], [id*=paywall], [class*=betalingsmur]"


def shows_wall(soup: BeautifulSoup) -> bool:
    """Tell whether a page shows an offer to buy the rest; many pages carry one in their markup and never show it."""
    marked = any(text_of(element) for element in soup.select(_MARKED) if element.name not in ("body", "html", "script"))
    return marked or bool(_OFFERS.search(text_of(soup.body or soup)))
