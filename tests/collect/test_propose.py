import tomllib

import pytest

from klumme.collect.preview import preview
from klumme.collect.propose import propose
from klumme.collect.sources import parse_source
from klumme.errors import InputError
from klumme.settings import CollectSettings

SETTINGS = CollectSettings(retries=0)
CARD = '<article class="post"><h2><a href="{0}">Klumme {0}</a></h2><time datetime="2024-01-01">i dag</time></article>'
ARTICLE = """<article class="type-post"><h1 class="entry-title">Titel</h1><a rel="author" href="/nis">Nis Ravn</a>
<time class="published" datetime="2024-01-01">i dag</time><div class="entry-content"><p>Skolen</p>
<figure class="wp-block-pullquote">Skolen</figure><div class="advert">Annonce</div></div></article>"""


@pytest.fixture
def column(site):
    site.page("/", "<a href='/klummer'>Klummer</a>")
    cards = "".join(CARD.format(path) for path in ("/a", "/b", "/c"))
    site.page(
        "/klummer", f"<title>Vore &quot;klummer&quot; | Avisen</title>{cards}<a rel='next' href='?side=1'>mere</a>"
    )
    for path in ("/a", "/b", "/c"):
        site.page(path, ARTICLE)
    return site


def test_a_proposal_is_a_source_file_that_finds_the_articles(column):
    proposal = propose(f"{column.base}/klummer", SETTINGS)
    source = parse_source(tomllib.loads(proposal.toml), "ny", "ny.toml")
    assert (source.column, source.base, proposal.doubts) == ('Vore "klummer"', column.base, ())
    (how,) = source.discover
    assert (how.kind, how.address, how.entry, how.next) == ("listing", "/klummer", "article", "a[rel=next]")
    (selectors,) = source.selectors
    assert (selectors.body, selectors.pull_quote, selectors.drop) == (
        ".entry-content", ".wp-block-pullquote", "[class*=advert]",
    )  # fmt: skip
    found = preview(source, SETTINGS, number=2)
    assert (found.listed, found.wanted) == (3, 3)
    assert [tried.entry.url for tried in found.tries] == [f"{column.base}/a", f"{column.base}/b"]


def test_a_page_without_cards_is_proposed_by_its_feed(site):
    site.page("/", '<link rel="alternate" type="application/rss+xml" href="/rss.xml"><p>Velkommen')
    source = parse_source(tomllib.loads(propose(f"{site.base}/", SETTINGS).toml), "ny", "ny.toml")
    assert (source.discover[0].kind, source.discover[0].address) == ("feed", "/rss.xml")


@pytest.mark.parametrize("body", ["", "<p>Velkommen", '<title>a"b\x7f\\n</title>', "<title></title>", "\x00"])
def test_a_page_that_tells_nothing_gives_a_file_that_loads_and_says_its_doubts(site, body):
    site.page("/", body)
    proposal = propose(f"{site.base}/", SETTINGS)
    parse_source(tomllib.loads(proposal.toml), "ny", "ny.toml")
    assert proposal.doubts


@pytest.mark.parametrize("address", ["", "avisen.dk", "ftp://avisen.dk", "https://"])
def test_what_is_no_address_is_refused(address):
    with pytest.raises(InputError, match="is no web address"):
        propose(address, SETTINGS)


def test_a_preview_tells_what_would_not_be_kept_and_stores_nothing(site, collector):
    site.listing("/a", "/b", "/lukket")
    site.page("/a", **{"tdm-reservation": "1"})
    site.routes["/robots.txt"] = (200, {}, b"User-agent: *\nDisallow: /lukket\n")
    found = preview(collector.source(), SETTINGS)
    problems = [tried.problem.partition(":")[0] for tried in found.tries]
    assert problems == ["reserved by tdm-header", "gone", "disallowed"]
    assert not collector.workspace.raw.exists()
    assert not collector.workspace.tables.exists()


def test_a_preview_names_the_listing_that_could_not_be_read(site, collector):
    site.routes["/"] = (500, {}, b"")
    found = preview(collector.source(), SETTINGS)
    assert (found.listed, found.tries) == (0, ())
    assert "server-error" in found.failed[0]
