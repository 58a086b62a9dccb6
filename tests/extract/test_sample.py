"""Extraction against the ground truth: every field of every article of the sample, in both templates."""

from pathlib import Path

import pytest

from klumme.collect.sources import load_source
from klumme.extract.article import ExtractedArticle, Skip
from klumme.extract.page import extract_article
from klumme.sample.articles import SampleArticle, read_sample
from klumme.sample.site import Site

ROOT = Path(__file__).resolve().parents[2] / "corpus"
ARTICLES = read_sample(ROOT / "sample" / "articles")
SOURCE = load_source(ROOT / "sources" / "sample.toml")
FIELDS = (
    "title", "standfirst", "author", "role", "party", "municipality", "section", "tags", "published", "updated",
    "language", "blocks",
)  # fmt: skip


def _extract(article: SampleArticle, template) -> ExtractedArticle | Skip:
    site = Site([article], only=template)
    address = site.url(article)
    return extract_article(site.answer(site.path(article)).body, address, SOURCE.selectors, SOURCE.all_hosts)


def _kept(article: SampleArticle) -> bool:
    return article.kind == "article" and article.language == "da" and not article.paywalled


@pytest.mark.parametrize("template", ["drupal", "wordpress"])
@pytest.mark.parametrize("article", [a for a in ARTICLES if _kept(a)], ids=lambda a: f"{a.slug}-{a.revision}")
def test_every_field_of_an_article_equals_its_source_file(article, template):
    found = _extract(article, template)
    assert isinstance(found, ExtractedArticle), found
    assert {name: getattr(found, name) for name in FIELDS} == {name: getattr(article, name) for name in FIELDS}
    assert found.note("author_note") == article.note("author_note")
    assert found.note("column_note") == article.note("column_note")


@pytest.mark.parametrize("template", ["drupal", "wordpress"])
@pytest.mark.parametrize(
    ("reason", "which"),
    [
        ("paywall", lambda a: a.paywalled),
        ("no article", lambda a: a.kind == "page"),
        ("language", lambda a: a.language == "nb"),
    ],
)
def test_what_is_left_out_is_left_out_for_its_reason(reason, which, template):
    pieces = list(filter(which, ARTICLES))
    assert pieces
    assert {_extract(piece, template).reason for piece in pieces} == {reason}
