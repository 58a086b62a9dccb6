"""The compiler against a slow, obvious matcher, on random corpora and random patterns."""

import random
import sys
from collections import defaultdict
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from klumme.errors import QueryError
from klumme.query.corpus import Corpus
from klumme.query.cql.parse import parse_pattern
from klumme.query.matches import matches
from klumme.query.question import Question
from klumme.query.store import fetch
from klumme.workspace import Workspace, find_home

sys.path.insert(0, str(Path(__file__).parent))

from reference import Reference

WORDS = {
    "rød": ("rød", "ADJ", ()),
    "røde": ("rød", "ADJ", ()),
    "bil": ("bil", "NOUN", ()),
    "biler": ("bil", "NOUN", ()),
}
WORDS |= {"kører": ("køre", "VERB", ()), "bilkø": ("bilkø", "NOUN", ("bil", "kø")), "og": ("og", "CCONJ", ())}


def _reference(corpus):
    """Make the matcher from what lies in the tables."""
    tables, passages, themes = corpus.store.tables, defaultdict(list), defaultdict(dict)
    for row in tables.read("SELECT * FROM tokens ORDER BY passage_id, i"):
        passages[row["passage_id"]].append(row)
    for row in tables.read("SELECT * FROM theme_scores"):
        themes[row["passage_id"]][row["theme"]] = row["p"]
    meta = tables.read("SELECT p.id AS passage, a.* FROM passages AS p JOIN articles AS a ON a.id = article_id")
    return Reference(passages, {row["passage"]: row for row in meta}, themes)


@pytest.fixture(scope="module", params=[1, 2])
def pair(request, tmp_path_factory, builder):
    """A random corpus twice: as klumme asks it, and as the reference does."""
    chance = random.Random(request.param)
    root = tmp_path_factory.mktemp("random")
    build, piece = builder
    pieces = [
        piece(
            f"r{number}",
            [" ".join(chance.choices([*WORDS, "."], k=chance.randint(1, 9))) for _ in range(2)],
            [{"politisk-ejerskab": chance.choice([0.25, 0.5, 0.75])} for _ in range(2)],
            party=chance.choice("AV"),
            published=datetime(chance.choice([2019, 2020, 2021]), 1, 1),
        )
        for number in range(20)
    ]
    with Corpus(build(Workspace(root, find_home()), pieces, WORDS).root) as corpus:
        yield corpus, _reference(corpus)


_VALUES = st.sampled_from(
    [
        'lemma="rød"',
        'lemma!="bil"',
        'form="bil.*"',
        'pos="NOUN"',
        'pos="ADJ|VERB"',
        'part="bil"',
        'form="BIL"%s',
        'lemma="."',
    ]
)
_CONDITIONS = st.recursive(
    _VALUES,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(" & ".join),
        st.tuples(inner, inner).map(lambda two: f"({two[0]} | {two[1]})"),
        inner.map(lambda one: f"!({one})"),
    ),
    max_leaves=3,
)
_TOKENS = st.one_of(_CONDITIONS.map(lambda text: f"[{text}]"), st.sampled_from(['"bil"', '"og|kører"', "[]", "[]"]))
_QUANTIFIERS = st.sampled_from(["", "", "", "?", "*", "+", "{2}", "{1,2}", "{0,3}", "{,2}"])


def _grown(inner):
    return st.one_of(
        st.tuples(inner, inner).map(" ".join),
        st.tuples(inner, inner, inner).map(" ".join),
        st.tuples(inner, inner, _QUANTIFIERS).map(lambda t: f"({t[0]} | {t[1]}){t[2]}"),
        st.tuples(inner, _QUANTIFIERS).map(lambda t: f"({t[0]}){t[1]}"),
    )


_BODIES = st.recursive(st.tuples(_TOKENS, _QUANTIFIERS).map("".join), _grown, max_leaves=4)
_SCOPES = st.sampled_from(
    [
        "",
        "",
        " within s",
        " !within s",
        " within passage",
        ' within <tema id="politisk-ejerskab">',
        ' !within <tema id="politisk-ejerskab" p>=0.75>',
        ' containing "bil"',
        ' !containing [pos="VERB"]',
        ' within ([] "og" [])',
        ' within s containing [lemma="rød"]',
    ]
)
_CONSTRAINTS = st.sampled_from(["", "", ' :: parti="A"', ' :: !(parti="A") | år>=2021', " :: år<2020"])
_LABELLED = st.tuples(
    _CONDITIONS, st.sampled_from(["", " []", " []{0,2}", ' "og"?']), _CONDITIONS, st.sampled_from(["=", "!="])
).map(lambda t: f"a:[{t[0]}]{t[1]} b:[{t[2]}] :: a.lemma {t[3]} b.lemma")
PATTERNS = st.one_of(st.tuples(_BODIES, _SCOPES, _CONSTRAINTS).map("".join), _LABELLED)


@given(text=PATTERNS)
@settings(derandomize=True, deadline=None, max_examples=150)
def test_the_compiler_agrees_with_a_slow_and_obvious_matcher(pair, text):
    corpus, reference = pair
    try:
        with matches(corpus.store, Question(text, cql=True)) as found:
            rows = fetch(found.cursor, "SELECT passage_id, b, e FROM matches JOIN meta USING (passage)", ())
    except QueryError:
        assume(False)
    assert sorted(tuple(row.values()) for row in rows) == sorted(reference.find(parse_pattern(text)))
