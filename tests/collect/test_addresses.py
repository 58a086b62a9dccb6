import socket

import pytest

from klumme.collect.addresses import ascii_url, checked, guard, on_loopback
from klumme.collect.fetch import Fetcher
from klumme.collect.pace import Pace
from klumme.collect.problems import FetchError
from klumme.collect.sources import parse_source
from klumme.settings import CollectSettings


def _source(base):
    return parse_source({"column": "K", "publisher": "P", "base": base, "hosts": ["cdn.x.dk"]}, "x", "x.toml")


@pytest.mark.parametrize("url", ["https://x.dk/a", "http://www.x.dk", "https://x.dk:443/", "https://CDN.x.dk/a"])
def test_the_hosts_of_the_source_may_be_asked(url):
    guard(url, _source("https://x.dk"))


def test_a_host_with_danish_letters_is_the_one_that_is_sent():
    guard(ascii_url("https://rødgrød.dk/a"), _source("https://RØDGRØD.dk"))


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("ftp://x.dk/", "scheme"),
        ("//x.dk/", "scheme"),
        ("data:text/html,x", "scheme"),
        ("https://x.dk.evil.dk/", "foreign-host"),
        ("https://evil.dk/?x.dk", "foreign-host"),
        ("https://evil.dk#@x.dk/", "foreign-host"),
        ("https://x.dk@evil.dk/", "foreign-host"),
        ("https://me@x.dk/", "foreign-host"),
        ("https://x.dk:8080/", "foreign-host"),
        ("https://127.0.0.1/", "foreign-host"),
        ("https://[::1]/", "foreign-host"),
        ("https://2130706433/", "foreign-host"),
        ("https:///a", "foreign-host"),
        ("https://x.dk:port/", "no-address"),
        ("https://[x.dk/", "no-address"),
    ],
)
def test_nothing_else_may_be_asked(url, reason):
    with pytest.raises(FetchError) as caught:
        guard(url, _source("https://x.dk"))
    assert caught.value.reason == reason


PRIVATE = [
    "127.0.0.1", "10.0.0.1", "172.16.3.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "224.0.0.1",
    "255.255.255.255", "::1", "fe80::1%eth0", "fc00::1", "::ffff:10.0.0.1", "2002:7f00:1::", "ff02::1", "::", "0.1.2.3",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_a_host_that_leads_to_a_private_address_is_refused(address):
    found = [(socket.AF_INET, 1, 6, "", ("93.184.216.34", 80)), (socket.AF_INET6, 1, 6, "", (address, 80))]
    with pytest.raises(FetchError, match="no public address"):
        checked("x.dk", found, private=False)
    assert checked("x.dk", found, private=True) == found


def test_the_name_is_resolved_once_and_the_checked_address_is_the_one_connected_to():
    answers = ["127.0.0.1"]

    def resolve(host, port):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (answers.pop(0), port))]

    fetcher = Fetcher(
        _source("http://x.dk"), CollectSettings(contact="a@b.dk", retries=0, timeout=0.2), Pace(0.0), resolve=resolve
    )
    with pytest.raises(FetchError) as caught:
        fetcher.get("http://x.dk/")
    assert (caught.value.reason, answers) == ("private-address", [])


def test_a_source_elsewhere_cannot_be_led_to_loopback_by_its_name(site):
    port = int(site.base.rpartition(":")[2])
    source = _source(f"http://x.dk:{port}")

    def resolve(host, port):
        return socket.getaddrinfo("127.0.0.1", port, type=socket.SOCK_STREAM)

    fetcher = Fetcher(source, CollectSettings(contact="a@b.dk", retries=0), Pace(0.0), resolve=resolve)
    with pytest.raises(FetchError) as caught:
        fetcher.get(f"http://x.dk:{port}/robots.txt")
    assert (caught.value.reason, site.requests) == ("private-address", [])


def test_a_name_that_does_not_resolve_and_a_port_that_is_closed_are_unreachable():
    def nowhere(host, port):
        raise socket.gaierror(-2, "Name or service not known")

    settings = CollectSettings(contact="a@b.dk", retries=0, timeout=0.2)
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        here = f"http://127.0.0.1:{closed.getsockname()[1]}"
        for base, ways in (("http://x.dk", {"resolve": nowhere}), (here, {})):
            with pytest.raises(FetchError) as caught:
                Fetcher(_source(base), settings, Pace(0.0), **ways).get(f"{base}/")
            assert caught.value.reason == "unreachable"


def test_a_connection_that_hangs_is_a_timeout():
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        address = full.getsockname()
        waiting = [socket.socket() for _ in range(3)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(address)
        base = f"http://127.0.0.1:{address[1]}"
        with pytest.raises(FetchError) as caught:
            Fetcher(_source(base), CollectSettings(retries=0, timeout=0.2), Pace(0.0)).get(f"{base}/")
        for each in waiting:
            each.close()
    assert caught.value.reason == "timeout"


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("https://x.dk/blå bær?q=æ&r=%C3%A6#top", "https://x.dk/bl%C3%A5%20b%C3%A6r?q=%C3%A6&r=%C3%A6"),
        ("HTTPS://X.dk/a/../b", "https://x.dk/b"),
        ("https://rødgrød.dk/", "https://xn--rdgrd-vuad.dk/"),
        ("https://x.dk/100%", "https://x.dk/100%25"),
    ],
)
def test_an_address_is_written_as_it_is_sent(written, sent):
    assert ascii_url(written) == sent


def test_loopback_is_known_by_name_and_number():
    assert [on_loopback(host) for host in ("localhost", "127.0.0.1", "127.1.2.3", "::1", "[::1]")] == [True] * 5
    assert [on_loopback(host) for host in ("localhost.evil.dk", "128.0.0.1", "x.dk", "")] == [False] * 4
