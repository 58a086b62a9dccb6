"""The passages that labels speak of: those of the corpus, of the embedded sample, and those written for training."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from klumme.errors import InputError
from klumme.extract.article import digest
from klumme.json_lines import Form, Row, read_lines
from klumme.sample.articles import SampleArticle, read_sample
from klumme.sample.site import Site
from klumme.tables import Tables
from klumme.themes.labels import Gold, Themes, text_hash
from klumme.workspace import Workspace

_CORPUS = """
SELECT p.id, a.url || '#' || p.ordinal AS address, p.text, a.id AS article, a.author AS "group", a.municipality,
  a.published, a.source FROM current_passages p JOIN current_articles a ON p.article_id = a.id ORDER BY a.url, p.ordinal
"""


@dataclass(frozen=True, slots=True)
class Known:
    """A passage whose text is at hand, and what must not be on both sides of a cross-validation: its `group`.

    `natural` passages stand in articles as they were published; the others were written to be learnt from.
    """

    id: str
    address: str
    text: str
    article: str
    group: str
    municipality: str = ""
    published: datetime | None = None
    natural: bool = True
    source: str = ""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A passage with what holds of it: theme -> True, False, or None where that is open."""

    passage: Known
    themes: Themes
    random_draw: bool


@dataclass(frozen=True, slots=True)
class Joined:
    """Labels joined to their texts, and those that could not be: no text at hand, or a text that has changed."""

    labelled: tuple[Labelled, ...]
    textless: tuple[Gold, ...]
    drifted: tuple[Gold, ...]


def known_passages(workspace: Workspace) -> list[Known]:
    """Return all passages at hand, each once: the corpus's own, the sample's, those written for training."""
    written = list(training_passages(workspace.sample / "passages"))
    corpus = [Known(**row) for row in Tables(workspace).read(_CORPUS)]
    seen = {text_hash(passage.text) for passage in corpus}
    sample = [p for p in sample_passages(workspace.sample / "articles") if text_hash(p.text) not in seen]
    return corpus + sample + written


def training_passages(folder: Path) -> Iterator[Known]:
    """Read the passages written for training; what their writers aimed at is not read.

    Raises InputError for a line that is no passage.
    """
    for path in sorted(folder.glob("*.jsonl")):
        form = Form(partial(_written, path.stem), "is no passage", "Give it an id, a text and a field.", InputError)
        yield from (passage for _, passage in read_lines(path, form))


def _written(source: str, row: Row) -> Known:
    name, text, group = row["id"], row["text"], f"{source}/{row['field']}"
    if not (isinstance(name, str) and isinstance(text, str)):
        raise TypeError("its id or its text is no text")
    return Known(name, f"sample/passages/{source}#{name}", text, name, group, natural=False, source=source)


def sample_passages(folder: Path) -> Iterator[Known]:
    """Read the passages of the embedded sample from its source files, so that training needs no tables."""
    articles = [article for article in read_sample(folder) if article.kind == "article" and not article.repeats]
    site = Site(articles)
    for article in site.articles:
        seen: Counter[str] = Counter()
        running = [block.text for block in article.shown if block.kind in ("paragraph", "list")]
        for ordinal, text in enumerate(running, 1):
            seen[text] += 1
            again = (str(seen[text]),) if seen[text] > 1 else ()
            yield _of_sample(article, site.url(article), ordinal, digest(site.url(article), text, *again)[:16], text)


def _of_sample(article: SampleArticle, url: str, ordinal: int, name: str, text: str) -> Known:
    return Known(
        name, f"{url}#{ordinal}", text, url, article.author, article.municipality, article.published, source="sample"
    )


def join(gold: Iterable[Gold], known: Iterable[Known]) -> Joined:
    """Find the text of each label by the passage's id, else by the text's hash."""
    by_id = {passage.id: passage for passage in known}
    by_hash = {text_hash(passage.text): passage for passage in by_id.values()}
    labelled, textless, drifted = [], [], []
    for one in gold:
        passage = by_hash.get(one.text_sha256)
        if passage is not None:
            labelled.append(Labelled(passage, one.themes, one.random_draw))
        elif one.passage_id in by_id:
            drifted.append(one)
        else:
            textless.append(one)
    return Joined(tuple(labelled), tuple(textless), tuple(drifted))
