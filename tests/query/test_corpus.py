import csv
import json
from datetime import datetime

import openpyxl
import polars as pl
import pyarrow.parquet as pq
import pytest
from scipy.stats.contingency import expected_freq
from sklearn.metrics import confusion_matrix, matthews_corrcoef

from klumme.errors import InputError, MissingError, QueryError, StorageError
from klumme.query.corpus import Corpus
from klumme.records import Page
from klumme.tables import Tables


def test_an_article_is_shown_with_its_passages_themes_and_versions(corpus):
    shown = corpus.show("a1")
    assert [passage["id"] for passage in shown.passages] == ["a1-0", "a1-1"]
    assert shown.passages[0]["themes"][0]["theme"] == "politisk-ejerskab"
    assert (shown.provenance["pipeline"], shown.provenance["model"]) == ("da-1", "model-1")
    assert shown.provenance["codebook"] >= 1


def test_a_passage_is_shown_with_the_page_it_came_from(workspace, build, piece):
    build(workspace, [piece("article-1", ["Et ansvar."], page_sha256="e" * 64, url="https://a.example/1")])
    when = datetime(2025, 1, 1)
    page = Page("https://a.example/1", "sample", when, 200, "text/html", "e" * 64, "sample-2025.warc.gz", 17)
    Tables(workspace).append({"pages": [page]})
    with Corpus(workspace.root) as corpus:
        shown = corpus.show("article-1-0")
    assert (shown.kind, len(shown.passages)) == ("passage", 1)
    assert (shown.provenance["warc"], shown.provenance["offset"]) == ("sample-2025.warc.gz", 17)
    assert shown.provenance["page_sha256"] == "e" * 64


def test_the_beginning_of_an_id_is_enough_when_only_one_begins_so(workspace, build, piece):
    build(workspace, [piece("abcdefgh", ["Et ansvar.", "To."]), piece("abcdefxx", ["Tre."])])
    with Corpus(workspace.root) as corpus:
        assert corpus.show("abcdefxx-").article["id"] == "abcdefxx"
        with pytest.raises(MissingError, match="more than one"):
            corpus.show("abcdef")


def test_an_unknown_id_says_where_ids_come_from(corpus):
    with pytest.raises(MissingError, match="klumme query"):
        corpus.show("nowhere")


def test_themes_are_counted_with_what_they_are_a_share_of(corpus):
    rows = {(row["parti"], row["theme"]): row for row in corpus.themes("parti")}
    row = rows["V", "politisk-ejerskab"]
    assert (row["passages"], row["of"], row["share"], row["articles"]) == (2, 4, 0.5, 2)
    assert row["mean_p"] == pytest.approx((0.2 + 0.7 + 0.3 + 0.55) / 4)


@pytest.mark.parametrize("by", ["aar", "år", "parti", "kommune", "forfatter", "kilde", "maaned"])
def test_themes_can_be_counted_by_each_field(corpus, by):
    assert sum(row["passages"] for row in corpus.themes(by)) == 6


def test_themes_can_be_counted_by_two_fields_and_within_a_query(corpus):
    rows = corpus.themes(("parti", "aar"), "kilde:avisen")
    assert [(row["parti"], row["aar"], row["passages"], row["of"]) for row in rows] == [
        ("V", 2021, 2, 2),
        ("V", 2021, 1, 2),
    ]


def test_an_unknown_field_to_count_by_is_refused(corpus):
    with pytest.raises(QueryError, match="Did you mean 'parti'"):
        corpus.themes("party")


def test_themes_that_share_passages_are_counted_against_chance(corpus):
    row = corpus.theme_pairs()[0]
    assert (row["together"], row["expected"]) == (2, 1.5)
    assert row["phi"] == pytest.approx((6 * 2 - 9) / 9)


def test_the_correlation_of_themes_is_that_of_scikit_learn_and_the_expectation_that_of_scipy(workspace, build, piece):
    tagged = {"a": "1110100010", "b": "1010110000", "c": "0001011111"}
    themes = [{theme: int(row[n]) * 0.8 + 0.1 for theme, row in tagged.items()} for n in range(10)]
    build(workspace, [piece("a1", [f"Ansvar nummer {n}." for n in range(10)], themes)])
    with Corpus(workspace.root) as corpus:
        rows = corpus.theme_pairs()
    assert {(row["theme"], row["other"]) for row in rows} == {("a", "b"), ("a", "c"), ("b", "c")}
    for row in rows:
        table = confusion_matrix(list(tagged[row["theme"]]), list(tagged[row["other"]]))
        assert row["together"] == table[1, 1]
        assert row["expected"] == pytest.approx(expected_freq(table)[1, 1])
        assert row["phi"] == pytest.approx(matthews_corrcoef(list(tagged[row["theme"]]), list(tagged[row["other"]])))


def test_results_turn_into_frames(corpus):
    hits = corpus.search("ansvar").rows
    assert list(hits.pandas()["passage_id"]) == list(hits.polars()["passage_id"]) == [h["passage_id"] for h in hits]
    assert isinstance(corpus.themes("parti").polars(), pl.DataFrame)


@pytest.mark.parametrize("form", ["csv", "tsv", "jsonl", "parquet", "xlsx"])
def test_an_export_holds_every_hit_in_each_form(corpus, tmp_path, form):
    path = tmp_path / f"hits.{form}"
    assert corpus.export("ansvar", path) == 3
    rows = _READERS[form](path)
    assert [row["passage_id"] for row in rows] == [h.passage_id for h in corpus.search("ansvar").hits]
    assert rows[2]["text"] == "Byrådet har et stort ansvar for skolen. Samarbejdet i Køge er godt."
    assert float(rows[2]["p:politisk-ejerskab"]) == 0.9


def _sheet(path):
    names, *rows = openpyxl.load_workbook(path).active.iter_rows(values_only=True)
    return [dict(zip(names, row, strict=True)) for row in rows]


def _lines(path):
    return path.read_text(encoding="utf-8").splitlines()


_READERS = {
    "csv": lambda path: list(csv.DictReader(_lines(path))),
    "tsv": lambda path: list(csv.DictReader(_lines(path), delimiter="\t")),
    "jsonl": lambda path: [json.loads(line) for line in _lines(path)],
    "parquet": lambda path: pq.read_table(path).to_pylist(),
    "xlsx": _sheet,
}


def test_text_that_looks_like_a_formula_stays_text_in_excel(workspace, build, piece, tmp_path):
    build(workspace, [piece("a1", ["=1+1 er et ansvar"])])
    with Corpus(workspace.root) as corpus:
        corpus.export("ansvar", tmp_path / "x.xlsx")
    cell = openpyxl.load_workbook(tmp_path / "x.xlsx").active["D2"]
    assert (cell.value, cell.data_type) == ("=1+1 er et ansvar", "s")


def test_an_unknown_form_is_refused_before_anything_is_written(corpus, tmp_path):
    with pytest.raises(InputError, match="Known are"):
        corpus.export("ansvar", tmp_path / "x.doc")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_named(corpus, tmp_path):
    with pytest.raises(StorageError, match="cannot be written"):
        corpus.export("ansvar", tmp_path / "nowhere" / "x.csv")
