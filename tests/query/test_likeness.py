"""Search by meaning: which passages come first is told by vectors that the tests write themselves."""

import csv
import json

import numpy as np
import pytest

from klumme.cli.main import run
from klumme.errors import InputError, MissingError, MissingModelError, QueryError
from klumme.query.corpus import Corpus
from klumme.query.export import Wanted
from klumme.query.index import run as index
from klumme.query.likeness import Among, like_passage
from klumme.tables import Tables
from klumme.themes.encoder import HALF, Vectors, open_encoder
from klumme.themes.vectors import passage_vectors
from klumme.workspace import Workspace, find_home

WIDTH = 4


class Reader:
    """Stands in for the encoder: a text is as much about skoler, veje and ældre as it has these words."""

    name = "reader-1"

    def encode(self, texts, progress=None, look=None):
        words = ("skole", "vej", "ældre")
        counts = np.array([[*(text.lower().count(word) for word in words), 0.1] for text in texts])
        meaning = (counts / np.linalg.norm(counts, axis=1, keepdims=True)).astype(np.float32)
        return Vectors(meaning, meaning)


def give_vectors(workspace, texts, encoder="reader-1"):
    """Write the vectors of passages (id -> text) through the real table."""
    made = Reader().encode(list(texts.values())).meaning.astype(HALF)
    rows = [
        {"passage_id": name, "themes": b"", "meaning": row.tobytes()} for name, row in zip(texts, made, strict=True)
    ]
    tables = Tables(workspace)
    tables.append({"vectors": rows}, encoder)
    tables.set_versions({"vectors": encoder})


@pytest.fixture(autouse=True)
def encoder(monkeypatch):
    """No test asks the encoder that ships with the project, which may be another tomorrow."""
    monkeypatch.setattr("klumme.query.likeness.open_encoder", lambda workspace: Reader())


TEXTS = {
    "a1-0": "Skolen og skolen igen.",
    "a1-1": "Vejen til skolen.",
    "a2-0": "Vejen, vejen og skolebussen.",
    "a3-0": "De ældre i byen.",
}


@pytest.fixture
def unread(workspace, build, piece):
    """Three articles without vectors."""
    return build(
        workspace,
        [
            piece("a1", [TEXTS["a1-0"], TEXTS["a1-1"]], [{"ansvarsfordeling": 0.9}, {"ansvarsfordeling": 0.2}]),
            piece("a2", [TEXTS["a2-0"]], municipality="Aarhus"),
            piece("a3", [TEXTS["a3-0"]], municipality="Aarhus"),
        ],
    )


@pytest.fixture
def small(unread):
    give_vectors(unread, TEXTS)
    index(unread)
    return unread


@pytest.fixture
def corpus(small):
    with Corpus(small.root) as corpus:
        yield corpus


def ids(found):
    return [hit.passage_id for hit in found.hits]


def test_the_nearest_come_first_with_their_cosine(corpus):
    found = corpus.like("En skole.")
    assert ids(found) == ["a1-0", "a1-1", "a2-0", "a3-0"]
    exact = Reader().encode(["En skole.", *TEXTS.values()]).meaning
    assert [hit.score for hit in found.hits] == pytest.approx(sorted(exact[1:] @ exact[0], reverse=True), abs=1e-3)
    assert (found.total, found.like) == (4, "En skole.")


def test_a_passage_is_not_like_itself_but_like_the_others(corpus):
    found = corpus.like("a1-1")
    assert ids(found)[-1] == "a3-0"
    assert "a1-1" not in ids(found)
    assert (found.total, found.like) == (3, TEXTS["a1-1"])


def test_fields_and_words_narrow_the_search_and_are_counted(corpus):
    found = corpus.like("skole", "kommune:Aarhus")
    assert ids(found) == ["a2-0", "a3-0"]
    assert found.facets["municipality"] == {"Aarhus": 2}
    assert ids(corpus.like("skole", "tema:ansvarsfordeling")) == ["a1-0"]
    words = corpus.like("vej", "skolen")
    assert ids(words) == ["a1-1", "a1-0"]
    assert [words.hits[0].text[start:stop] for start, stop in words.hits[0].spans] == ["skolen"]
    assert corpus.like("skole", "kommune:Aarhus skolen").notes == (
        "No passage has all of this. Alone: kommune:Aarhus 2, skolen 2.",
    )


def test_many_are_compared_as_few_are(corpus, monkeypatch):
    few = corpus.like("vej", "kommune:Aarhus").hits
    monkeypatch.setattr("klumme.query.likeness.PICKED", 2.0)
    assert corpus.like("vej", "kommune:Aarhus").hits == few


def test_pages_follow_one_another(corpus):
    assert [ids(corpus.like("skole", limit=2, offset=at)) for at in (0, 2, 4)] == [
        ["a1-0", "a1-1"],
        ["a2-0", "a3-0"],
        [],
    ]


def test_the_search_is_the_same_before_the_index_was_prepared(unread):
    give_vectors(unread, TEXTS)
    with Corpus(unread.root) as corpus:
        assert ids(corpus.like("a1-0")) == ["a1-1", "a2-0", "a3-0"]


def test_a_passage_with_a_vector_stored_twice_is_one_hit(small):
    give_vectors(small, {"a1-0": TEXTS["a1-0"]})
    index(small)
    with Corpus(small.root) as corpus:
        assert ids(corpus.like("skole")) == ["a1-0", "a1-1", "a2-0", "a3-0"]


def test_passages_of_an_older_version_are_asked_about_but_never_found(workspace, write, piece):
    write(workspace, [piece("old", ["Den gamle skole."], url="https://a.example/1")])
    write(workspace, [piece("new", ["Den nye skole.", "En vej."], url="https://a.example/1")])
    tables = Tables(workspace)
    later = "SELECT * REPLACE (TIMESTAMP '2026-01-01' AS fetched_at) FROM articles WHERE id = 'new'"
    with tables.connect() as connection:
        tables.append({"articles": connection.sql(later).to_arrow_table()})
    give_vectors(workspace, {"old-0": "skole", "new-0": "skole", "new-1": "vej"})
    index(workspace)
    with Corpus(workspace.root) as corpus:
        assert ids(corpus.like("skole")) == ["new-0", "new-1"]
        assert ids(like_passage(corpus.store, "old-0", Among())) == ["new-0", "new-1"]


def test_passages_without_a_vector_are_left_out_and_counted(small, write, piece):
    write(small, [piece("a9", ["En skole til."])])
    index(small)
    with Corpus(small.root) as corpus:
        found = corpus.like("skole")
        assert found.total == 4
        assert found.notes == ("1 passages have no vector yet and were not compared; `klumme tag` makes them.",)
        with pytest.raises(MissingError, match=r"'a9-0' has no vector yet. Make it with `klumme tag`"):
            corpus.like("a9-0")


def test_a_real_id_can_be_cut_short_and_an_unknown_one_is_no_text(workspace, build, piece):
    build(workspace, [piece("0123456789abcdef", ["En skole.", "En vej."])])
    names = {"0123456789abcdef-0": "skole", "0123456789abcdef-1": "vej"}
    give_vectors(workspace, names)
    index(workspace)
    with Corpus(workspace.root) as corpus:
        assert ids(like_passage(corpus.store, "0123456789abcdef-0", Among())) == ["0123456789abcdef-1"]
        with pytest.raises(MissingError, match="more than one passage '0123456'"):
            corpus.like("0123456")
        with pytest.raises(MissingError, match=r"no passage 'fedcba9876543210'. Copy an id"):
            corpus.like("fedcba9876543210")
        assert corpus.like("facade").total == 2


def test_a_corpus_without_vectors_says_what_makes_them(unread, monkeypatch):
    with Corpus(unread.root) as corpus:
        with pytest.raises(MissingError, match=r"no vectors yet.*`klumme tag` and a theme model"):
            corpus.like("a1-0")
        monkeypatch.setattr("klumme.query.likeness.open_encoder", lambda workspace: None)
        with pytest.raises(MissingError, match="Install onnxruntime and tokenizers, then"):
            corpus.like("En skole.")


def test_without_an_encoder_ids_still_work_and_texts_say_what_to_install(corpus, monkeypatch):
    monkeypatch.setattr("klumme.query.likeness.open_encoder", lambda workspace: None)
    assert ids(corpus.like("a1-0")) == ["a1-1", "a2-0", "a3-0"]
    with pytest.raises(MissingModelError, match="Install onnxruntime and tokenizers, or give the id"):
        corpus.like("En skole.")


def test_vectors_of_another_encoder_are_not_compared_with_a_text(small):
    give_vectors(small, TEXTS, "reader-0")
    with (
        Corpus(small.root) as corpus,
        pytest.raises(MissingModelError, match=r"encoder reader-0, and here is reader-1"),
    ):
        corpus.like("En skole.")


def test_a_text_without_words_and_a_broken_query_are_refused(corpus):
    for nothing in ("", "  ", "?!"):
        with pytest.raises(InputError, match=r"no text to compare with. Give a sentence"):
            corpus.like(nothing)
    with pytest.raises(QueryError, match=r"no field .by:."):
        corpus.like("skole", "by:Køge")


@pytest.mark.skipif(open_encoder(Workspace(find_home(), find_home())) is None, reason="no encoder is installed here")
def test_the_encoder_that_ships_knows_a_passage_by_its_own_words(unread, monkeypatch):
    monkeypatch.setattr("klumme.query.likeness.open_encoder", open_encoder)
    tables, encoder = Tables(unread), open_encoder(unread)
    passage_vectors(tables, encoder, list(TEXTS.items()))
    tables.set_versions({"vectors": encoder.name})
    index(unread)
    with Corpus(unread.root) as corpus:
        first = corpus.like(TEXTS["a3-0"]).hits[0]
    assert (first.passage_id, first.score) == ("a3-0", pytest.approx(1, abs=0.05))


def _klumme(workspace, capsys, *arguments, code=0):
    assert run(["--root", str(workspace.root), "query", *arguments]) == code
    said = capsys.readouterr()
    return said.err if code else said.out


def test_the_command_shows_how_alike_each_hit_is(small, capsys):
    said = _klumme(small, capsys, "--like", "a1-0", "kommune:Aarhus")
    assert f"Like: {TEXTS['a1-0']}" in said
    assert "likeness 0.0" in said
    assert said.index("Vejen, vejen") < said.index("De ældre")
    assert "2 passages, shown 1-2" in said


def test_the_command_prints_likeness_for_programs(small, capsys):
    as_json = json.loads(_klumme(small, capsys, "--like", "En skole", "--limit", "2", "--format", "json"))
    as_csv = list(csv.DictReader(_klumme(small, capsys, "--like", "En skole", "--format", "csv").splitlines()))
    assert [row["passage_id"] for row in as_json] == ["a1-0", "a1-1"]
    assert as_json[0]["score"] == float(as_csv[0]["score"]) > 0.99


def test_the_command_needs_words_or_a_likeness_and_takes_no_pattern_with_it(small, capsys):
    assert "Missing argument" in _klumme(small, capsys, code=2)
    assert "not with a pattern" in _klumme(small, capsys, "--like", "skole", '[lemma="vej"]', code=2)
    assert "no text to compare with" in _klumme(small, capsys, "--like", "", code=1)


def test_an_export_writes_the_nearest_first_and_no_more_than_are_wanted(corpus, tmp_path):
    path = tmp_path / "alike.jsonl"
    assert corpus.export(Wanted(like="En skole.", limit=2), path) == 2
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert [row["passage_id"] for row in rows] == ["a1-0", "a1-1"]
    assert rows[0]["score"] > rows[1]["score"]
    assert corpus.export(Wanted("kommune:Aarhus", "a1-1"), path) == 2


def test_an_export_like_nothing_is_refused(corpus, tmp_path):
    with pytest.raises(InputError):
        corpus.export(Wanted(like="  "), tmp_path / "x.csv")
