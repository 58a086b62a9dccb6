"""Work over processes and over a Dask cluster of two workers on this machine; the batches are commands of the shell."""

import os
import signal
from datetime import datetime

import pytest
from distributed import Client, LocalCluster

from klumme.annotate.step import run as annotate
from klumme.errors import InputError, KlummeError, MissingError, MissingPipelineError, StorageError
from klumme.records import Article, Passage
from klumme.settings import AnnotateSettings
from klumme.spread import Workers, spread
from klumme.tables import Tables
from klumme.workspace import Workspace

TABLES = ("tokens", "entities", "annotations")


@pytest.fixture(scope="module")
def scheduler():
    """The address of a cluster of two processes."""
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as cluster:
        yield cluster.scheduler_address


@pytest.fixture(params=["processes", "cluster"])
def workers(request):
    """Two processes of this machine, then the cluster."""
    if request.param == "processes":
        return Workers(processes=2)
    return Workers(scheduler=request.getfixturevalue("scheduler"))


def _corpus(folder, articles=9):
    workspace = Workspace(folder, folder)
    empty = {name: () if name in ("tags", "blocks") else "" for name in Article.__dataclass_fields__}
    at = datetime(2024, 1, 1)
    known = [
        {"id": f"a{n}", "url": f"https://a.example/{n}", "published": at, "updated": at, "fetched_at": at}
        for n in range(articles)
    ]
    texts = ("Byrådet i Køge holdt møde. SF var imod.", "Venstre i Skive var for nummer {n}.")
    passages = [
        Passage(f"a{n}-{k}", f"a{n}", k, "paragraph", text.format(n=n))
        for n in range(articles)
        for k, text in enumerate(texts)
    ]
    Tables(workspace).append({"passages": passages, "articles": [Article(**(empty | a)) for a in known]})
    return workspace


def _rows(workspace):
    tables = Tables(workspace)
    return {name: sorted(map(str, tables.read(f"SELECT * FROM {name}"))) for name in TABLES}


def _settings(workers):
    return AnnotateSettings("blank", 1, workers.processes, workers.scheduler)


@pytest.fixture
def alone(tmp_path):
    """The rows that one process makes."""
    workspace = _corpus(tmp_path / "alone")
    annotate(workspace, _settings(Workers()))
    return _rows(workspace)


def test_every_batch_is_answered_once(workers):
    assert sorted(spread(len, [("x" * n,) for n in range(20)], workers)) == list(range(20))


def test_processes_share_the_cores(monkeypatch):
    from klumme.spread import threads

    monkeypatch.setattr("os.cpu_count", lambda: 8)
    assert list(spread(threads, [()] * 3, Workers(processes=3))) == [2, 2, 2]
    assert list(spread(threads, [()], Workers())) == [0]


def test_no_batches_have_no_answers(workers):
    assert list(spread(len, [], workers)) == []


def test_what_the_work_raises_reaches_the_caller(workers):
    with pytest.raises(ValueError, match="invalid literal"):
        list(spread(int, [("no number",)], workers))


def test_a_worker_that_ends_costs_its_batch_alone_which_is_done_again(workers, tmp_path):
    log, killed, go = (tmp_path / name for name in ("log", "killed", "go"))
    # The last batch ends its worker, once, and only when the caller has all other answers.
    batches = [(f"echo {n} >> {log}",) for n in range(5)]
    batches.append(
        (
            f"echo last >> {log}; [ -e {killed} ] && exit 0; touch {killed}; "
            f"while [ ! -e {go} ]; do sleep 0.05; done; kill -9 $PPID",
        )
    )
    answers = []
    for answer in spread(os.system, batches, workers):
        answers.append(answer)
        if len(answers) == 5:
            go.touch()
    assert answers == [0] * 6
    assert sorted(log.read_text().split()) == ["0", "1", "2", "3", "4", "last", "last"]


def test_a_batch_that_ends_every_process_is_given_up():
    with pytest.raises(KlummeError, match=r"again and again\..*fewer workers"):
        list(spread(os._exit, [(1,)], Workers(processes=2)))


def test_annotations_are_those_of_one_process(workers, tmp_path, alone):
    workspace = _corpus(tmp_path / "spread")
    report = annotate(workspace, _settings(workers))
    assert _rows(workspace) == alone
    assert report.counts["passages"] == 18
    assert len(list((workspace.tables / "annotations").rglob("*.parquet"))) == 9


def test_a_worker_killed_in_mid_run_loses_nothing_and_repeats_nothing_that_counts(scheduler, tmp_path, alone):
    workspace, pids = _corpus(tmp_path / "killed"), []
    with Client(scheduler, set_as_default=False) as client:
        pids = sorted(client.run(os.getpid).values())

    def killing(items, total, what):
        for number, item in enumerate(items):
            if number == 1:
                os.kill(pids[0], signal.SIGKILL)
            yield item

    report = annotate(workspace, _settings(Workers(scheduler=scheduler)), killing)
    assert _rows(workspace) == alone
    assert report.counts["passages"] == 18


def test_a_batch_done_twice_is_stored_once(tmp_path, alone):
    from klumme.annotate import workers as module

    workspace = _corpus(tmp_path / "twice")
    nlp = module.load_pipeline("blank", workspace)
    job = module.Job("blank", module.pipeline_version(nlp), workspace)
    rows = Tables(workspace).read("SELECT id, text FROM passages ORDER BY article_id, ordinal LIMIT 2")
    batch = module.to_bytes([(row["id"], row["text"]) for row in rows])
    assert module.annotate_batch(job, batch) == module.annotate_batch(job, batch)
    annotate(workspace, _settings(Workers()))
    assert _rows(workspace) == alone


def test_a_worker_with_another_pipeline_stores_nothing(tmp_path):
    from klumme.annotate import workers as module

    job = module.Job("blank", "da_other-1", _corpus(tmp_path / "other"))
    with pytest.raises(MissingPipelineError, match="same pipeline on every machine"):
        module.annotate_batch(job, module.to_bytes([("a0-0", "Et ord.")]))
    assert not (job.workspace.tables / "tokens").exists()


def test_workers_that_store_elsewhere_are_found_out(tmp_path, monkeypatch):
    monkeypatch.setattr("klumme.annotate.step.annotate_batch", lambda job, batch: ({"passages": 1}, []))
    with pytest.raises(StorageError, match="same folder"):
        annotate(_corpus(tmp_path / "elsewhere"), _settings(Workers()))


def test_a_scheduler_that_is_not_there_is_named(monkeypatch):
    monkeypatch.setattr("klumme.spread.PATIENCE", 0.2)
    with pytest.raises(InputError, match="dask scheduler"):
        list(spread(len, [("x",)], Workers(scheduler="tcp://127.0.0.1:9")))
    with pytest.raises(InputError, match="does not answer"):
        list(spread(len, [("x",)], Workers(scheduler="nonsense")))


def test_a_cluster_without_workers_says_how_to_start_one(monkeypatch):
    monkeypatch.setattr("klumme.spread.PATIENCE", 0.5)
    with LocalCluster(n_workers=0, dashboard_address=":0") as cluster, pytest.raises(MissingError, match="dask worker"):
        list(spread(len, [("x",)], Workers(scheduler=cluster.scheduler_address)))


def test_without_dask_it_says_what_to_install(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(MissingError, match=r"klumme\[cluster\]"):
        list(spread(len, [("x",)], Workers(scheduler="tcp://127.0.0.1:9")))


def test_the_command_line_takes_workers_for_both_stages():
    from klumme.cli.run import with_workers
    from klumme.settings import Settings

    chosen = with_workers(Settings(), processes=2, scheduler=None)
    assert (chosen.annotate.processes, chosen.tag.processes, chosen.tag.scheduler) == (2, 2, "")
    far = with_workers(Settings(), scheduler="tcp://x:1", depot="s3://bucket")
    assert (far.annotate.scheduler, far.tag.depot) == ("tcp://x:1", "s3://bucket")
    assert with_workers(chosen, processes=None) == chosen
