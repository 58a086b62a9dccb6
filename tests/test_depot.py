"""Workers that share no folder with the corpus: the object store is a folder of this machine, reached by fsspec."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from distributed import LocalCluster

from klumme.annotate.step import ANNOTATED
from klumme.annotate.step import run as annotate
from klumme.annotate.workers import Job
from klumme.depot import Depot, Part, place_in
from klumme.errors import InputError, MissingError, StorageError
from klumme.records import Passage
from klumme.settings import AnnotateSettings
from klumme.tables import Tables
from klumme.workspace import Workspace, at_home, find_home

ROWS = [{"passage_id": "p1", "tokens": 2, "sentences": 1}]


@pytest.fixture(scope="module")
def scheduler():
    """The address of a cluster of two processes."""
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as cluster:
        yield cluster.scheduler_address


@pytest.fixture
def address(tmp_path):
    return f"local://{tmp_path}/depot"


@pytest.fixture
def settings(tmp_path, monkeypatch, scheduler, address):
    """Settings for workers who have a depot and see another root than the corpus's."""

    def job(pipeline, version, workspace, depot):
        return Job(pipeline, version, replace(workspace, root=tmp_path / "far"), depot)

    monkeypatch.setattr("klumme.annotate.step.Job", job)
    return AnnotateSettings("blank", 2, scheduler=scheduler, depot=address)


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


def _stop(items, total, what):
    yield next(iter(items))
    raise KeyboardInterrupt


def test_annotations_through_a_depot_are_those_of_one_process(tmp_path, monkeypatch, settings, address):
    spread, alone = _corpus(tmp_path / "spread"), _corpus(tmp_path / "alone")
    report = annotate(spread, settings)
    monkeypatch.undo()
    annotate(alone, AnnotateSettings("blank", 2))
    assert report.counts["passages"] == 6
    assert _rows(spread) == _rows(alone)
    assert not (tmp_path / "far").exists()
    assert _left(address) == []


def test_a_run_broken_off_keeps_what_was_answered_and_the_next_does_the_rest(tmp_path, settings):
    workspace = _corpus(tmp_path / "broken")
    with pytest.raises(KeyboardInterrupt):
        annotate(workspace, settings, _stop)
    known = {row["passage_id"] for row in Tables(workspace).read("SELECT passage_id FROM annotations")}
    assert len(known) == 2
    assert annotate(workspace, settings).counts["passages"] == 4
    assert Tables(workspace).read("SELECT count(*) AS n, count(DISTINCT passage_id) AS d FROM annotations") == [
        {"n": 6, "d": 6}
    ]


def test_processes_of_this_machine_need_no_depot(tmp_path):
    workspace = _corpus(tmp_path / "near")
    assert annotate(workspace, AnnotateSettings("blank", 2, depot="nix://x")).counts["passages"] == 6


def test_every_run_has_a_place_of_its_own(address):
    with place_in(address) as one, place_in(address + "/") as other:
        depots = Depot(one), Depot(other)
        for depot, tokens in zip(depots, (1, 2), strict=True):
            depot.append({"annotations": [{"passage_id": "p1", "tokens": tokens}]}, "v1", "a")
        assert [d.load("annotations", "v1", ["a.parquet"], ["tokens"]).to_pylist()[0]["tokens"] for d in depots] == [
            1,
            2,
        ]
        assert [depot.stored for depot in depots] == [[Part("annotations", "v1", "a.parquet")]] * 2
    assert _left(address) == []


def test_a_depot_that_cannot_be_cleared_does_not_hide_why_a_run_ended(address, monkeypatch):
    def fail(depot):
        raise StorageError("It cannot be cleared.", "See to it.")

    monkeypatch.setattr(Depot, "clear", fail)
    with pytest.raises(KeyboardInterrupt), place_in(address):
        raise KeyboardInterrupt
    with pytest.raises(StorageError, match="cannot be cleared"), place_in(address):
        pass


def test_an_address_of_no_kind_of_store_is_named():
    for address in ("nix://x", "folder/x"):
        with pytest.raises(InputError, match=rf"{address} is no address of a store.*s3://bucket"):
            Depot(address)


def test_a_package_that_is_missing_is_named(monkeypatch):
    def no_package(address):
        raise ImportError("Install s3fs")

    monkeypatch.setattr("fsspec.core.url_to_fs", no_package)
    with pytest.raises(MissingError, match=r"s3://bucket/x needs is not installed: Install s3fs.*pip install s3fs"):
        Depot("s3://bucket/x")


def test_what_a_store_raises_is_told_without_the_password_of_its_address(monkeypatch):
    class NoKeysError(Exception):
        """Stores raise errors of trees of their own."""

    def fail(address):
        raise NoKeysError("no keys")

    monkeypatch.setattr("fsspec.core.url_to_fs", fail)
    with pytest.raises(StorageError, match=r"^ftp://host/x@y does not answer as it should: NoKeysError, no keys"):
        Depot("ftp://me:secret@host/x@y")
    with pytest.raises(StorageError, match=r"^s3://bucket/x@y does not"):
        Depot("s3://bucket/x@y")


def test_a_store_that_takes_nothing_is_named(tmp_path, settings):
    (tmp_path / "depot").write_text("a file")
    with pytest.raises(StorageError, match="does not answer as it should"):
        annotate(_corpus(tmp_path / "corpus"), settings)


def test_a_worker_goes_by_its_own_home_where_the_senders_is_not(tmp_path):
    sent = Workspace(tmp_path / "nowhere", tmp_path / "nowhere")
    assert at_home(sent) == Workspace(find_home(), find_home())
    near = Workspace(tmp_path, find_home())
    assert at_home(near) == near
