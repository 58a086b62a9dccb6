from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from klumme.errors import InputError
from klumme.records import Block
from klumme.sample.articles import parse_article

TEXT = """+++
title = "Broen"
published = 2021-03-04T06:15:00
tags = ["vej"]
+++

Første afsnit.

## Mellemrubrik

> Et citat.

- et
- to

@author Nis er lærer.

@column En klumme.
"""


def test_every_block_gets_its_type():
    assert parse_article(TEXT, "broen").blocks == (
        Block("paragraph", "Første afsnit."),
        Block("subheading", "Mellemrubrik"),
        Block("pull_quote", "Et citat."),
        Block("list", "et\nto"),
        Block("author_note", "Nis er lærer."),
        Block("column_note", "En klumme."),
    )


def test_the_notes_are_not_part_of_the_body():
    article = parse_article(TEXT, "broen")
    assert [block.kind for block in article.body] == ["paragraph", "subheading", "pull_quote", "list"]
    assert article.note("author_note") == "Nis er lærer."


def test_the_name_of_the_file_tells_the_revision():
    assert (parse_article(TEXT, "broen@2").slug, parse_article(TEXT, "broen@2").revision) == ("broen", 2)


@pytest.mark.parametrize("text", ["", "no matter", "+++\ntitle = 'x'\n+++\n", TEXT.replace("tags", "tagz")])
def test_a_broken_file_is_named(text):
    with pytest.raises(InputError, match="broen"):
        parse_article(text, "broen")


@settings(derandomize=True, deadline=None)
@given(st.text(), st.text())
def test_no_text_makes_the_parser_crash(text, stem):
    for candidate in (text, f"+++\n{text}\n+++\n{text}"):
        with suppress(InputError):
            assert parse_article(candidate, stem).title
