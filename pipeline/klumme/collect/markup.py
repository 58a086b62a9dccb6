"""Parse what came from the net, within bounds: no entities, no network, no endless depth."""

import re
import warnings

from bs4 import BeautifulSoup, MarkupResemblesLocatorWarning, XMLParsedAsHTMLWarning
from lxml import etree

from klumme.collect.problems import FetchError

_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_CHARSET = re.compile(r"""charset\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)

# Of one page, so many links are read; a listing with more is a trap or a mistake.
MAX_LINKS = 1000


def soup(body: bytes, content_type: str = "") -> BeautifulSoup:
    """Parse a page in the charset that its bytes agree with; a page that begins as XML is read as HTML too."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)
        warnings.simplefilter("ignore", MarkupResemblesLocatorWarning)
        return BeautifulSoup(decoded(body, content_type), "lxml")


def decoded(body: bytes, content_type: str) -> str:
    """Decode a body: by its byte order mark, as UTF-8 if it is that, else by the charset that header or page declare.

    Servers call UTF-8 Latin-1 and the reverse; text that is valid UTF-8 by chance is next to impossible.
    """
    for mark, name in _MARKS.items():
        if body.startswith(mark):
            return body.decode(name, "replace")
    inside = _CHARSET.search(body[:2048].decode("ascii", "replace"))
    outside = _CHARSET.search(content_type)
    for name in ("utf-8", *(found.group(1) for found in (outside, inside) if found)):
        try:
            return body.decode(name)
        except (UnicodeError, LookupError):
            continue
    return body.decode("windows-1252", "replace")


def xml(content: bytes, what: str) -> etree._Element:
    """Parse a feed or sitemap; raises FetchError when it is no XML or declares entities."""
    if b"<!ENTITY" in content:
        raise FetchError("broken-listing", f"{what} declares entities, which no feed needs")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True, huge_tree=False)
    try:
        root = etree.fromstring(content.lstrip(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise FetchError("broken-listing", f"{what} is no XML: {str(error)[:200]}") from error
    if root is None:
        raise FetchError("broken-listing", f"{what} is no XML")
    return root


def local(element: etree._Element) -> str:
    """Return the name of an element without its namespace, in lower case; empty for comments."""
    return element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""


def child_text(element: etree._Element, *names: str) -> str:
    """Return the text of the first child that has one of the names, and some text."""
    for name in names:
        for child in element:
            if local(child) == name and (text := "".join(child.itertext()).strip()):
                return str(text)
    return ""
