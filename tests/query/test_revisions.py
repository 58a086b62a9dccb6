"""An article that was revised counts once: what its older version said stands in no count of words."""

import numpy as np
import pytest

from klumme.query.corpus import Corpus
from klumme.query.index import run as index
from klumme.records import Passage
from klumme.tables import Tables

OLD = ["Byrådet har glemt ansvar, ansvar og ansvar.", "Skolen har ansvar."]
NEW = "Byrådet har ansvar for haven."


@pytest.fixture(params=["prepared", "worked out when opened"])
def revised(request, workspace, write, piece):
    """Two articles, one of them revised: its first passage is another now, its second is kept."""
    write(workspace, [piece("old", OLD, url="https://a.example/1"), piece("b1", ["Skolen har et ansvar."])])
    write(workspace, [piece("new", [NEW], url="https://a.example/1")])
    tables = Tables(workspace)
    later = "SELECT * REPLACE (TIMESTAMP '2026-01-01' AS fetched_at) FROM articles WHERE id = 'new'"
    kept = Passage("old-1", "new", 1, "paragraph", OLD[1])
    with tables.connect() as connection:
        tables.append({"passages": [kept], "articles": connection.sql(later).to_arrow_table()})
    index(workspace)
    if request.param != "prepared":
        next(tables.folder.glob("ready/*")).rename(tables.folder / "elsewhere")
    with Corpus(workspace.root) as corpus:
        yield corpus


def test_a_list_of_words_counts_what_is_in_force(revised):
    counts = {row["lemma"]: row["n"] for row in revised.frequencies()}
    assert (counts["ansvar"], counts["have"], counts["skole"]) == (3, 4, 2)
    assert "glemt" not in counts
    tokens = revised.store.read("SELECT sum(tokens) AS n FROM meta")[0]["n"]
    assert sum(counts.values()) == tokens == 15
    assert sum(row["per_million"] for row in revised.frequencies()) == pytest.approx(1_000_000)


def test_a_list_of_words_agrees_with_the_matches_of_each_word(revised):
    for row in revised.frequencies(of="form"):
        assert revised.count(f'[form="{row["form"]}"%ls]')[0]["matches"] == row["n"]


def test_collocations_expect_what_is_in_force(revised):
    rows = {row["lemma"]: row for row in revised.collocations('[lemma="skole"]', least=1)}
    assert (rows["ansvar"]["near"], rows["ansvar"]["n"]) == (2, 3)
    size = revised.store.read("SELECT sum(n) AS n FROM lemmas WHERE pos <> 'PUNCT'")[0]["n"]
    assert (size, rows["ansvar"]["expected"]) == (12, pytest.approx(5 * 3 / 12))


def test_bm25_counts_the_passages_in_force(revised):
    idf = np.log(1 + (3 - 1 + 0.5) / (1 + 0.5))
    hit = revised.search("byråd").hits[0]
    assert hit.score == pytest.approx(idf * 2.2 / (1 + 1.2 * (0.25 + 0.75 * 6 / 5)))


def test_a_word_of_the_older_version_alone_is_not_a_word_of_the_corpus(revised):
    assert revised.search("glemt").notes == ("The corpus has no word 'glemt'.",)
    assert revised.concordance('[lemma="glemt"]').total == 0
