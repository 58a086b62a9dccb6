import io
import json
import zipfile
from dataclasses import replace

import numpy as np
import pytest
from skops.io import dumps

from klumme.errors import MissingModelError, UsageError
from klumme.themes import registry
from klumme.themes.examples import make_examples
from klumme.themes.passages import Labelled
from klumme.themes.train import train

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


def test_there_is_nothing_to_roll_back_to_behind_the_first_model(models):
    registry.rollback(models)
    with pytest.raises(UsageError, match="no version before 'v1'"):
        registry.rollback(models)


def test_a_version_that_is_not_there_cannot_be_put_into_use(models):
    with pytest.raises(UsageError, match="Did you mean 'v3'"):
        registry.promote(models, "v33", "")
    assert registry.current(models) == "v2"


def test_a_stored_model_is_small(models):
    assert len((models / "v1" / "model.skops").read_bytes()) < 200_000
    assert zipfile.is_zipfile(io.BytesIO((models / "v1" / "model.skops").read_bytes()))
