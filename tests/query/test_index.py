import pytest

from klumme.errors import StorageError
from klumme.query import index as module
from klumme.query.corpus import Corpus
from klumme.query.index import run
from klumme.records import Passage
from klumme.tables import Tables

_ALL = (
    "SELECT lemma, passage_id, i, sentence, form FROM lemma_index JOIN passage_index USING (passage) "
    "ORDER BY passage_id, i"
)


def _pieces(piece, *names):
    return [piece(name, [f"Byrådet har ansvar for {name}.", "Skolen sover."]) for name in names]


def _index(workspace):
    return [tuple(row.values()) for row in Tables(workspace).read(_ALL)]


def test_the_index_holds_every_token_once(workspace, build, piece):
    build(workspace, _pieces(piece, "a1", "a2"))
    tokens = Tables(workspace).read("SELECT lemma, passage_id, i, sentence, form FROM tokens ORDER BY passage_id, i")
    assert _index(workspace) == [tuple(row.values()) for row in tokens]


def test_a_part_lies_sorted_by_lemma(workspace, build, piece):
    build(workspace, _pieces(piece, "a1", "a2"))
    lemmas = [row["lemma"] for row in Tables(workspace).read("SELECT lemma FROM lemma_index")]
    assert lemmas == sorted(lemmas)


def test_a_second_run_does_nothing(workspace, build, piece):
    build(workspace, _pieces(piece, "a1"))
    before = _index(workspace)
    assert run(workspace).counts["passages indexed"] == 0
    assert _index(workspace) == before


def test_what_came_later_is_added(workspace, build, write, piece):
    build(workspace, _pieces(piece, "a1"))
    write(workspace, _pieces(piece, "a2"))
    assert run(workspace).counts["passages indexed"] == 2
    numbers = [row["passage"] for row in Tables(workspace).read("SELECT passage FROM passage_index ORDER BY passage")]
    assert numbers == [0, 1, 2, 3]


def test_many_parts_become_one_with_the_same_rows(workspace, build, piece):
    for number in range(module.PARTS + 1):
        build(workspace, _pieces(piece, f"a{number}"))
    tables = Tables(workspace)
    assert tables.version("lemma_index") == "da-1.2"
    assert len(list((tables.folder / "lemma_index" / "da-1.2").glob("*.parquet"))) == 1
    assert len(_index(workspace)) == 9 * (module.PARTS + 1)
    assert tables.read("SELECT n FROM lexicon WHERE form = 'har'") == [{"n": module.PARTS + 1}]


def test_after_a_merge_new_passages_are_added_to_the_merged_index(workspace, build, piece):
    for number in range(module.PARTS + 2):
        build(workspace, _pieces(piece, f"a{number}"))
    assert len(_index(workspace)) == 9 * (module.PARTS + 2)


def test_large_corpora_are_indexed_in_parts(workspace, write, piece, monkeypatch):
    monkeypatch.setattr(module, "PASSAGES_PER_PART", 3)
    write(workspace, _pieces(piece, "a1", "a2", "a3", "a4"))
    run(workspace)
    assert len(list((Tables(workspace).folder / "passage_index" / "da-1.1").glob("*.parquet"))) == 3
    assert len(_index(workspace)) == 36


@pytest.mark.parametrize("table", module.INDEX)
def test_a_run_killed_while_writing_is_completed_by_the_next(workspace, write, piece, monkeypatch, table):
    write(workspace, _pieces(piece, "a1", "a2"))
    append = Tables.append

    def killed(self, parts, version=""):
        done = {name: rows for name, rows in parts.items() if module.INDEX.index(name) < module.INDEX.index(table)}
        append(self, done, version)
        raise KeyboardInterrupt

    monkeypatch.setattr(Tables, "append", killed)
    with pytest.raises(KeyboardInterrupt):
        run(workspace)
    monkeypatch.setattr(Tables, "append", append)
    run(workspace)
    assert len(_index(workspace)) == 18


def test_a_merge_that_was_killed_is_done_again(workspace, build, write, piece, monkeypatch):
    for number in range(module.PARTS):
        build(workspace, _pieces(piece, f"a{number}"))
    write(workspace, _pieces(piece, "last"))

    def killed(self, versions):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Tables, "set_versions", killed)
        with pytest.raises(KeyboardInterrupt):
            run(workspace)
    assert len(_index(workspace)) == 9 * (module.PARTS + 1)
    run(workspace)
    assert Tables(workspace).version("lexicon") == "da-1.2"
    assert len(_index(workspace)) == 9 * (module.PARTS + 1)


def test_another_pipeline_gets_an_index_of_its_own(workspace, build, piece):
    build(workspace, _pieces(piece, "a1"))
    build(workspace, _pieces(piece, "a1"), words={"ansvar": ("ansvaret", "NOUN", ())}, pipeline="da-2")
    assert Tables(workspace).version("lemma_index") == "da-2.1"
    assert "ansvaret" in {row[0] for row in _index(workspace)}


def test_two_runs_do_not_write_at_once(workspace, build, piece, monkeypatch):
    build(workspace, _pieces(piece, "a1"))
    monkeypatch.setattr("klumme.tables.PATIENCE", 0.01)
    with Tables(workspace).writing(), pytest.raises(StorageError, match="Another run"):
        run(workspace)


def test_a_corpus_without_tokens_has_no_index_and_no_error(workspace):
    assert run(workspace).counts["passages indexed"] == 0


def test_a_passage_that_a_revision_keeps_is_found_once_in_the_version_in_force(workspace, build, write, piece):
    write(workspace, [piece("old", ["Byrådet har ansvar."], url="https://a.example/1")])
    kept = Passage("old-0", "new", 1, "paragraph", "Byrådet har ansvar.")
    revision = piece("new", ["Noget nyt."], url="https://a.example/1", title="Ny")
    write(workspace, [revision])
    tables = Tables(workspace)
    later = "SELECT * REPLACE (TIMESTAMP '2026-01-01' AS fetched_at) FROM articles WHERE id = 'new'"
    with tables.connect() as connection:
        tables.append({"passages": [kept], "articles": connection.sql(later).to_arrow_table()})
    run(workspace)
    with Corpus(workspace.root) as corpus:
        hits = corpus.search("ansvar").hits
    assert [(hit.passage_id, hit.article_id, hit.title, hit.ordinal) for hit in hits] == [("old-0", "new", "Ny", 1)]


def test_a_paragraph_that_an_article_repeats_counts_at_its_first_place(workspace, write, piece):
    write(workspace, [piece("a1", ["Byrådet har ansvar.", "Noget andet."])])
    again = Passage("a1-0", "a1", 7, "paragraph", "Byrådet har ansvar.")
    Tables(workspace).append({"passages": [again], "articles": []})
    run(workspace)
    with Corpus(workspace.root) as corpus:
        assert [hit.ordinal for hit in corpus.search("ansvar").hits] == [0]
