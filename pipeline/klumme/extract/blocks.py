"""Walk the body of a page and give its blocks in reading order, with what the markup says of each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from bs4 import Tag
from bs4.element import NavigableString, PageElement

from klumme.extract.text import clean_lines, clean_text
from klumme.records import BlockKind

_NAMES = (
    "address article aside blockquote body center dd details div dl dt fieldset figure footer form h1 h2 h3 h4 h5 h6 "
    "header hr li main ol p pre section summary table tbody td tfoot th thead tr ul"
)
_BLOCKS = frozenset(_NAMES.split())
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_QUOTE_SIGNS = ("pullquote", "pull-quote", "pull_quote", "citat", "fremhaevet", "quote-box")
# Beyond this depth a page is a trap, and what it holds is read as one text.
_DEEPEST = 100


@dataclass(frozen=True, slots=True)
class Found:
    """One block as the markup has it; `emphasised` when all of it is, `quoted` when it stands in a plain blockquote."""

    kind: BlockKind
    text: str
    emphasised: Literal["", "em", "strong"] = ""
    quoted: bool = False
    sure: bool = False


def read_blocks(body: Tag, marked: dict[int, BlockKind] | None = None) -> list[Found]:
    """List the blocks of an element; `marked` says what kind certain elements are, by their `id()`."""
    return list(_walk(body, marked or {}, 0))


def _walk(element: Tag, marked: dict[int, BlockKind], depth: int) -> Iterator[Found]:
    inline: list[PageElement] = []
    for child in element.children:
        if isinstance(child, Tag) and (child.name in _BLOCKS or id(child) in marked or _wraps_blocks(child)):
            yield from _paragraphs(inline)
            inline = []
            yield from _block(child, marked, depth + 1)
        elif isinstance(child, (Tag, NavigableString)):
            inline.append(child)
    yield from _paragraphs(inline)


def _wraps_blocks(element: Tag) -> bool:
    return element.find(list(_BLOCKS)) is not None


def _block(element: Tag, marked: dict[int, BlockKind], depth: int) -> Iterator[Found]:
    kind = marked.get(id(element))
    if kind and kind not in ("paragraph", "list"):
        yield Found(kind, clean_text(element.get_text(" ")), sure=True)
    elif element.name in _HEADINGS:
        yield Found("subheading", clean_text(element.get_text()))
    elif kind == "list" or element.name in ("ul", "ol", "dl", "table"):
        yield Found("list", _items(element))
    elif _is_quote(element):
        yield Found("pull_quote", clean_text(element.get_text(" ")), sure=True)
    elif depth > _DEEPEST:
        yield Found("paragraph", clean_text(element.get_text(" ")))
    else:
        inner = _walk(element, marked, depth)
        yield from (replace(found, quoted=True) for found in inner) if element.name == "blockquote" else inner


def _is_quote(element: Tag) -> bool:
    names = " ".join(map(str, element.get_attribute_list("class"))).lower()
    return any(sign in names for sign in _QUOTE_SIGNS)


def _items(element: Tag) -> str:
    rows = element.find_all(["li", "tr", "dt", "dd"]) or [element]
    return clean_lines("\n".join(" ".join(_own_text(row).split()) for row in rows))


def _own_text(row: Tag) -> str:
    """Return the text of an item without that of the items inside it, which stand on their own lines."""
    if row.name == "tr":
        return " | ".join(clean_text(cell.get_text()) for cell in row.find_all(["td", "th"]))
    nested = {id(text) for inner in row.find_all(["li", "dt", "dd"]) for text in inner.find_all(string=True)}
    return "".join(text for text in row.find_all(string=True) if id(text) not in nested)


def _paragraphs(nodes: Sequence[PageElement]) -> Iterator[Found]:
    """Make one paragraph of inline nodes, or several where two line breaks part them."""
    run: list[PageElement] = []
    for node in [*nodes, None]:
        if node is None or (_is_break(node) and run and _is_break(run[-1])):
            yield from _paragraph(run)
            run = []
        elif not (isinstance(node, NavigableString) and not node.strip() and run and _is_break(run[-1])):
            run.append(node)


def _is_break(node: PageElement) -> bool:
    return isinstance(node, Tag) and node.name == "br"


def _paragraph(nodes: Sequence[PageElement]) -> Iterator[Found]:
    text = clean_text("".join(" " if _is_break(node) else node.get_text() for node in nodes))
    if text:
        yield Found("paragraph", text, _emphasis(nodes))


def _emphasis(nodes: Sequence[PageElement]) -> Literal["", "em", "strong"]:
    """Tell whether one kind of emphasis covers the whole paragraph."""
    solid = [node for node in nodes if node.get_text().strip(" \u00a0\n\t")]
    names = {node.name if isinstance(node, Tag) else "" for node in solid}
    if names and names <= {"em", "i"}:
        return "em"
    return "strong" if names and names <= {"strong", "b"} else ""
