import json
from dataclasses import replace

import numpy as np
import pytest
from click.testing import CliRunner

from klumme.cli.main import klumme
from klumme.errors import MissingModelError
from klumme.settings import load_settings
from klumme.themes import assessment, registry
from klumme.themes.evaluate import AUTHORS, evaluate_outside
from klumme.themes.examples import make_examples
from klumme.themes.gate import FloorError
from klumme.themes.ground import Scope, open_ground
from klumme.themes.in_use import judge_in_use
from klumme.themes.labels import append_labels, text_hash
from klumme.themes.passages import Labelled
from klumme.themes.retrain import retrain
from klumme.themes.scoring import make_scorer
from klumme.themes.systems import OURS, System, fit_ours
from klumme.themes.tagging import tag_texts
from klumme.themes.train import FIXED

COLUMNS = "independent columns"


@pytest.fixture
def folder(workspace, fill):
    """A corpus with labels and a model trained from them; the folder of the model."""
    fill(count=96)
    return workspace.new_themes / retrain(workspace, load_settings(workspace.settings)).version


@pytest.fixture
def opened(workspace):
    def open_(**scope):
        return open_ground(workspace, load_settings(workspace.settings), Scope(**{"gate": True} | scope))

    return open_


@pytest.fixture
def spoil(folder):
    """Put the model in use down again with other parts."""

    def spoiled(**parts):
        registry.save(replace(registry.load(folder), **parts), folder)

    return spoiled


def test_a_gate_judges_the_model_that_is_in_use(folder, opened):
    assert opened().in_use.version == folder.name
    assert opened(gate=False).in_use is None


def test_a_model_that_learnt_from_other_labels_fails_a_gate_and_says_so(
    workspace, folder, opened, make_passages, label
):
    ((passage, *_), (held, *_)) = make_passages(96)
    other = {theme: not said for theme, said in held.items()}
    append_labels(workspace.labels, [label(passage.id, other, at="2025-06-01", text_sha256=text_hash(passage.text))])
    with pytest.raises(FloorError, match=rf"{folder.name}, is not .*: it learnt from other labels\. .*klumme retrain"):
        opened()


def test_a_model_whose_strengths_were_chosen_passes_as_one_of_todays_recipe(folder, opened, spoil):
    spoil(facts=registry.load(folder).facts | {"recipe": {"words": 3.0, "dense": 0.001, "edition": FIXED.edition}})
    assert opened().in_use.model.facts["recipe"]["words"] == 3.0


def test_an_evaluation_trains_ours_by_the_recipe_of_the_model_in_use(workspace, folder, opened, monkeypatch):
    asked = []
    real = assessment.systems
    monkeypatch.setattr(
        assessment, "systems", lambda *a, recipe, **k: asked.append(recipe) or real(*a, recipe=recipe, **k)
    )
    known = json.loads((folder / registry.METRICS).read_text(encoding="utf-8"))
    known["facts"]["recipe"]["words"] = 3.0
    (folder / registry.METRICS).write_text(json.dumps(known), encoding="utf-8")
    assessment.assess(opened(gate=False, quick=True))
    assert [recipe.words for recipe in asked] == [3.0]


@pytest.mark.parametrize(
    ("fact", "said"),
    [
        ({"pipeline": "da_other-1"}, "its pipeline was da_other-1, here it is da_blank-1-"),
        ({"encoder": "nowhere-9"}, "its encoder was nowhere-9, here it is none"),
        ({"recipe": {"words": 10.0, "edition": 2}}, "it was trained by another recipe"),
    ],
)
def test_a_model_that_a_training_of_today_would_not_make_fails_a_gate(folder, opened, spoil, fact, said):
    spoil(facts=registry.load(folder).facts | fact)
    with pytest.raises(FloorError, match=said):
        opened()


def test_where_words_decide_alone_nobody_asks_for_the_encoder_of_the_model(workspace, folder, opened, spoil):
    spoil(facts=registry.load(folder).facts | {"encoder": "nowhere-9"})
    assert opened(words_only=True).in_use.version == f"{folder.name}-words"
    workspace.settings.write_text('[annotate]\npipeline = "blank"\n[tag]\nwords_only = true\n', encoding="utf-8")
    assert opened().in_use.version == f"{folder.name}-words"


def test_a_broken_model_and_a_missing_one_fail_a_gate(workspace, folder, opened):
    (folder / registry.MODEL).write_bytes(b"PK\x03\x04 no archive")
    with pytest.raises(MissingModelError, match="klumme retrain"):
        opened()
    (workspace.new_themes / registry.CURRENT).unlink()
    with pytest.raises(MissingModelError, match="no theme model in use"):
        opened()


@pytest.fixture
def asked(make_passages, folder, opened):
    """Passages by others, with what holds of them, as the pipeline of the corpus reads them."""
    known, themes = make_passages(40, seed=5)
    coded = [Labelled(p, t, random_draw=True) for p, t in zip(known, themes, strict=True)]
    return make_examples(coded, ("ejerskab", "penge"), opened(gate=False).reader)


def test_the_model_in_use_is_judged_by_what_tagging_says(workspace, folder, opened, asked):
    judged = judge_in_use(opened().in_use, asked, COLUMNS).judged
    tagging = tag_texts([passage.text for passage in asked.passages], root=workspace.root)
    assert np.round(judged.p, 4).tolist() == [list(one.scores.values()) for one in tagging]
    tags = [tuple(np.array(judged.themes)[row].tolist()) for row in judged.tagged]
    assert tags == [one.tags for one in tagging]
    assert 0 < judged.tagged.sum() < judged.tagged.size


def test_the_model_in_use_says_exactly_what_one_trained_anew_from_the_same_labels_says(folder, opened, asked):
    ground = opened()
    learnt = make_examples(ground.labelled, ground.themes, ground.reader)
    (anew,) = evaluate_outside([System(OURS, fit_ours)], learnt, {COLUMNS: asked})
    stored = judge_in_use(ground.in_use, asked, COLUMNS)
    assert np.array_equal(stored.judged.p, anew.judged.p)
    assert np.array_equal(stored.judged.tagged, anew.judged.tagged)


def test_a_theme_that_the_model_in_use_does_not_know_is_never_found(folder, asked):
    model = registry.load(folder)
    wider = replace(asked, themes=("penge", "ny"), answers=asked.answers[:, ::-1])
    judged = judge_in_use(make_scorer(model), wider, COLUMNS).judged
    whole = judge_in_use(make_scorer(model), asked, COLUMNS).judged
    assert judged.p[:, 0].tolist() == whole.p[:, 1].tolist()
    assert judged.tagged[:, 0].any()
    assert not judged.p[:, 1].any()
    assert not judged.tagged[:, 1].any()


@pytest.fixture
def gate(workspace, folder, asked, tmp_path):
    """Floors pinned on what newly trained systems say; returns the table of them, and what passes the gate or not."""
    place = tmp_path / "passages"
    place.mkdir()
    rows = [
        {"text": p.text, "themes": [t for t, y in zip(asked.themes, said, strict=True) if y], "article": p.article}
        for p, said in zip(asked.passages, asked.answers, strict=True)
    ]
    rows[::7] = [row | {"themes": ["penge"]} for row in rows[::7]]  # which no model can know
    (place / "columns.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")

    def say(*words, outside=True):
        where = ["--passages", str(place)] if outside else []
        words = ["--quiet", "--root", str(workspace.root), "evaluate", "--quick", "--format", "json", *where, *words]
        return CliRunner().invoke(klumme, words)

    pinned = say("--pin")
    assert pinned.exception is None, pinned.output
    return place / "columns.jsonl", json.loads(pinned.stdout), lambda **more: say("--gate", **more)


def _on(table, name, system):
    return next(row for row in table if (row["set"], row["system"]) == (name, system))


def test_the_model_in_use_passes_with_the_figures_of_one_trained_anew_and_a_bad_one_does_not(gate, folder, spoil):
    _, anew, passes = gate
    done = passes()
    assert f"The gate is passed: 9 figures are at or above their floors. In use: {folder.name}." in done.stderr
    found = json.loads(done.stdout)
    assert _on(found, COLUMNS, "model in use") == _on(anew, COLUMNS, "ours") | {"system": "model in use"}
    assert {row["system"] for row in found if row["set"] == COLUMNS} == {"model in use"}
    assert _on(found, AUTHORS, "ours") == _on(anew, AUTHORS, "ours")
    assert {row["system"] for row in found if row["set"] == AUTHORS} == {"ours", "model in use, in-sample"}
    words = registry.load(folder).words
    spoil(words=replace(words, weights=-words.weights))
    fallen = str(passes().exception)
    assert "micro f1 on independent columns (model in use) is 0." in fallen
    assert "(ours)" not in fallen
    assert "micro f1 on other authors (model in use, in-sample) is 0." in str(passes(outside=False).exception)


def test_another_file_of_other_hands_fails_the_gate_before_anything_is_trained(gate, monkeypatch):
    columns, _, passes = gate
    columns.write_text(columns.read_text(encoding="utf-8").replace("nummer", "nr."), encoding="utf-8")
    monkeypatch.setattr("klumme.themes.assessment.cross_evaluate", None)
    assert "The file columns.jsonl is not the one on which" in str(passes().exception)


def test_without_the_file_of_other_hands_the_gate_holds_the_rest(gate):
    done = gate[2](outside=False)
    assert "The gate is passed: 6 figures" in done.stderr
    assert "'independent columns' is not measured: columns.jsonl is not there." in done.stderr
