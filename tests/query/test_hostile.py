"""Questions meant to harm: each is answered, or refused with a reason, within its time, and nothing is written."""

from contextlib import suppress

import pytest

from klumme.errors import KlummeError, QueryError
from klumme.query.corpus import Corpus
from klumme.query.matches import matches
from klumme.query.question import Question
from klumme.workspace import Workspace, find_home

SECONDS = 2.0

PATTERNS = {
    "a catastrophic expression": '"(a+)+b"',
    "another": '"(a|aa)+$"',
    "one with many choices": '"(a?){30}a{30}"',
    "backtracking in a lemma": '[lemma="(.*a){12}"]',
    "a look-behind": '"(?<=a)b"',
    "a reference back": r'"(a)\1"',
    "an expression too large": '"((a{100}){100}){100}"',
    "a giant window": '"a" []{0,1000} "a"',
    "an open window": '"a" []* "a"',
    "many open windows": '"a" []* "a" []* "a" []* "a" []* "a"',
    "a repetition of repetitions": '(("a"+)+)+ "b"',
    "a long repetition": '"a"{1,1000}',
    "a repetition without end": '("a" "a"?)* "c"',
    "many choices": " ".join(['("a"|"b"|"c")'] * 40),
    "many parts left out": '"a"? ' * 6 + '"a"',
    "windows within windows": '"a" []{0,1000} "a" within ("a" []{0,1000} "a" []{0,1000} "a")',
    "what is contained in what": '"a" []* "a" containing ("a" []* "a") containing ("a" []* "a")',
    "deep brackets": "(" * 3000 + '"a"' + ")" * 3000,
    "deep denials": "[" + "!" * 3000 + 'lemma="a"]',
    "deep constraints": '"a" :: ' + "(" * 3000 + 'parti="A"' + ")" * 3000,
    "a long list": "|".join(['"a"'] * 3000),
    "a long condition": "[" + " | ".join(['lemma="a"'] * 3000) + "]",
    "a long text": '"' + "a" * 200_000 + '"',
    "injection into a value": """[lemma="a' OR 1=1; DROP TABLE meta; --"]""",
    "injection into a constraint": """"a" :: parti="A'; DROP TABLE meta; --\"""",
    "injection into a label": """a":[] :: a".lemma="x\"""",
    "injection into a theme": """"a" within <tema id="x') OR 1=1 --">""",
    "a parameter's name": '[lemma="$p0"] [lemma="?"]',
    "a null character": '"a\0b"',
    "half a letter": '"\ud800"',
    "a regular expression of nothing": '""',
}

QUERIES = {
    "injection": "x'; DROP TABLE meta; --",
    "injection into a phrase": '"a\' OR 1=1 --"',
    "injection into a field": 'forfatter:"x\' OR 1=1 --"',
    "many words": " ".join(f"ord{n}" for n in range(2000)),
    "one word often": "a " * 2000,
    "many choices": " OR ".join(["a"] * 2000),
    "every word": "a* b* c*",
    "an expression in a phrase": '"(a+)+b [["',
    "a long phrase": '"' + "a " * 2000 + '"',
    "a long word": "a" * 100_000,
    "a null character": "a\0b",
    "half a letter": "\ud800",
    "wild signs": "% _ * \\ $p0 ? \u202e",
}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory, builder):
    """A corpus that makes it easy: one word over and over, and a very long one."""
    build, piece = builder
    texts = [" ".join(["a"] * 1500), "a" * 5000, "a b c"]
    workspace = Workspace(tmp_path_factory.mktemp("hostile"), find_home())
    scores = [{"ansvarsfordeling": 0.5}] * len(texts)
    with Corpus(build(workspace, [piece("h1", texts, scores)]).root) as corpus:
        yield corpus


@pytest.fixture
def unchanged(corpus):
    """Hold that nothing on disk or in the tables is changed, and that the corpus still answers."""
    files = _files(corpus)
    yield
    assert _files(corpus) == files
    assert corpus.search("b").total == 1


def _files(corpus):
    root = corpus.store.workspace.root
    return {path: path.stat().st_mtime_ns for path in root.rglob("*") if path.is_file()}


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("name", PATTERNS)
def test_a_hostile_pattern_is_answered_or_refused(corpus, name):
    with suppress(QueryError), matches(corpus.store, Question(PATTERNS[name], cql=True), seconds=SECONDS) as found:
        assert found.total >= 0


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("name", QUERIES)
def test_a_hostile_query_is_answered_or_refused(corpus, name):
    with suppress(KlummeError):
        assert corpus.search(QUERIES[name]).total >= 0
        assert corpus.concordance(QUERIES[name]).total >= 0


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("deep brackets", "more than 5000"),
        ("a long list", "more than 5000"),
        ("an expression too large", "regular expression"),
        ("a look-behind", "regular expression"),
        ("half a letter", "half a letter"),
    ],
)
def test_what_is_refused_is_refused_with_the_reason(corpus, name, says):
    with pytest.raises(QueryError, match=says), matches(corpus.store, Question(PATTERNS[name], cql=True)):
        pass


@pytest.mark.parametrize(
    ("pattern", "says"),
    [("(" * 2000 + '"a"' + ")" * 2000, "too deep"), ("|".join(['"a"'] * 300), "more than 200 tokens")],
    ids=["deep", "wide"],
)
def test_a_pattern_too_deep_or_too_wide_is_refused(corpus, pattern, says):
    with pytest.raises(QueryError, match=says), matches(corpus.store, Question(pattern, cql=True)):
        pass


def test_a_query_of_many_words_is_refused(corpus):
    with pytest.raises(QueryError, match="more than 64 words"):
        corpus.search("a " * 65)
