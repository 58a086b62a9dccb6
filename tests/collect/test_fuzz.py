"""No bytes from the net make a parser crash: each gives something, or a FetchError.

`EXAMPLES=10000 pytest tests/collect/test_fuzz.py` tries as many; the suite tries a few.
"""

import gzip
import json
import os
import zlib
from contextlib import suppress
from datetime import UTC, date, datetime
from io import BytesIO
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from klumme.collect.addresses import ascii_url, guard
from klumme.collect.discover import windows
from klumme.collect.entries import Entry, absolute, tidy, wanted
from klumme.collect.feeds import parse_feed, parse_sitemap
from klumme.collect.fetch import Answer
from klumme.collect.listing import parse_listing
from klumme.collect.markup import decoded
from klumme.collect.objects import parse_objects
from klumme.collect.pace import retry_after
from klumme.collect.problems import FetchError
from klumme.collect.redact import redact
from klumme.collect.sources import Discovery, Fields, Filter, parse_source
from klumme.collect.tdm import parse_file, reservation
from klumme.collect.unpack import unpack
from klumme.collect.warc import response_pair

fuzzed = settings(max_examples=int(os.environ.get("EXAMPLES", "60")), derandomize=True, deadline=None)

URL = "https://x.dk/k/"
TEXT = st.text(max_size=40)
TAGS = st.sampled_from(
    "<rss> </rss> <item> </item> <link> </link> <entry> <link|href=' '/> <urlset> <url> <loc> </loc> <sitemap> "
    "<![CDATA[ ]]> <!-- <!DOCTYPE|x|[ ]> &amp; &x; <?xml <article> </article> <h2> <a|href= '/a'> </a> <time|datetime= "
    "<meta|charset= <base|href=//x>".replace("|", "\u00a0").split(" ")
).map(lambda tag: tag.replace("\u00a0", " "))
MARKUP = st.lists(TAGS | TEXT, max_size=25).map("".join)
BYTES = st.binary(max_size=200) | MARKUP.map(lambda text: text.encode("utf-8", "replace"))
LISTING = Discovery(entry="article", link="a", title="h2", published="time", next="a[rel=next]")


@fuzzed
@given(BYTES)
def test_feeds_and_sitemaps(content):
    for parse in (parse_feed, parse_sitemap):
        with suppress(FetchError):
            parse(content, URL)


@fuzzed
@given(BYTES, TEXT)
def test_listings(content, kind):
    for how in (LISTING, Discovery()):
        entries, following = parse_listing(content, kind, URL, how)
        assert isinstance(following, str)
        assert all(entry.mark and entry.url for entry in entries)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["url", "title", "tags", "a"]), inner),
    max_leaves=12,
)


@fuzzed
@given(JSON, st.sampled_from(["", "a", "a.a"]), BYTES)
def test_json_listings_and_tdm_files(value, items, noise):
    for content in (json.dumps(value).encode(), noise):
        with suppress(FetchError):
            parse_objects(
                content, URL, Fields(items=items, tags="tags", section="a.url"), Discovery(time_format="%d.%m.%Y")
            )
        parse_file(content)


@fuzzed
@given(JSON, TEXT, MARKUP, TEXT)
def test_reservations(value, header, markup, url):
    rules = parse_file(json.dumps([{"location": header, "tdm-reservation": value}, {"location": url}]).encode())
    headers = {"tdm-reservation": header, "x-robots-tag": markup, "content-type": "text/html"}
    found = reservation(
        f"https://x.dk/{url}".replace("[", "").replace("]", ""), rules, headers, markup.encode("utf-8", "replace")
    )
    assert isinstance(found.reserved, bool)


@fuzzed
@given(st.binary(max_size=300), st.sampled_from(["gzip", "deflate", "", "identity", "br", "gzip, gzip", "GZIP"]))
def test_unpacking(payload, encoding):
    with suppress(FetchError):
        assert len(unpack(payload, encoding, 1000)) <= 1000


@fuzzed
@given(st.binary(max_size=50) | st.binary(min_size=150, max_size=200), st.integers(0, 40))
def test_what_was_packed_is_unpacked_or_named_as_broken_when_cut(content, cut):
    for encoding, packed in (("gzip", gzip.compress(content)), ("deflate", zlib.compress(content))):
        assert unpack(packed, encoding, 3000) == content
        assert unpack(packed, encoding, 100, cut=True) == content[:100]
        if cut:
            with suppress(FetchError):
                assert unpack(packed[:-cut], encoding, 3000) in (b"", content)
            assert content.startswith(unpack(packed[:-cut], encoding, 3000, cut=True))


@fuzzed
@given(TEXT | st.sampled_from(["//", "http://[", "https://x.dk:99999/", "http://x.dk\\@y.dk", "/a?b#c", "x:y"]))
def test_addresses(text):
    source = parse_source({"column": "K", "publisher": "P", "base": "https://x.dk"}, "x", "x.toml")
    for url in (text, absolute(URL, text)):
        with suppress(FetchError):
            sent = ascii_url(url)
            guard(sent, source)
            assert sent.isascii()
            assert ascii_url(sent) == sent


@fuzzed
@given(TEXT | st.from_regex(r"(Mon, )?\d{1,2} (Mar|Xyz) \d{1,6} \d\d:\d\d:\d\d( GMT| \+\d{4})?", fullmatch=True))
def test_retry_after(said):
    wait = retry_after(said, datetime(2024, 3, 4, tzinfo=UTC))
    assert wait is None or wait >= 0


@fuzzed
@given(BYTES, TEXT)
def test_charsets(body, kind):
    assert isinstance(decoded(body, f"text/html; charset={kind}"), str)


@fuzzed
@given(TEXT, TEXT, st.lists(TEXT, max_size=3))
def test_entries(title, url, tags):
    entry = Entry(url, title, tags=tuple(tags))
    assert tidy(tidy(title)) == tidy(title)
    assert entry.mark == Entry(url, f" {title} ").mark
    assert wanted(entry, Filter())


@fuzzed
@given(st.dates(), st.integers(-3, 900), st.integers(0, 2000))
def test_windows(since, days, span):
    today = date.fromordinal(min(since.toordinal() + span, date.max.toordinal() - 1000))
    found = list(windows(since, days, today))
    assert all(low <= high for low, high in found)
    assert all((later[0] - before[1]).total_seconds() == 1 for before, later in pairwise(found))


HEADERS = st.lists(st.tuples(st.text(min_size=1, max_size=10), TEXT), max_size=5).map(tuple)


@fuzzed
@given(HEADERS, TEXT, st.binary(max_size=300))
def test_records(tmp_path_factory, headers, reason, payload):
    answer = Answer(URL, 200, reason, headers, payload, payload, datetime(2024, 3, 4, 5, 6, 7, 8))
    content = response_pair(answer, {"role": "article", "asked": reason})
    response, request = [
        (record.rec_type, record.rec_headers.get_header("WARC-Target-URI"), record.raw_stream.read())
        for record in ArchiveIterator(BytesIO(content), check_digests="raise")
    ]
    assert response == ("response", URL, payload)
    assert request[:2] == ("request", URL)
    path = tmp_path_factory.getbasetemp() / "fuzzed.warc.gz"
    path.write_bytes(content)
    assert redact(path, lambda record, body: True) == 2
    assert path.stat().st_size == len(content)
    assert [record.rec_type for record in ArchiveIterator(BytesIO(path.read_bytes()))] == ["metadata", "metadata"]
