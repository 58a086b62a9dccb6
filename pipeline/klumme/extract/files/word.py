"""Read a piece from a Word file by the styles of its paragraphs."""

import io
import zipfile

import docx
from docx.opc.exceptions import PackageNotFoundError

from klumme.errors import InputError
from klumme.extract.article import ExtractedArticle
from klumme.extract.blocks import Found
from klumme.extract.files.plain import make_article
from klumme.extract.metadata import Metadata
from klumme.extract.text import clean_text

# A Word file is a zip; what unpacks to more than this is a trap.
LARGEST = 200_000_000


def read_word(content: bytes, name: str, title: str) -> ExtractedArticle:
    """Read a .docx file; `title` is for one that has none. Raises InputError for a file that is no Word file."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(part.file_size for part in packed.infolist()) > LARGEST:
                raise InputError(f"{name} unpacks to more than {LARGEST // 1_000_000} MB.", "Save its text as .txt.")
        document = docx.Document(io.BytesIO(content))
    except (zipfile.BadZipFile, PackageNotFoundError, KeyError, ValueError, SyntaxError) as error:
        raise InputError(f"{name} is no Word file that can be read.", "Save it anew as .docx, or as .txt.") from error
    chunks: list[list[Found]] = []
    for paragraph in document.paragraphs:
        text = clean_text(paragraph.text)
        style = str(paragraph.style.name).lower() if paragraph.style else ""
        if text and "list" in style and chunks and chunks[-1][0].kind == "list":
            chunks[-1] = [Found("list", f"{chunks[-1][0].text}\n{text}")]
        elif text:
            chunks.append([_styled(text, style)])
    return make_article(chunks, Metadata(), title)


def _styled(text: str, style: str) -> Found:
    if style.startswith("list"):
        return Found("list", text)
    if style.startswith("heading"):
        return Found("subheading", text)
    return Found("paragraph", text, quoted="quote" in style)
