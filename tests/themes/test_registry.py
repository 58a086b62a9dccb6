import io
import json
import shutil
import zipfile
from dataclasses import replace

import numpy as np
import pytest
from skops.io import dumps

from klumme.errors import MissingModelError, StorageError, UsageError
from klumme.themes import registry
from klumme.themes.examples import make_examples
from klumme.themes.passages import Labelled
from klumme.themes.train import train
from klumme.web import danish
from klumme.workspace import Workspace

FACTS = {"version": "v1", "encoder": "", "sklearn": "1.0"}


@pytest.fixture
def model(make_passages, reader):
    known, themes = make_passages(80)
    labelled = [Labelled(p, t, random_draw=True) for p, t in zip(known, themes, strict=True)]
    return train(make_examples(labelled, ("ejerskab", "penge"), reader), FACTS).model


@pytest.fixture
def models(model, tmp_path):
    """A folder with three versions, v1 and then v2 put into use."""
    for version in ("v1", "v2", "v3"):
        registry.save(replace(model, facts=FACTS | {"version": version}), tmp_path / version)
    for version in ("v1", "v2"):
        registry.promote(tmp_path, version, "better")
    return tmp_path


def test_a_model_says_the_same_after_it_was_stored(model, models, reader):
    readings = reader.read(["Byrådet tog sagen på sig.", "Der manglede fem millioner kroner.", ""])
    assert np.allclose(registry.load(models / "v1").scores(readings), model.scores(readings))


def test_a_stored_model_holds_no_type_that_could_run_code(models):
    from skops.io import get_untrusted_types

    assert get_untrusted_types(file=models / "v1" / "model.skops") == []
    with zipfile.ZipFile(models / "v1" / "model.skops") as archive:
        assert '"sklearn.' not in archive.read("schema.json").decode()


def test_a_model_that_holds_code_is_refused(models):
    (models / "v1" / "model.skops").write_bytes(dumps({"themes": [], "payload": json.JSONDecoder}))
    with pytest.raises(MissingModelError, match=r"it holds .*JSONDecoder.*klumme retrain"):
        registry.load(models / "v1")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no archive", b"\x80\x04N."])
def test_a_broken_model_says_how_to_make_another(models, content):
    (models / "v1" / "model.skops").write_bytes(content)
    with pytest.raises(MissingModelError, match="klumme retrain"):
        registry.load(models / "v1")


def test_a_model_that_computes_other_probabilities_than_it_did_is_refused(model, tmp_path, monkeypatch):
    monkeypatch.setattr(registry, "_probe", lambda _: np.zeros((3, 2)))
    registry.save(model, tmp_path / "v1")
    monkeypatch.undo()
    with pytest.raises(MissingModelError, match=r"trained with 1.0, it gives other probabilities here.*klumme retrain"):
        registry.load(tmp_path / "v1")


def test_a_model_that_is_not_there_is_met_with_the_nearest_version(models):
    class Workspace:
        themes = models

    with pytest.raises(UsageError, match="Did you mean 'v1'"):
        registry.find(Workspace, "v11")


def test_without_any_model_the_way_out_is_to_train_one(workspace):
    with pytest.raises(MissingModelError, match="klumme retrain"):
        registry.load_model(workspace)


def test_rolling_back_returns_to_what_was_in_use_before(models):
    assert registry.current(models) == "v2"
    assert registry.rollback(models) == "v1"
    assert registry.current(models) == "v1"
    assert [entry["version"] for entry in registry.promotions(models)] == ["v1", "v2", "v1"]


def test_a_damaged_log_is_not_written_over(models):
    log = models / registry.LOG
    log.write_text(log.read_text() + '{"version": "v3", "at')
    before = log.read_bytes()
    with pytest.raises(StorageError, match=r"promotions.jsonl, line 3 is no entry of the log: .*Correct or delete"):
        registry.promote(models, "v1", "")
    assert (log.read_bytes(), registry.current(models)) == (before, "v2")


def test_an_entry_of_the_log_keeps_what_a_later_klumme_wrote_into_it(models):
    entry = {"version": "v2", "at": "2025-01-01", "why": "", "by": "anna"}
    (models / registry.LOG).write_text(json.dumps(entry))
    registry.promote(models, "v1", "")
    assert registry.promotions(models)[0] == entry


def test_a_model_remembers_what_it_said_of_passages_and_a_damaged_memory_is_told(tmp_path):
    assert registry.held_out(tmp_path) == {}
    (tmp_path / registry.HELD_OUT).write_text('{"id": "k1", "p": {"penge": 0.5}}\n\n')
    assert registry.held_out(tmp_path) == {"k1": {"penge": 0.5}}
    (tmp_path / registry.HELD_OUT).write_text('{"id": "k1", "p": 0.5}\n')
    with pytest.raises(StorageError, match=r"held-out.jsonl, line 1 tells of no passage: .*train a model anew"):
        registry.held_out(tmp_path)


def test_there_is_nothing_to_roll_back_to_behind_the_first_model(models):
    registry.rollback(models)
    with pytest.raises(UsageError, match="no version before 'v1'"):
        registry.rollback(models)


def test_earlier_models_whose_folders_are_gone_are_counted_and_it_is_said_how_to_bring_one_back(models):
    registry.promote(models, "v3", "better still")
    for version in ("v1", "v2"):
        shutil.rmtree(models / version)
    with pytest.raises(UsageError, match=r"before 'v3' is here: the log names 2, 'v2' the last, .*gone") as told:
        registry.rollback(models)
    assert "klumme retrain" in told.value.way_out
    assert f"put a folder back into {models}" in told.value.way_out
    assert told.value.way_out.endswith("-- models/themes/v2) -- models/themes/v2")
    assert danish.explain(told.value) == {
        "what": "Ingen model fra før »v3« er her: loggen nævner 2, senest »v2«, men deres mapper er væk.",
        "way_out": f"Træn en model på siden Model, eller læg en af mapperne tilbage i {models}.",
    }
    assert registry.current(models) == "v3"


def test_a_version_that_is_not_there_cannot_be_put_into_use(models):
    with pytest.raises(UsageError, match="Did you mean 'v3'"):
        registry.promote(models, "v33", "")
    assert registry.current(models) == "v2"


def test_a_stored_model_is_small(models):
    assert len((models / "v1" / "model.skops").read_bytes()) < 200_000
    assert zipfile.is_zipfile(io.BytesIO((models / "v1" / "model.skops").read_bytes()))


def test_what_is_put_into_use_in_a_corpus_of_its_own_leaves_the_home_as_it_is(models, tmp_path):
    home, root = tmp_path / "home", tmp_path / "root"
    (home / "models").mkdir(parents=True)
    shutil.copytree(models, home / "models" / "themes", ignore=shutil.ignore_patterns("home"))
    here = Workspace(root, home)
    registry.promote(registry.own(here), "v1", "promoted by hand")
    assert (registry.current(here.themes), registry.current(home / "models" / "themes")) == ("v1", "v2")
    assert registry.versions(here.themes) == ["v1", "v2", "v3"]
    assert registry.own(here) == here.themes
