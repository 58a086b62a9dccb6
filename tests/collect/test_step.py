import errno
import os
from datetime import datetime

import pytest

from klumme.collect.pace import Pace, retry_after
from klumme.collect.sources import load_source
from klumme.collect.step import new_pace, run
from klumme.errors import CollectError, StorageError
from klumme.report import quiet
from klumme.sample.articles import parse_article
from klumme.sample.server import serving
from klumme.sample.site import Site
from klumme.settings import CollectSettings
from klumme.tables import Tables
from klumme.workspace import Workspace, find_home


def test_a_second_run_asks_for_the_listing_and_for_no_article(site, collector):
    site.listing("/a", "/b")
    site.page("/a")
    site.page("/b")
    assert collector.run().counts["new"] == 2
    site.requests.clear()
    report = collector.run()
    assert (report.counts["new"], report.counts["unchanged"]) == (0, 2)
    assert [path for path, _ in site.requests] == ["/robots.txt", "/.well-known/tdmrep.json", "/"]


def test_an_article_whose_entry_changed_is_asked_for_with_its_validators(site, collector):
    card = '<article><a href="/a">{}</a></article>'
    day = "Mon, 04 Mar 2024 06:00:00 GMT"

    def answer(handler):
        fresh = handler.headers.get("If-None-Match") == '"1"' and handler.headers.get("If-Modified-Since") == day
        handler.answer(
            304 if fresh else 200,
            {"Content-Type": "text/html", "ETag": '"1"', "Last-Modified": day},
            b"" if fresh else b"hej",
        )

    site.page("/", card.format("Titel"))
    site.routes["/a"] = answer
    collector.run()
    site.page("/", card.format("Ny titel"))
    report = collector.run()
    assert (report.counts["revised"], report.counts["unchanged"], site.asked("/a")) == (0, 1, 2)
    collector.run()
    assert site.asked("/a") == 2
    assert len(collector.pages()) == 1


def test_a_revised_article_is_a_new_page_of_the_same_address(site, collector):
    site.page("/", '<article><a href="/a">Titel</a></article>')
    site.page("/a", "<p>Først")
    collector.run()
    site.page("/", '<article><a href="/a">Titel, rettet</a></article>')
    site.page("/a", "<p>Så")
    report = collector.run()
    assert report.counts["revised"] == 1
    assert len({page.sha256 for page in collector.pages()}) == 2


def test_a_listing_that_has_not_changed_is_read_from_the_archive(site, collector):
    def answer(handler):
        fresh = handler.headers.get("If-None-Match") == '"1"'
        body = '<article><a href="/a">Blå</a></article>'.encode("latin-1")
        kind = {} if fresh else {"Content-Type": "text/html; charset=iso-8859-1"}
        handler.answer(304 if fresh else 200, {"ETag": '"1"', **kind}, b"" if fresh else body)

    site.routes["/"] = answer
    site.page("/a")
    collector.run()
    report = collector.run()
    assert (report.counts["listed"], report.counts["unchanged"]) == (1, 1)
    assert len(collector.pages("listing")) == 1


def test_half_a_listing_does_not_make_kept_articles_look_new(site, collector):
    site.listing("/a")
    site.page("/a")
    site.routes["/s.xml"] = (200, {}, b"<urlset><url><loc>/a</loc><lastmod>2024-01-01</lastmod></url></urlset>")
    source = collector.source(
        {"address": "/", "entry": "article"}, {"kind": "sitemap", "address": "/s.xml", "revisions_only": True}
    )
    collector.run(source)
    site.routes["/s.xml"] = (503, {}, b"")
    collector.run(source)
    assert site.asked("/a") == 1


def test_an_address_with_danish_letters_is_asked_for_with_its_validators(site, collector):
    site.page("/", '<article><a href="/blå bær">1</a></article>')
    site.page("/bl%C3%A5%20b%C3%A6r", ETag='"1"')
    collector.run()
    site.page("/", '<article><a href="/bl%C3%A5%20bær">2</a></article>')
    collector.run()
    (_, first), (_, second) = [request for request in site.requests if request[0] == "/bl%C3%A5%20b%C3%A6r"]
    assert (first.get("If-None-Match"), second.get("If-None-Match")) == (None, '"1"')


def test_a_source_that_lists_nothing_says_how_to_find_out_why(site, collector):
    site.page("/", "<p>Velkommen")
    assert collector.run().notes == ("Nothing is listed: try `klumme source check proeve`.",)


def test_a_listing_that_cannot_be_read_is_named(site, collector):
    site.routes["/"] = (500, {}, b"")
    assert "The listing / could not be read" in collector.run().notes[0]
    assert collector.reasons() == {"/": "server-error"}
    site.listing()
    collector.run()
    assert collector.reasons() == {}


def test_an_article_that_moved_is_kept_under_its_new_address_and_not_asked_again(site, collector):
    site.listing("/old")
    site.routes["/old"] = (301, {"Location": "/new"}, b"")
    site.page("/new")
    collector.run()
    collector.run()
    assert collector.kept() == ["/new"]
    assert (site.asked("/old"), site.asked("/new")) == (1, 1)


@pytest.mark.parametrize("room", [0, 3, 5])
def test_a_full_disk_ends_the_run_with_one_line_and_the_next_run_completes_it(site, collector, monkeypatch, room):
    flush, flushed = os.fsync, []

    def full(descriptor):
        flushed.append(descriptor)
        if len(flushed) > room:
            raise OSError(errno.ENOSPC, "No space left on device")
        flush(descriptor)

    site.listing("/a", "/b")
    site.page("/a")
    site.page("/b")
    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", full)
        with pytest.raises(StorageError, match="The disk is full"):
            collector.run()
    collector.run()
    assert collector.kept() == ["/a", "/b"]
    assert [site.asked("/a"), site.asked("/b")] == [1, 1] if room == 5 else site.asked("/a") <= 2


def test_a_real_site_is_not_asked_without_a_contact(tmp_path, collector):
    source = collector.source(base="https://x.dk")
    for contact in ("", "mig", "a@b\nX-Evil: 1", "æ@b.dk"):
        with pytest.raises(CollectError, match="nobody is named"):
            run(Workspace(tmp_path, tmp_path), source, CollectSettings(contact=contact))
    assert not Workspace(tmp_path, tmp_path).tables.exists()


def test_the_contact_stands_in_the_user_agent(site, collector):
    from klumme.collect.fetch import user_agent

    site.listing()
    collector.run(contact="nis@uni.dk")
    assert user_agent(collector.source(base="https://x.dk"), CollectSettings(contact="nis@uni.dk")).endswith(
        "(research corpus; nis@uni.dk)"
    )
    assert all(headers["User-Agent"].startswith("klumme/") for _, headers in site.requests)


def test_a_real_site_is_asked_at_most_once_a_second(collector):
    real = collector.source(base="https://x.dk")
    assert new_pace(real, CollectSettings(delay=0.0)).gap == 1.0
    assert new_pace(real, CollectSettings(delay=5.0)).gap == 5.0
    assert new_pace(collector.source(), CollectSettings()).gap == 0.0


def test_the_pace_keeps_its_gap_for_each_host_and_adds_a_little_by_chance():
    now, naps = [100.0], []

    def sleep(seconds):
        naps.append(seconds)
        now[0] += seconds

    pace = Pace(2.0, sleep=sleep, clock=lambda: now[0])
    for host in ("a", "b", "a", "a"):
        pace.wait(host)
    assert len(naps) == 2
    assert all(2.0 <= nap <= 2.5 for nap in naps)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("7", 7.0), (" 0 ", 0.0), ("Mon, 04 Mar 2024 06:00:30 GMT", 30.0), ("Mon, 04 Mar 2024 05:00:00 GMT", 0.0),
     ("snart", None), ("", None), ("-5", None), ("9" * 400, 999_999_999.0), ("Mon, 04 Mar 99999 06:00:00 GMT", None)],
)  # fmt: skip
def test_retry_after_is_read_as_seconds_or_as_a_date(said, seconds):
    from datetime import UTC

    assert retry_after(said, datetime(2024, 3, 4, 6, tzinfo=UTC)) == seconds


MATTER = '+++\ntitle = "{}"\nauthor = "Nis Ravn"\npublished = {}\n{}\n+++\n\nFørste afsnit.\n\nAndet afsnit.\n'


def _article(slug, day, more="", title="Titel"):
    return parse_article(MATTER.format(title, day, more), slug)


ARTICLES = [
    *[_article(f"nr-{i}", f"2021-01-{i + 1:02}T06:00:00") for i in range(14)],
    _article("ny", "2024-05-01T07:00:00"),
    _article("ny@2", "2024-05-01T07:00:00", "updated = 2024-05-03T07:00:00"),
    _article("lukket", "2024-05-02T07:00:00", "tdm_reserved = true"),
]


def _collect_sample(workspace, as_of):
    source = load_source(find_home() / "corpus" / "sources" / "sample.toml")
    with serving(Site(ARTICLES, as_of)) as address:
        return run(workspace, source, CollectSettings(), quiet, {source.host: address})


def test_the_sample_is_collected_under_its_public_address_whatever_the_port(tmp_path, monkeypatch):
    monkeypatch.setattr("klumme.sample.site.ROBOTS", "User-agent: *\nDisallow: /intern/\n")
    workspace = Workspace(tmp_path, tmp_path)
    first = _collect_sample(workspace, datetime(2024, 5, 2, 12))
    assert (first.counts["new"], first.skipped) == (15, {"reserved": 1})
    second = _collect_sample(workspace, datetime(2024, 5, 2, 12))
    assert (second.counts["new"], second.counts["unchanged"]) == (0, 15)
    third = _collect_sample(workspace, datetime(2024, 6, 1))
    assert (third.counts["new"], third.counts["revised"], third.counts["unchanged"]) == (0, 1, 14)
    urls = {row["url"] for row in Tables(workspace).read("SELECT url FROM pages")}
    assert all(url.startswith("https://netavisen-broen.example/") for url in urls)
