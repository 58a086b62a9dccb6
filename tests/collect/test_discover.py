import gzip
import json
from datetime import date, datetime

import pytest

from klumme.collect import discover, step
from klumme.collect.discover import windows
from klumme.collect.entries import Entry, wanted
from klumme.collect.feeds import parse_feed, parse_sitemap
from klumme.collect.fetch import Fetcher
from klumme.collect.listing import parse_listing
from klumme.collect.objects import parse_objects
from klumme.collect.pace import Pace
from klumme.collect.problems import FetchError
from klumme.collect.sources import Discovery, Fields, Filter, load_source
from klumme.settings import CollectSettings
from klumme.workspace import find_home

RSS = """<?xml version="1.0"?><rss xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Avisen</title>
<link>http://x.dk</link><item><title>Skolen lukker</title><link> /a </link><dc:creator>Nis Ravn</dc:creator>
<pubDate>Mon, 04 Mar 2024 06:00:00 +0100</pubDate><category>Debat</category></item>
<item><title>Uden link</title></item><item><guid isPermaLink="true">http://x.dk/b</guid></item></channel></rss>"""

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>Skolen lukker</title><link rel="self" href="/no"/>
<link href="/a"/><author><name>Nis Ravn</name></author><published>2024-03-04</published><updated>2024-03-05</updated>
<category term="Debat"/></entry></feed>"""


def test_rss_and_atom_give_the_same_entries():
    rss, other = parse_feed(RSS.encode(), "http://x.dk/feed")
    (atom,) = parse_feed(ATOM.encode(), "http://x.dk/feed")
    assert (rss.url, rss.title, rss.author, rss.tags) == ("http://x.dk/a", "Skolen lukker", "Nis Ravn", ("Debat",))
    assert (atom.url, atom.title, atom.author, atom.tags) == (rss.url, rss.title, rss.author, rss.tags)
    assert (rss.published, atom.updated) == ("Mon, 04 Mar 2024 06:00:00 +0100", "2024-03-05")
    assert other.url == "http://x.dk/b"


def test_a_feed_is_read_in_the_charset_it_declares():
    feed = RSS.replace("Skolen", "Børnehaven").replace('version="1.0"', 'version="1.0" encoding="iso-8859-1"')
    assert parse_feed(feed.encode("latin-1"), "http://x.dk/")[0].title == "Børnehaven lukker"


@pytest.mark.parametrize("content", ["<html><p>nej", "<rss><channel></channel></rss>", "<rss><item></item></rss>"])
def test_a_feed_with_nothing_in_it_gives_nothing(content):
    assert parse_feed(content.encode(), "http://x.dk/") == []


@pytest.mark.parametrize("content", ["", "{}", "\x00\x01", "<"])
def test_what_is_no_xml_is_a_broken_listing(content):
    with pytest.raises(FetchError, match="is no XML"):
        parse_feed(content.encode(), "http://x.dk/")


def test_a_feed_that_declares_entities_is_refused(tmp_path):
    (tmp_path / "secret").write_text("hemmeligt")
    for entity in ('<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">', f'<!ENTITY b SYSTEM "file://{tmp_path}/secret">'):
        feed = f"<!DOCTYPE rss [{entity}]><rss><item><title>&b;</title><link>/a</link></item></rss>"
        with pytest.raises(FetchError, match="declares entities"):
            parse_feed(feed.encode(), "http://x.dk/")
        # In another encoding the declaration is not seen; then nothing is expanded.
        entries = parse_feed(f'<?xml version="1.0" encoding="utf-16"?>{feed}'.encode("utf-16"), "http://x.dk/")
        assert all("aaaa" not in entry.title and "hemmeligt" not in entry.title for entry in entries)


def test_a_sitemap_names_pages_with_news_titles_and_further_sitemaps():
    content = """<urlset xmlns:news="n"><url><loc>http://x.dk/a</loc><lastmod>2024-03-05</lastmod>
    <news:news><news:title>Skolen</news:title><news:publication_date>2024-03-04</news:publication_date></news:news>
    </url><url><lastmod>2024</lastmod></url><sitemap><loc>/b.xml</loc></sitemap></urlset>"""
    pages, further = parse_sitemap(content.encode(), "http://x.dk/sitemap.xml")
    assert pages == [Entry("http://x.dk/a", "Skolen", published="2024-03-04", updated="2024-03-05")]
    assert [entry.url for entry in further] == ["http://x.dk/b.xml"]


def test_a_listing_gives_entries_with_what_their_selectors_find():
    when = '<time datetime="2024-03-04">i dag</time>'
    card = f'<article><h2><a href="a#top">Skolen\n lukker</a></h2><i>Nis</i>{when}</article>'
    how = Discovery(entry="article", link="h2 a", author="i", published="time", next="a[rel=next]")
    entries, following = parse_listing(
        f'{card}<article>uden</article><a rel="next" href="?p=2">'.encode(), "", "http://x.dk/k/", how
    )
    assert entries == [Entry("http://x.dk/k/a", "Skolen lukker", "Nis", "2024-03-04")]
    assert following == "http://x.dk/k/?p=2"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("<a href=/a>Blå".encode("latin-1"), "text/html"),
        ("<a href=/a>Blå".encode("latin-1"), "text/html; charset=utf-8"),
        ("<a href=/a>Blå".encode("latin-1"), "text/html; charset=iso-8859-1"),
        ("<a href=/a>Blå".encode(), "text/html; charset=ascii"),
        ("<a href=/a>Blå".encode("utf-8-sig"), "text/html; charset=iso-8859-1"),
        ("<a href=/a>Blå".encode("utf-16"), ""),
        ("<a href=/a>Blå".encode(), 'text/html; charset="utf-8"; x=y'),
        ("<meta charset=windows-1252><a href=/a>Blå".encode("windows-1252"), ""),
    ],
)
def test_a_wrong_charset_costs_no_letter(body, kind):
    ((entry,), _) = parse_listing(body, kind, "http://x.dk/", Discovery())
    assert entry.title == "Blå"


def test_soft_hyphens_and_hard_spaces_do_not_make_an_entry_new():
    how = Discovery(entry="article", title="h2")
    title = "<article><h2>{}</h2><a href='/a'>x</a></article>"
    plain, odd = (
        parse_listing(title.format(text).encode(), "", "http://x.dk/", how)[0][0]
        for text in ("Børne haven", "Bør\u00adne\u00a0haven\u200b")
    )
    assert plain.mark == odd.mark


OBJECTS = [
    {"url": "/a", "title": "Skolen &amp; <b>børn</b>", "pub_date": "04.03.2024 - 06:15",
     "last_updated": "05.03.2024 - 07:00",
     "category": "Debat", "tags": "skole, penge", "status": "Ja"},
    {"url": "/b", "title": "Kladde", "status": "Nej"},
    {"url": None, "status": "Ja"},
    "no object",
]  # fmt: skip
MAP = Fields(section="category", tags="tags", status="status")
JSON = Discovery(kind="json", time_format="%d.%m.%Y - %H:%M", status="Ja")


def test_a_json_listing_is_read_by_its_field_map():
    (entry,) = parse_objects(json.dumps(OBJECTS).encode(), "http://x.dk/l", MAP, JSON)
    assert entry == Entry(
        "http://x.dk/a", "Skolen & børn", "", "2024-03-04T06:15:00", "2024-03-05T07:00:00", "Debat", ("skole", "penge")
    )


@pytest.mark.parametrize("content", ["", "{}", "nej", "[" * 100_000, '{"items": 3}', "null"])
def test_what_is_no_json_list_says_so(content):
    with pytest.raises(FetchError, match=r"no JSON|holds no list"):
        parse_objects(content.encode(), "http://x.dk/l", MAP, JSON)


def test_windows_cover_every_day_once_and_keep_their_edges():
    early = list(windows(date(2024, 1, 1), 31, date(2024, 2, 20)))
    late = list(windows(date(2024, 1, 1), 31, date(2024, 3, 1)))
    assert early == late
    assert early[0] == (datetime(2024, 1, 1), datetime(2024, 1, 31, 23, 59, 59))
    assert early[1][0] == datetime(2024, 2, 1)
    assert early[-1][1] >= datetime(2024, 3, 1)


def test_a_filter_is_sought_where_the_listing_says_something():
    entry = Entry("http://x.dk/a", "Skolen lukker", "Nis Ravn", section="Debat", tags=("skole",))
    assert wanted(entry, Filter(title="SKOLE", author="ravn$", section="^debat", tag="skole", url="/a"))
    assert not wanted(entry, Filter(author="holm"))
    assert wanted(Entry("http://x.dk/a"), Filter(author="holm"))
    assert wanted(entry, Filter(any="ravn · debat"))


def _feed(*paths):
    return ("<rss>" + "".join(f"<item><link>{path}</link></item>" for path in paths) + "</rss>").encode()


def test_a_source_is_collected_by_its_feed(site, collector):
    site.routes["/rss"] = (200, {}, _feed("/a", "/b", "/a"))
    site.page("/a")
    site.page("/b")
    report = collector.run(collector.source({"kind": "feed", "address": "/rss"}))
    assert (collector.kept(), report.counts["listed"]) == (["/a", "/b"], 2)


@pytest.mark.parametrize("content", [b"", b"<rss></rss>", b"<html>", b"<!DOCTYPE x [<!ENTITY a 'b'>]><rss/>"])
def test_an_empty_or_broken_feed_ends_in_no_pages_and_a_reason(site, collector, content):
    site.routes["/rss"] = (200, {}, content)
    report = collector.run(collector.source({"kind": "feed", "address": "/rss"}))
    assert report.counts["new"] == 0
    assert set(collector.reasons().values()) <= {"broken-listing"}


def _sitemap(*pages, further=()):
    urls = "".join(f"<url><loc>{page}</loc><lastmod>{day}</lastmod></url>" for page, day in pages)
    return f"<urlset>{urls}{''.join(f'<sitemap><loc>{s}</loc></sitemap>' for s in further)}</urlset>".encode()


def test_sitemaps_that_name_themselves_and_each_other_are_read_once(site, collector):
    site.routes["/sitemap.xml"] = (200, {}, _sitemap(("/k/a", "2024-03-01"), further=["/sitemap.xml", "/b.xml.gz"]))
    more = _sitemap(
        ("/k/b", "2024-03-01"), ("/k/old", "2009-01-01"), ("/news/c", "2024-03-01"), further=["/sitemap.xml"]
    )
    site.routes["/b.xml.gz"] = (200, {"Content-Type": "application/gzip"}, gzip.compress(more))
    site.page("/k/a")
    site.page("/k/b")
    source = collector.source({"kind": "sitemap", "match": "^[^?]*/k/", "since": date(2020, 1, 1)})
    collector.run(source)
    assert collector.kept() == ["/k/a", "/k/b"]
    assert (site.asked("/sitemap.xml"), site.asked("/b.xml.gz"), site.asked("/k/old")) == (1, 1, 0)


def test_a_packed_sitemap_that_is_a_bomb_is_left_out(site, collector, monkeypatch):
    monkeypatch.setattr(discover, "_UNPACKED", 10_000)
    site.routes["/sitemap.xml"] = (200, {}, gzip.compress(bytes(50_000)))
    collector.run(collector.source({"kind": "sitemap"}))
    assert list(collector.reasons().values()) == ["too-large"]


def test_a_source_is_collected_by_windows_of_dates(site, collector, monkeypatch):
    monkeypatch.setattr(step, "today", lambda: date(2024, 3, 20))
    first = "/l?c%5Bmin%5D=2024-01-01%2000:00:00&c%5Bmax%5D=2024-02-29%2023:59:59"
    second = "/l?c%5Bmin%5D=2024-03-01%2000:00:00&c%5Bmax%5D=2024-04-29%2023:59:59"
    site.routes[first] = (200, {}, b"[]")
    site.routes[second] = (200, {}, json.dumps(OBJECTS).encode())
    site.page("/a")
    how = {"kind": "json", "address": "/l?c[min]={from}&c[max]={to}", "since": date(2024, 1, 1), "window_days": 60,
           "status": "Ja", "fields": {"status": "status"}}  # fmt: skip
    collector.run(collector.source(how))
    assert collector.kept() == ["/a"]
    assert (site.asked(first), site.asked(second)) == (1, 1)


def test_a_source_is_collected_by_the_wordpress_api(site, collector):
    address = "/wp-json/wp/v2/posts?per_page=100&page={}&_fields=link,title,date,modified&categories=7"
    post = {"link": f"{site.base}/a", "title": {"rendered": "Skolen &#8211; igen"}, "date": "2024-03-04T06:00:00"}
    site.routes[address.format(1)] = (200, {"Content-Type": "application/json"}, json.dumps([post]).encode())
    site.routes[address.format(2)] = (400, {}, b'{"code": "rest_post_invalid_page_number"}')
    site.page("/a")
    collector.run(collector.source({"kind": "wordpress", "category": 7}))
    assert collector.kept() == ["/a"]
    assert collector.reasons() == {}


def test_numbered_pages_are_read_until_one_brings_nothing_new(site, collector):
    for number, path in ((1, "/a"), (2, "/b"), (3, "/b")):
        site.page(f"/k?side={number}", f'<article><a href="{path}">x</a></article>')
    site.page("/a")
    site.page("/b")
    how = {"address": "/k?side={page}", "first_page": 1, "entry": "article"}
    collector.run(collector.source(how))
    assert collector.kept() == ["/a", "/b"]
    assert (site.asked("/k?side=3"), site.asked("/k?side=4")) == (1, 0)


def test_what_the_filter_does_not_want_is_not_fetched_but_counted(site, collector):
    site.listing("/klumme/a", "/sport/b")
    site.page("/klumme/a")
    report = collector.run(collector.source(filter={"url": "/klumme/"}))
    assert collector.kept() == ["/klumme/a"]
    assert (report.skipped, site.asked("/sport/b")) == ({"filtered": 1}, 0)


def test_one_broken_discovery_does_not_stop_the_others(site, collector):
    site.listing("/a")
    site.page("/a")
    site.routes["/sitemap.xml"] = (500, {}, b"")
    source = collector.source({"entry": "article", "address": "/"}, {"kind": "sitemap", "address": "/sitemap.xml"})
    collector.run(source)
    assert collector.kept() == ["/a"]
    assert collector.reasons() == {"/sitemap.xml": "server-error"}


def test_a_sitemap_that_only_tells_of_revisions_adds_no_articles(site, collector):
    site.listing("/a")
    site.page("/a")
    site.routes["/sitemap.xml"] = (200, {}, _sitemap(("/a", "2024-03-01"), ("/b", "2024-03-01")))
    plain = {"entry": "article", "address": "/"}
    source = collector.source(plain, {"kind": "sitemap", "address": "/sitemap.xml", "revisions_only": True})
    collector.run(source)
    collector.run(source)
    assert (collector.kept(), site.asked("/a")) == (["/a"], 1)
    site.routes["/sitemap.xml"] = (200, {}, _sitemap(("/a", "2024-04-01")))
    site.page("/a", "<p>Rettet.")
    report = collector.run(source)
    assert (report.counts["revised"], site.asked("/a")) == (1, 2)


def test_the_untried_source_reads_what_public_code_says_of_its_site(site, collector, monkeypatch):
    monkeypatch.setattr(step, "today", lambda: date(2018, 3, 1))
    source = load_source(find_home() / "corpus" / "sources" / "kommunale-roedder.toml")
    more = {"article_id": "1", "short_url": "/node/1", "category_id": "7", "tags_id": "", "status": "Ja"}
    times = {"pub_date": "04.02.2018 - 06:15", "last_updated": "04.02.2018 - 06:15"}
    rows = [
        {**more, **times, "url": "/a", "title": "En", "category": "Kommunale rødder", "tags": ""},
        {**more, **times, "url": "/b", "title": "To", "category": "Debat", "tags": "EU, Kommunale Rødder"},
        {**more, **times, "url": "/c", "title": "Tre", "category": "Debat", "tags": "EU"},
        {**more, **times, "url": "/d", "title": "Fire", "category": "Kommunale rødder", "tags": "", "status": "Nej"},
    ]
    listing = "/artikler-mellem?created%5Bmin%5D=2018-01-01%2000:00:00&created%5Bmax%5D=2018-07-01%2023:59:59"
    site.routes[listing] = (200, {"Content-Type": "application/json"}, json.dumps(rows, ensure_ascii=False).encode())
    site.page("/a")
    site.page("/b")
    contact = CollectSettings(contact="nis@uni.dk", retries=0)
    fetcher = Fetcher(source, contact, Pace(0.0, jitter=0.0), {source.host: site.base})
    report = step.run_with(fetcher, collector.workspace, source, contact)
    assert [page.url for page in collector.pages()] == ["https://piopio.dk/a", "https://piopio.dk/b"]
    assert (report.counts["listed"], report.skipped) == (3, {"filtered": 1})
    assert {headers["Host"] for _, headers in site.requests} == {"piopio.dk"}
