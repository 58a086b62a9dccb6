import os
import tomllib
from contextlib import suppress
from dataclasses import fields
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from klumme.collect.sources import Discovery, Fields, Filter, Selectors, Source, find_source, load_source, parse_source
from klumme.errors import MissingError, SourceFileError
from klumme.workspace import find_home

LEAST = 'column = "K"\npublisher = "P"\nbase = "https://x.dk"\n'


def _load(tmp_path, text, name="x.toml"):
    path = tmp_path / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return load_source(path)


@pytest.mark.parametrize(
    "path", sorted((find_home() / "corpus" / "sources").glob("*.toml")), ids=lambda path: path.stem
)
def test_the_sources_of_the_project_are_whole(path):
    source = load_source(path)
    assert source.name == path.stem
    assert source.discover


@pytest.mark.parametrize("record", [Source, Discovery, Fields, Filter, Selectors])
def test_every_key_of_a_source_file_is_explained(record):
    text = (find_home() / "corpus" / "sources" / "README.md").read_text(encoding="utf-8")
    names = {field.name for field in fields(record)} - {"name"}
    assert {name for name in names if f"`{name}`" not in text and f"[{name}]" not in text} == set()


def test_selectors_are_dated(tmp_path):
    text = LEAST + '[[selectors]]\nvalid_until = 2022-12-31\ntitle = "h1"\n[[selectors]]\nvalid_from = 2023-01-01\n'
    old, new = _load(tmp_path, text).selectors
    assert [old.cover(day) for day in (date(2022, 12, 31), date(2023, 1, 1))] == [True, False]
    assert [new.cover(day) for day in (date(2022, 12, 31), date(2023, 1, 1))] == [False, True]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "lacks the key 'column'"),
        (LEAST + 'colunm = "x"', "Did you mean 'column'"),
        (LEAST + '[[discover]]\nkidn = "feed"', "Did you mean 'kind'"),
        (LEAST + '[[discover]]\nkind = "rss"', "cannot be 'rss'"),
        (LEAST + "[[discover]]\nsince = 2024-01-01T00:00:00", "type date"),
        (LEAST + '[[discover]]\nwindow_days = "31"', "type whole number"),
        (LEAST + "[[discover]]\nfirst_page = true", "type whole number"),
        (LEAST + '[[discover]]\nmatch = "(x"', "does not parse"),
        (LEAST + '[discover]\nkind = "feed"', "type list"),
        (LEAST + '[[discover]]\nfields = "x"', "type table"),
        (LEAST + '[[selectors]]\ntitle = "h1["', "does not parse"),
        (LEAST + '[[selectors]]\ntitle = "@page"', "does not parse"),
        (LEAST + '[filter]\ntitle = "a{99999999999}"', "does not parse"),
        (LEAST + '[filter]\ntitle = "' + "(" * 5000 + '"', "does not parse"),
        (LEAST + "[[selectors]]\ntitle = 3", "type text"),
        (LEAST + '[filter]\ntitle = "*"', "does not parse"),
        (LEAST + 'embedded = "ja"', "true or false"),
        (LEAST + 'hosts = "x.dk"', "type list"),
        (LEAST + "hosts = [1]", "type text"),
        (LEAST + 'name = "y"', "called 'y' inside"),
        (LEAST.replace("https://", "ftp://"), "Write it as https://host"),
        (LEAST.replace("https://x.dk", "x.dk"), "Write it as https://host"),
        (LEAST.replace("x.dk", "[x"), "Write it as https://host"),
        (LEAST.replace("x.dk", "ø" * 70), "Write it as https://host"),
        ("column = ", "cannot be read"),
        (b"\xff\xfe", "cannot be read"),
    ],
)
def test_a_source_file_with_a_mistake_is_refused_with_the_way_out(tmp_path, text, said):
    with pytest.raises(SourceFileError, match=said):
        _load(tmp_path, text)


def test_a_source_cannot_have_a_name_that_is_a_path(tmp_path):
    with pytest.raises(SourceFileError, match="cannot be called"):
        _load(tmp_path, LEAST, "..x.toml")


def test_a_source_that_is_not_there_is_named_with_the_nearest_one(tmp_path):
    with pytest.raises(MissingError, match="Did you mean 'sample'"):
        find_source(tmp_path / "smaple.toml", ["sample"])


fuzzed = settings(max_examples=int(os.environ.get("EXAMPLES", "60")), derandomize=True, deadline=None)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
KEYS = st.sampled_from(["column", "publisher", "base", "embedded", "hosts", "discover", "filter", "selectors", "x"])


@fuzzed
@given(st.dictionaries(KEYS, VALUES | st.just("https://x.dk"), max_size=6))
def test_no_table_makes_the_parser_crash(table):
    with suppress(SourceFileError):
        parse_source(table, "x", "x.toml")


@fuzzed
@given(st.text(max_size=60))
def test_no_selector_or_expression_makes_the_parser_crash(text):
    for table in ({"selectors": [{"title": text}]}, {"filter": {"title": text}}):
        with suppress(SourceFileError):
            parse_source({**tomllib.loads(LEAST), **table}, "x", "x.toml")
