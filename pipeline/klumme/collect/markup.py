"""Parse what came from the net, within bounds: no entities, no network, no endless depth."""

from bs4 import BeautifulSoup
from lxml import etree

from klumme.collect.problems import FetchError

# Of one page, so many links are read; a listing with more is a trap or a mistake.
MAX_LINKS = 1000


def soup(body: bytes, content_type: str = "") -> BeautifulSoup:
    """Parse a page; the charset of its header counts where the bytes agree with it."""
    return BeautifulSoup(decoded(body, content_type), "lxml")


def decoded(body: bytes, content_type: str) -> str | bytes:
    """Decode a body by its byte order mark, else by the header's charset; leave it to the parser when neither fits."""
    for mark, name in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if body.startswith(mark):
            return body.decode(name, "replace")
    _, _, charset = content_type.lower().partition("charset=")
    for name in (charset.split(";")[0].strip(" \"'"), "utf-8"):
        try:
            return body.decode(name or "utf-8")
        except (UnicodeDecodeError, LookupError, ValueError):
            continue
    return body


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
