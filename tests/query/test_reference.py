"""The compiler against a slow, obvious matcher, on random corpora and random patterns."""

import random
import re
from collections import defaultdict
from datetime import datetime

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from klumme.errors import QueryError
from klumme.query.corpus import Corpus
from klumme.query.cql import tree
from klumme.query.cql.parse import parse_pattern
from klumme.query.matches import matches
from klumme.query.store import fetch
from klumme.workspace import Workspace, find_home

WORDS = {
    "rød": ("rød", "ADJ", ()),
    "røde": ("rød", "ADJ", ()),
    "bil": ("bil", "NOUN", ()),
    "biler": ("bil", "NOUN", ()),
}
WORDS |= {"kører": ("køre", "VERB", ()), "bilkø": ("bilkø", "NOUN", ("bil", "kø")), "og": ("og", "CCONJ", ())}


class Reference:
    """Tries every pattern at every token."""

    def __init__(self, corpus):
        tables = corpus.store.tables
        self.passages = defaultdict(list)
        for row in tables.read("SELECT * FROM tokens ORDER BY passage_id, i"):
            self.passages[row["passage_id"]].append(row)
        articles = (
            "SELECT p.id, a.party, year(a.published) AS year FROM passages AS p JOIN articles AS a ON a.id = article_id"
        )
        self.meta = {row["id"]: row for row in tables.read(articles)}
        self.themes = {row["passage_id"]: row["p"] for row in tables.read("SELECT passage_id, p FROM theme_scores")}

    def find(self, pattern):
        return {
            (name, b, e)
            for name, tokens in self.passages.items()
            for b, e in self._matches(pattern, name, tokens)
            if all(self._inside(scope, b, e, name, tokens) for scope in pattern.scopes)
        }

    def _matches(self, pattern, name, tokens):
        for b in range(len(tokens)):
            for e, labels in self._ends(pattern.body, tokens, b):
                if e > b and (pattern.constraint is None or self._fact(pattern.constraint, name, tokens, dict(labels))):
                    yield b, e

    def _ends(self, node, tokens, b):
        match node:
            case tree.Token():
                if b < len(tokens) and (node.condition is None or self._holds(node.condition, tokens[b])):
                    yield b + 1, ((node.label, b),) if node.label else ()
            case tree.Sequence():
                yield from self._chain(node.items, tokens, b)
            case tree.Choice():
                for option in node.options:
                    yield from self._ends(option, tokens, b)
            case tree.Repeat():
                most = len(tokens) if node.most is None else min(node.most, len(tokens))
                for count in range(node.least, max(most, node.least) + 1):
                    yield from self._chain((node.item,) * count, tokens, b)

    def _chain(self, items, tokens, b):
        reached = {(b, ())}
        for item in items:
            reached = {(e, old + new) for at, old in reached for e, new in self._ends(item, tokens, at)}
        yield from reached

    def _holds(self, condition, token):
        match condition:
            case tree.All():
                return all(self._holds(part, token) for part in condition.parts)
            case tree.Any():
                return any(self._holds(part, token) for part in condition.parts)
            case tree.Not():
                return not self._holds(condition.part, token)
        value = token[condition.attribute]
        fold = re.IGNORECASE if condition.attribute in ("form", "lemma", "parts") and "s" not in condition.flags else 0
        values = value if isinstance(value, list) else [value]
        return any(re.fullmatch(condition.value, v, fold) for v in values) == condition.equal

    def _fact(self, condition, name, tokens, labels):
        match condition:
            case tree.All():
                return all(self._fact(part, name, tokens, labels) for part in condition.parts)
            case tree.Any():
                return any(self._fact(part, name, tokens, labels) for part in condition.parts)
            case tree.Not():
                return not self._fact(condition.part, name, tokens, labels)
        left, right = (self._side(side, name, tokens, labels) for side in (condition.left, condition.right))
        if left is None or right is None:
            return False
        if condition.left.value == "år":
            right = int(right)
        return {"=": left == right, "!=": left != right, ">=": left >= right, "<": left < right}[condition.order]

    def _side(self, side, name, tokens, labels):
        match side.kind:
            case "label":
                return tokens[labels[side.label]][side.value].lower() if side.label in labels else None
            case "field":
                return self.meta[name]["year" if side.value == "år" else "party"]
        return side.value

    def _inside(self, scope, b, e, name, tokens):
        return self._holds_scope(scope, b, e, name, tokens) != scope.negated

    def _holds_scope(self, scope, b, e, name, tokens):
        match scope.what:
            case tree.Element(name="s"):
                return tokens[b]["sentence"] == tokens[e - 1]["sentence"]
            case tree.Element(name="tema", p=None):
                return self.themes[name] >= 0.5
            case tree.Element(name="tema"):
                return self.themes[name] >= scope.what.p
            case tree.Element():
                return True
        spans = [(x, y) for x in range(len(tokens)) for y, _ in self._ends(scope.what, tokens, x) if y > x]
        if scope.how == "containing":
            return any(b <= x and y <= e for x, y in spans)
        return any(x <= b and e <= y for x, y in spans)


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
        yield corpus, Reference(corpus)


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
        with matches(corpus.store, text, cql=True) as cursor:
            rows = fetch(cursor, "SELECT passage_id, b, e FROM matches JOIN meta USING (passage)", ())
    except QueryError:
        assume(False)
    assert sorted(tuple(row.values()) for row in rows) == sorted(reference.find(parse_pattern(text)))
