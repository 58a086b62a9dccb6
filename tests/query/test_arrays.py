"""The arrays that word search reads: the same answers with and without them prepared, and on odd corpora."""

import shutil
from dataclasses import asdict

import pytest

from klumme.query import ready
from klumme.query.corpus import Corpus
from klumme.query.index import run as index
from klumme.tables import Tables

QUERIES = ("ansvar", "skole* OR har", "kommune:Køge", "tema:ansvarsfordeling", '"har ansvaret"', "-ansvar", "")


def _answers(workspace):
    with Corpus(workspace.root) as corpus:
        return [asdict(corpus.search(query)) for query in QUERIES]


@pytest.fixture
def small(workspace, build, piece):
    texts = ["Byrådet har et ansvar for skolen.", "Skolen har ansvaret."]
    scores = [{"ansvarsfordeling": 0.9, "politisk-ejerskab": 0.2}, {"ansvarsfordeling": 0.4}]
    return build(workspace, [piece("a1", texts, scores), piece("a2", ["Ingen har det."], municipality="Skive")])


def test_what_was_prepared_can_be_deleted(small):
    before = _answers(small)
    shutil.rmtree(small.tables / "ready")
    assert _answers(small) == before
    assert not (small.tables / "ready").exists()


def test_only_the_newest_is_kept_and_a_half_written_one_is_cleared_away(small, write, piece):
    (small.tables / "ready" / "0000.part").mkdir()
    write(small, [piece("a3", ["Mere ansvar."])])
    index(small)
    assert len(list((small.tables / "ready").iterdir())) == 1
    with Corpus(small.root) as corpus:
        assert corpus.search("ansvar").total == 3


def test_preparing_that_was_killed_is_done_again(workspace, write, piece, monkeypatch):
    write(workspace, [piece("a1", ["Et ansvar."])])

    def killed(connection, folder):
        (folder / "keys.arrow").write_bytes(b"half")
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(ready, "write_arrays", killed)
        with pytest.raises(KeyboardInterrupt):
            index(workspace)
    index(workspace)
    with Corpus(workspace.root) as corpus:
        assert corpus.search("ansvar").total == 1


def test_passages_of_an_older_version_count_in_no_facet(workspace, write, piece):
    write(workspace, [piece("old", ["Et gammelt ansvar."], [{"ansvarsfordeling": 0.9}], url="https://a.example/1")])
    write(workspace, [piece("new", ["Et nyt ansvar."], url="https://a.example/1", municipality="Skive")])
    tables = Tables(workspace)
    later = "SELECT * REPLACE (TIMESTAMP '2026-01-01' AS fetched_at) FROM articles WHERE id = 'new'"
    with tables.connect() as connection:
        tables.append({"articles": connection.sql(later).to_arrow_table()})
    index(workspace)
    with Corpus(workspace.root) as corpus:
        found = corpus.search("ansvar")
        assert (found.total, found.facets["municipality"], found.facets["theme"]) == (1, {"Skive": 1}, {})
        assert corpus.search("-ansvar").total == 0


def test_the_undated_come_last_and_have_no_year(workspace, build, piece):
    build(workspace, [piece("a1", ["Et ansvar."], published=None), piece("a2", ["Et ansvar."])])
    with Corpus(workspace.root) as corpus:
        found = corpus.search("ansvar")
        assert [hit.article_id for hit in found.hits] == ["a2", "a1"]
        assert found.facets["year"] == {"2020": 1}
        assert [hit.article_id for hit in corpus.search("kommune:Køge").hits] == ["a2", "a1"]


def test_a_page_beyond_the_last_is_empty_and_one_without_lines_too(corpus):
    assert corpus.search("ansvar", offset=99).hits == ()
    assert corpus.search("ansvar", limit=0).hits == ()


def test_a_page_of_many_hits_is_read_as_one_of_few(corpus, monkeypatch):
    one_by_one = corpus.search("har").hits
    monkeypatch.setattr("klumme.query.arrays.PICKED", 0)
    assert corpus.search("har").hits == one_by_one
