import pytest

from klumme.collect.tdm import matching, parse_file, reservation, value
from klumme.errors import SettingsError

URL = "https://x.dk/klummer/2024/a.html?b=1"


def _file(*rules):
    return "[" + ",".join(f'{{"location": "{where}", "tdm-reservation": {said}}}' for where, said in rules) + "]"


def _decide(file="", header="", meta="", robots="", robots_meta=""):
    headers = {"content-type": "text/html"}
    headers |= {"tdm-reservation": header} if header else {}
    headers |= {"x-robots-tag": robots} if robots else {}
    body = f'<meta name="TDM-Reservation" content="{meta}">' if meta else ""
    body += f'<meta name="robots" content="{robots_meta}">' if robots_meta else ""
    found = reservation(URL, parse_file(file.encode()), headers, f"<html><head>{body}</head><body><p>x".encode())
    return found.reserved, found.rule


ALL, NONE = _file(("/", 1)), _file(("/", 0))


@pytest.mark.parametrize(
    ("said", "decision"),
    [
        ({}, (False, "none")),
        ({"file": ALL}, (True, "tdmrep.json")),
        ({"file": NONE}, (False, "tdmrep.json")),
        ({"header": "1"}, (True, "tdm-header")),
        ({"meta": "1"}, (True, "tdm-meta")),
        # The header supersedes the file, the metadata supersede both.
        ({"file": ALL, "header": "0"}, (False, "tdm-header")),
        ({"file": NONE, "header": "1"}, (True, "tdm-header")),
        ({"file": ALL, "header": "0", "meta": "1"}, (True, "tdm-meta")),
        ({"file": ALL, "header": "1", "meta": "0"}, (False, "tdm-meta")),
        ({"header": "1", "meta": "0"}, (False, "tdm-meta")),
        # A value other than 0 or 1 is not set, and supersedes nothing.
        ({"file": ALL, "header": "yes"}, (True, "tdmrep.json")),
        ({"header": "1", "meta": "nej"}, (True, "tdm-header")),
        ({"header": " 1 "}, (True, "tdm-header")),
        ({"header": "1, 1"}, (False, "none")),
        ({"file": _file(("/", '"1"'))}, (True, "tdmrep.json")),
        ({"file": _file(("/", "true"))}, (False, "none")),
        ({"robots": "noai"}, (True, "noai")),
        ({"robots": "noindex, NoAI, noimageai"}, (True, "noai")),
        ({"robots": "klumme: noai"}, (True, "noai")),
        ({"robots": "otherbot: noai"}, (False, "none")),
        ({"robots": "noindex, noimageai"}, (False, "none")),
        ({"robots_meta": "noai"}, (True, "noai")),
        ({"header": "0", "robots": "noai"}, (True, "noai")),
    ],
)
def test_the_file_the_header_and_the_metadata_supersede_each_other_in_this_order(said, decision):
    assert _decide(**said) == decision


@pytest.mark.parametrize(
    ("location", "matches"),
    [
        ("/", True),
        ("/klummer", True),
        ("/Klummer", False),
        ("/klummer/*/a", True),
        ("/klummer/*.html", True),
        ("/klummer/*.html$", False),
        ("*b=1$", True),
        ("/klummer/2024/a.html?b=1$", True),
        ("/klummer$", False),
        ("/k*r*/2024", True),
        ("/kl%75mmer/", True),
        ("klummer", False),
        ("/andet", False),
        ("", True),
        ("$", False),
        ("*" * 5000 + "x", False),
    ],
)
def test_a_location_matches_as_in_robots_txt(location, matches):
    assert (matching(parse_file(_file((location, 1)).encode()), URL) is not None) == matches


def test_the_first_rule_in_sequence_counts():
    assert _decide(file=_file(("/klummer", 0), ("/", 1))) == (False, "tdmrep.json")
    assert _decide(file=_file(("/", 1), ("/klummer", 0))) == (True, "tdmrep.json")


@pytest.mark.parametrize(
    "content", ["", "{}", "null", "[1, [], {}]", '[{"location": 3}]', "[" * 99_999, '{"location": "/"}', "\xff"]
)
def test_a_tdm_file_that_is_none_holds_no_rules(content):
    assert parse_file(content.encode("latin-1")) == ()


def test_only_zero_and_one_are_values():
    assert [value(said) for said in (1, 0, "1", "0", True, False, None, 2, "", "1.0")] == [
        True, False, True, False, None, None, None, None, None, None,
    ]  # fmt: skip


def test_the_policy_stands_in_the_evidence():
    rules = parse_file(b'[{"location": "/", "tdm-reservation": 1, "tdm-policy": "https://x.dk/p.json"}]')
    evidence = reservation(URL, rules, {}, b"").evidence
    assert evidence == "location /: tdm-reservation 1, tdm-policy https://x.dk/p.json"


def test_a_reserved_page_is_not_kept_and_the_decision_says_why(site, collector):
    site.listing("/a", "/b")
    site.page("/a", **{"tdm-reservation": "1"})
    site.page("/b")
    collector.run()
    assert collector.kept() == ["/b"]
    assert collector.reasons() == {"/a": "reserved"}
    assert collector.permissions()["/a"] == (False, "tdm-header")
    assert collector.permissions()["/b"] == (True, "none")
    for archive in (collector.workspace.raw).iterdir():
        assert b"/a\r\n" not in archive.read_bytes()


def test_a_reserved_page_is_asked_once_and_counted_in_every_run(site, collector):
    site.listing("/a")
    site.page("/a", '<meta name="tdm-reservation" content="1"><p>nej')
    assert collector.run().skipped == {"reserved": 1}
    assert collector.run().skipped == {"reserved": 1}
    assert site.asked("/a") == 1


def test_the_tdm_file_is_read_before_any_page(site, collector):
    site.listing("/a")
    site.page("/a")
    site.routes["/.well-known/tdmrep.json"] = (200, {}, _file(("/a", 1)).encode())
    collector.run()
    assert [path for path, _ in site.requests][:3] == ["/robots.txt", "/.well-known/tdmrep.json", "/"]
    assert collector.permissions()["/a"] == (False, "tdmrep.json")


def test_research_needs_a_written_reason_which_is_recorded(site, collector):
    site.listing("/a")
    site.page("/a", **{"tdm-reservation": "1"})
    with pytest.raises(SettingsError, match="written reason"):
        collector.run(tdm="research")
    with pytest.raises(SettingsError, match="cannot be 'ignore'"):
        collector.run(tdm="ignore")
    assert site.requests == []
    collector.run()
    collector.run(tdm="research", tdm_reason="Article 3 DSM, project 12, a university")
    assert collector.kept() == ["/a"]
    assert collector.permissions()["/a"] == (True, "research exception from tdm-header")
    assert collector.reasons() == {}


@pytest.mark.parametrize("answer", [200, 304])
def test_a_kept_page_that_is_reserved_later_is_named(site, collector, answer):
    headers = {"Content-Type": "text/html", "ETag": '"1"'}
    site.listing("/a")
    site.routes["/a"] = (200, headers, b"<p>hej")
    collector.run()
    site.page("/", '<article><a href="/a">ny titel</a></article>')
    site.routes["/a"] = (answer, headers | {"tdm-reservation": "1"}, b"" if answer == 304 else b"<p>hej")
    report = collector.run()
    assert collector.permissions()["/a"] == (False, "tdm-header")
    assert collector.reasons() == {"/a": "reserved"}
    assert "1 pages that were kept are reserved now" in report.notes[0]


def test_metadata_of_a_page_that_was_not_modified_still_supersede_the_file(site, collector):
    headers = {"Content-Type": "text/html", "ETag": '"1"'}
    site.listing("/a")
    site.routes["/.well-known/tdmrep.json"] = (200, {}, ALL.encode())
    site.routes["/a"] = (200, headers, b'<meta name="tdm-reservation" content="0"><p>hej')
    collector.run()
    site.page("/", '<article><a href="/a">ny titel</a></article>')
    site.routes["/a"] = (304, headers, b"")
    collector.run()
    assert collector.permissions()["/a"] == (True, "tdm-meta")
