import json
from datetime import datetime

import pytest
import requests

from klumme.sample.articles import parse_article
from klumme.sample.server import serving
from klumme.sample.site import Site

MATTER = '+++\ntitle = "{}"\nauthor = "Nis Ravn"\npublished = {}\n{}\n+++\n\nFørste <afsnit>.\n\nAndet afsnit.\n'


def _article(slug, day, more="", title="Titel"):
    return parse_article(MATTER.format(title, day, more), slug)


@pytest.fixture
def articles():
    old = [_article(f"nr-{i}", f"2021-01-{i + 1:02}T06:00:00") for i in range(14)]
    revised = _article("ny@2", "2024-05-01T07:00:00", "updated = 2024-05-03T07:00:00", "Rettet")
    return [*old, _article("ny", "2024-05-01T07:00:00"), revised]


def test_old_articles_are_drupal_pages_and_new_ones_wordpress_pages(articles):
    site = Site(articles)
    assert b"Drupal" in site.answer("/artikel/nr-0").body
    assert b"WordPress" in site.answer("/2024/05/ny/").body


def test_the_listing_has_a_link_to_its_next_page_until_the_last(articles):
    site = Site(articles)
    assert b'rel="next"' in site.answer("/raadhustrappen").body
    assert b'rel="next"' not in site.answer("/raadhustrappen?page=1").body


def test_the_site_stands_as_it_did_on_a_day(articles):
    assert [a.title for a in Site(articles).articles][:1] == ["Rettet"]
    assert [a.title for a in Site(articles, as_of=datetime(2024, 5, 2)).articles][:1] == ["Titel"]
    assert len(Site(articles, as_of=datetime(2022, 1, 1)).articles) == 14


def test_the_window_of_dates_lists_what_was_published_in_it(articles):
    target = "/artikler-mellem?created[min]=2021-01-03 00:00:00&created[max]=2021-01-04 23:59:59"
    rows = json.loads(Site(articles).answer(target).body)
    assert [row["pub_date"] for row in rows] == ["04.01.2021 - 06:00", "03.01.2021 - 06:00"]


def test_text_is_escaped(articles):
    assert "Første &lt;afsnit&gt;." in Site(articles).answer("/artikel/nr-0").body.decode()


def test_a_paywalled_article_shows_its_first_paragraph_only():
    body = Site([_article("x", "2024-01-01T06:00:00", "paywalled = true")]).answer("/2024/01/x/").body.decode()
    assert "Første" in body
    assert "Andet afsnit" not in body


def test_a_reserved_article_says_so_in_its_headers():
    site = Site([_article("x", "2024-01-01T06:00:00", "tdm_reserved = true")])
    assert site.answer("/2024/01/x/").headers["tdm-reservation"] == "1"


def test_the_server_answers_304_where_the_validator_still_holds(articles):
    with serving(Site(articles)) as address:
        first = requests.get(f"{address}/artikel/nr-0", timeout=5)
        again = requests.get(f"{address}/artikel/nr-0", headers={"If-None-Match": first.headers["ETag"]}, timeout=5)
    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")


@pytest.mark.parametrize("target", ["/rss.xml", "/sitemap.xml"])
def test_feed_and_sitemap_name_the_canonical_addresses(articles, target):
    assert "https://netavisen-broen.example/2024/05/ny/" in Site(articles).answer(target).body.decode()


def test_what_does_not_exist_is_a_404(articles):
    assert Site(articles).answer("/intern/hemmeligt").status == 404
