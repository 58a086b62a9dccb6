"""What robots.txt says is kept, and while it cannot be read nothing is fetched."""

import gzip

import pytest

from klumme.errors import CollectError


def _hang(handler):
    handler.server.site.stop.wait(3)


def _hang_up(handler):
    handler.wfile.flush()


def _to(location):
    return (302, {"Location": location}, b"")


ROBOTS_CLOSED = {
    "500": (500, {}, b""),
    "503": (503, {"Retry-After": "5000"}, b""),
    "429": (429, {}, b""),
    "no answer": _hang,
    "a broken answer": _hang_up,
    "a redirect loop": _to("/robots.txt"),
    "a redirect to another site": _to("https://example.org/robots.txt"),
    "a delay of eleven days": (200, {}, b"User-agent: *\nCrawl-delay: 1000000\n"),
}


@pytest.mark.parametrize("behaviour", ROBOTS_CLOSED)
def test_nothing_is_fetched_while_robots_txt_cannot_be_read(site, collector, behaviour):
    site.listing("/a")
    site.page("/a")
    site.routes["/robots.txt"] = ROBOTS_CLOSED[behaviour]
    with pytest.raises(CollectError, match=r"robots\.txt"):
        collector.run()
    assert site.asked("/") == 0
    assert collector.kept() == []


ROBOTS_OPEN = {
    "404": (404, {}, b""),
    "403": (403, {}, b""),
    "a web page": (200, {"Content-Type": "text/html"}, b"<!doctype html><title>Forside</title>"),
    "bytes": (200, {}, bytes(range(256))),
    "nothing": (200, {}, b""),
    "ten megabytes": (200, {}, b"User-agent: *\nDisallow: /lukket\n" + b"# mere\n" * 1_500_000),
    "a redirect": _to("/andre-robotter.txt"),
    "a delay that is none": (200, {}, b"User-agent: *\nCrawl-delay: lidt\n"),
}


@pytest.mark.parametrize("behaviour", ROBOTS_OPEN)
def test_a_robots_txt_that_closes_nothing_closes_nothing(site, collector, behaviour):
    site.listing("/a")
    site.page("/a")
    site.routes["/robots.txt"] = ROBOTS_OPEN[behaviour]
    site.routes["/andre-robotter.txt"] = (200, {}, b"User-agent: *\nDisallow: /lukket\n")
    collector.run()
    assert collector.kept() == ["/a"]


def test_a_path_that_robots_txt_closes_is_never_asked_and_the_decision_is_kept(site, collector):
    site.listing("/lukket/a", "/b")
    site.page("/b")
    site.routes["/robots.txt"] = (200, {}, b"User-agent: *\nAllow: /\nUser-agent: klumme\nDisallow: /lukket\n")
    collector.run()
    assert site.asked("/lukket/a") == 0
    assert collector.permissions()["/lukket/a"] == (False, "robots.txt")
    assert collector.reasons() == {"/lukket/a": "disallowed"}


def test_a_path_that_was_closed_is_asked_once_it_is_open(site, collector):
    site.listing("/a")
    site.page("/a")
    site.routes["/robots.txt"] = (200, {}, b"User-agent: *\nDisallow: /\nAllow: /$\n")
    collector.run()
    assert collector.reasons() == {"/a": "disallowed"}
    site.routes["/robots.txt"] = (200, {}, b"")
    collector.run()
    assert (collector.kept(), collector.reasons()) == (["/a"], {})


@pytest.mark.parametrize("size", [10, 100_000])
def test_a_packed_robots_txt_is_unpacked(site, collector, size):
    site.listing("/a", "/lukket")
    site.page("/a")
    rules = b"User-agent: *\nDisallow: /lukket\n" + b"# mere\n" * size
    site.routes["/robots.txt"] = (200, {"Content-Encoding": "gzip"}, gzip.compress(rules))
    collector.run()
    assert collector.reasons() == {"/lukket": "disallowed"}


def test_the_delay_of_robots_txt_is_kept_between_all_requests(site, collector):
    site.listing("/a", "/b")
    site.page("/a")
    site.page("/b")
    site.routes["/robots.txt"] = (200, {}, b"User-agent: *\nCrawl-delay: 9\n")
    collector.run()
    assert len(collector.naps) == 4
    assert min(collector.naps) > 8
