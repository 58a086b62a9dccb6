"""A template that the extractor was not written for: with selectors of its own, and without any."""

import json
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path

import pytest
import trafilatura
from jinja2 import Environment

from klumme.collect.sources import Selectors
from klumme.extract.article import ExtractedArticle
from klumme.extract.page import extract_article
from klumme.sample.articles import SampleArticle, read_sample

HERE = Path(__file__)
PIECES = [
    piece
    for piece in read_sample(HERE.parents[2] / "corpus" / "sample" / "articles")
    if piece.kind == "article" and piece.language == "da"
][::4]
SELECTORS = Selectors(
    article="div.c-story",
    title=".c-story__headline",
    standfirst=".c-story__lede",
    author=".c-name",
    published=".c-story__meta time",
    body=".c-story__content",
    subheading=".c-par strong",
    pull_quote=".c-feature",
    drop=".adm-slot, .c-promo",
)
FLOOR = 0.995


@cache
def _page(piece: SampleArticle) -> str:
    template = Environment(autoescape=True).from_string(HERE.with_name("third.html.j2").read_text(encoding="utf-8"))
    said = {"@type": "OpinionNewsArticle", "headline": piece.title, "author": {"name": piece.author}}
    return template.render(a=piece, ld=json.dumps(said | {"datePublished": f"{piece.published.isoformat()}+00:00"}))


@cache
def _read(piece: SampleArticle, generic: bool) -> ExtractedArticle:
    found = extract_article(_page(piece), "https://fjordposten.example/x", () if generic else (SELECTORS,))
    assert isinstance(found, ExtractedArticle), found
    return found


def _f1(wanted: list[str], found: list[str]) -> float:
    """Character-level F1 of the words that both have in the same order."""
    same = SequenceMatcher(None, wanted, found, autojunk=False).get_matching_blocks()
    right = sum(len(word) for start, _, size in same for word in wanted[start : start + size])
    return 2 * right / sum(map(len, (*wanted, *found)))


def _words(blocks) -> list[str]:
    return [word for block in blocks for word in block.text.split()]


def _typed(blocks) -> list[str]:
    return [f"{block.kind}:{word}" for block in blocks for word in block.text.split()]


@pytest.mark.parametrize("generic", [False, True])
def test_the_text_is_whole_and_nothing_is_added(generic):
    scores = [_f1(_words(piece.blocks), _words(_read(piece, generic).blocks)) for piece in PIECES]
    assert min(scores) >= FLOOR


@pytest.mark.parametrize("generic", [False, True])
def test_every_word_stands_in_a_block_of_its_type(generic):
    scores = [_f1(_typed(piece.blocks), _typed(_read(piece, generic).blocks)) for piece in PIECES]
    assert sum(scores) / len(scores) >= FLOOR


@pytest.mark.parametrize("generic", [False, True])
def test_no_pull_quote_is_running_text(generic):
    for piece in PIECES:
        running = {block.text for block in _read(piece, generic).blocks if block.kind == "paragraph"}
        assert not running & {block.text for block in piece.blocks if block.kind == "pull_quote"}


@pytest.mark.parametrize("generic", [False, True])
def test_title_standfirst_author_and_time_are_read(generic):
    for piece in PIECES:
        found = _read(piece, generic)
        assert (found.title, found.standfirst, found.author) == (piece.title, piece.standfirst, piece.author)
        assert found.published is not None
        assert found.published.date() == piece.published.date()
        assert found.genre == "opinion"


def test_reading_without_selectors_is_never_below_trafilatura_alone():
    for piece in PIECES:
        wanted = _words(piece.blocks)
        alone = (trafilatura.extract(_page(piece), include_comments=False) or "").split()
        assert _f1(wanted, _words(_read(piece, generic=True).blocks)) >= _f1(wanted, alone)
