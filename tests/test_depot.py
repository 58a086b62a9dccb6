"""Workers that share no folder with the corpus: the object store is a folder of this machine, reached by fsspec."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from klumme.annotate.step import ANNOTATED
from klumme.annotate.step import run as annotate
from klumme.annotate.workers import Job
from klumme.depot import Depot, give, take
from klumme.errors import InputError, MissingError, StorageError
from klumme.records import Passage
from klumme.settings import AnnotateSettings
from klumme.tables import Tables
from klumme.workspace import Workspace

ROWS = [{"passage_id": "p1", "tokens": 2, "sentences": 1}]


@pytest.fixture
def address(tmp_path):
    return f"local://{tmp_path}/depot"


@pytest.fixture
def far(tmp_path, monkeypatch):
    """Let workers who have a depot see another root than the corpus's."""

    def job(pipeline, version, workspace, depot):
        root = tmp_path / "far" if depot else workspace.root
        return Job(pipeline, version, replace(workspace, root=root), depot)

    monkeypatch.setattr("klumme.annotate.step.Job", job)


def _corpus(folder, passages=6):
    workspace = Workspace(folder, folder)
    at = datetime(2024, 1, 1)
    articles = [{"id": f"a{n}", "url": f"u{n}", "duplicate_of": "", "fetched_at": at} for n in range(passages)]
    texts = [Passage(f"p{n}", f"a{n}", 0, "paragraph", f"Rådet i Køge talte {n}.") for n in range(passages)]
    Tables(workspace).append({"passages": texts, "articles": articles})
    return workspace


def _rows(workspace):
    return {name: sorted(map(str, Tables(workspace).read(f"SELECT * FROM {name}"))) for name in ANNOTATED}


def _left(address):
    return [path for path in Path(address.removeprefix("local://")).rglob("*") if path.is_file()]


@pytest.mark.parametrize("processes", [1, 2])
def test_annotations_through_a_depot_are_those_of_one_process(tmp_path, address, far, processes):
    alone, spread = _corpus(tmp_path / "alone"), _corpus(tmp_path / "spread")
    annotate(alone, AnnotateSettings("blank", 2))
    report = annotate(spread, AnnotateSettings("blank", 2, processes, depot=address))
    assert report.counts["passages"] == 6
    assert _rows(spread) == _rows(alone)
    assert not (tmp_path / "far").exists()
    assert _left(address) == []


def test_what_workers_left_in_a_run_broken_off_is_taken_by_the_next(tmp_path, address, far):
    def stop(items, total, what):
        yield next(iter(items))
        raise KeyboardInterrupt

    alone, workspace = _corpus(tmp_path / "alone"), _corpus(tmp_path / "broken")
    annotate(alone, AnnotateSettings("blank", 2))
    settings = AnnotateSettings("blank", 2, depot=address)
    with pytest.raises(KeyboardInterrupt):
        annotate(workspace, settings, stop)
    assert _left(address)
    assert annotate(workspace, settings).counts["passages"] == 4
    assert _rows(workspace) == _rows(alone)


def test_a_part_with_a_passage_that_the_corpus_lacks_stays_where_it_is(tmp_path, address):
    tables, depot = Tables(_corpus(tmp_path / "corpus")), Depot(address)
    depot.append({"annotations": ROWS}, "v1", "known")
    depot.append({"annotations": [*ROWS, {"passage_id": "forgotten"}]}, "v1", "strange")
    take(tables, depot, ["annotations"], "v1")
    assert set(tables.parts("annotations", "v1")) == {"known.parquet"}
    assert depot.names("annotations", "v1") == {"strange.parquet"}


def test_a_part_whose_anchor_was_never_stored_is_not_taken(tmp_path, address):
    tables, depot = Tables(_corpus(tmp_path / "corpus")), Depot(address)
    depot.append({"tokens": [{"passage_id": "p1", "i": 0}], "entities": []}, "v1", "half")
    take(tables, depot, ANNOTATED, "v1")
    assert tables.parts("tokens", "v1") == {}


def test_only_parts_that_the_depot_lacks_are_given_to_it(tmp_path, address):
    tables, depot = Tables(_corpus(tmp_path / "corpus")), Depot(address)
    tables.append({"annotations": ROWS}, "v1", "a")
    depot.write("annotations", "v1", "a.parquet", b"there before")
    tables.append({"annotations": ROWS}, "v1", "b")
    give(tables, depot, "annotations", "v1")
    assert depot.read("annotations", "v1", "a.parquet") == b"there before"
    assert depot.load("annotations", "v1", ["b.parquet"], ["tokens"]).to_pylist() == [{"tokens": 2}]


def test_an_address_of_no_kind_of_store_is_named():
    with pytest.raises(InputError, match=r"nix://x is no address of a store.*s3://bucket"):
        Depot("nix://x")


def test_a_package_that_is_missing_is_named(monkeypatch):
    def no_package(address, **given):
        raise ImportError("Install s3fs")

    monkeypatch.setattr("fsspec.core.url_to_fs", no_package)
    with pytest.raises(MissingError, match=r"s3://bucket/x needs is not installed: Install s3fs.*pip install s3fs"):
        Depot("s3://bucket/x")


def test_a_store_that_takes_nothing_is_named_and_nothing_is_lost(tmp_path, address):
    (tmp_path / "depot").write_text("a file")
    with pytest.raises(StorageError, match=r"does not answer as it should.*what was stored is kept"):
        annotate(_corpus(tmp_path / "corpus"), AnnotateSettings("blank", 2, depot=address))
