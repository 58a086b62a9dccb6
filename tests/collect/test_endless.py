"""Listings that never end, lead back or hold too much end all the same."""

from klumme.collect import discover


def _numbered(handler):
    number = int(handler.path.partition("=")[2] or 0)
    card = f'<article><a href="/a{number}">x</a></article><a class="next" href="/?side={number + 1}">næste</a>'
    handler.answer(200, {"Content-Type": "text/html"}, card.encode())


class _Everything(dict):
    """Answer every address of a trap in the same way."""

    def get(self, path, default=None):
        return _numbered if path.startswith("/?side") else super().get(path, default)


def test_pagination_without_an_end_ends(site, collector, monkeypatch):
    monkeypatch.setattr(discover, "MAX_LISTINGS", 10)
    site.routes = _Everything({"/": _numbered})
    collector.run()
    assert sum(1 for path, _ in site.requests if path.startswith("/?side") or path == "/") == 10
    assert collector.reasons()["/"] == "broken-listing"


def test_a_calendar_that_goes_on_without_anything_new_ends(site, collector):
    site.page("/", '<article><a href="/a">x</a></article><a class="next" href="/?side=1">næste</a>')
    site.routes["/?side=1"] = site.routes["/"]
    site.page("/?side=1", '<article><a href="/a">x</a></article><a class="next" href="/?side=2">næste</a>')
    site.page("/a")
    collector.run()
    assert site.asked("/?side=2") == 0
    assert collector.kept() == ["/a"]


def test_a_listing_that_leads_back_to_itself_ends(site, collector):
    site.listing("/a", more='<a class="next" href="/">næste</a>')
    site.page("/a")
    collector.run()
    assert site.asked("/") == 1


def test_of_a_listing_with_twenty_thousand_links_a_thousand_are_read(site, collector):
    site.listing(*[f"/a{number}" for number in range(20_000)])
    site.page("/a0")
    report = collector.run(collector.source(filter={"url": "/a0$"}), max_bytes=20_000_000)
    assert (report.counts["listed"], collector.kept()) == (1000, ["/a0"])


def test_markup_a_hundred_thousand_deep_neither_crashes_nor_hides_the_run(site, collector):
    deep = "<div>" * 100_000
    site.page("/", f'<article><a href="/a">x</a></article>{deep}<article><a href="/b">y</a></article>')
    site.page("/a", deep + "hej")
    collector.run(max_bytes=20_000_000)
    assert "/a" in collector.kept()
