import json
from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest
from click.testing import CliRunner

from klumme.cli.main import klumme
from klumme.errors import InputError
from klumme.themes.codebook import load_codebook
from klumme.themes.evaluate import AUTHORS, LATER, PLACES, cross_evaluate, splits
from klumme.themes.examples import make_examples
from klumme.themes.outside import read_outside
from klumme.themes.passages import Labelled
from klumme.themes.pictures import precision_recall, reliability
from klumme.themes.systems import System, systems

THEMES = ("ejerskab", "penge")


@pytest.fixture
def examples(make_passages, reader):
    """A hundred natural passages of five years and nine municipalities, and a hundred written for training."""
    known, themes = make_passages(200)
    placed = [
        replace(p, municipality=f"Kommune {i // 8 % 9}", published=datetime(2020 + i // 8 % 5, 1, 1), natural=i < 100)
        for i, p in enumerate(known)
    ]
    labelled = [Labelled(p, t, random_draw=True) for p, t in zip(placed, themes, strict=True)]
    return make_examples(labelled, THEMES, reader)


@pytest.fixture
def codebook(workspace):
    return load_codebook(workspace.codebook)


def test_passages_written_for_training_are_learnt_from_and_never_tested_on(examples):
    for folds in splits(examples).values():
        tested = np.concatenate([held for _, held in folds])
        assert examples.natural[tested].all()
        assert all(set(np.flatnonzero(~examples.natural)) <= set(learnt) for learnt, _ in folds)


def test_every_natural_passage_is_tested_once_by_author_and_by_municipality(examples):
    for name in (AUTHORS, PLACES):
        tested = np.concatenate([held for _, held in splits(examples)[name]])
        assert sorted(tested) == list(np.flatnonzero(examples.natural))


def test_no_author_and_no_municipality_is_on_both_sides(examples):
    places = np.array([p.municipality for p in examples.passages])
    for name, groups in ((AUTHORS, examples.groups), (PLACES, places)):
        for learnt, tested in splits(examples)[name]:
            natural = learnt[examples.natural[learnt]]
            assert set(groups[natural]).isdisjoint(groups[tested])


def test_what_is_tested_as_later_was_published_later(examples):
    ((learnt, tested),) = splits(examples)[LATER]
    assert all(examples.passages[i].published.year >= 2023 for i in tested)
    assert all(examples.passages[i].published.year < 2023 for i in learnt if examples.passages[i].natural)


def test_our_system_beats_keywords_and_keywords_beat_nothing(examples, codebook):
    folds = splits(examples)[AUTHORS]
    found = {
        system.name: cross_evaluate(system, examples, AUTHORS, folds).figures(codebook.core)["micro"]["f1"][0]
        for system in systems(codebook, dense=False)
    }
    assert list(found) == ["nothing", "keywords", "tf-idf", "ours"]
    assert found["nothing"] == 0 < found["keywords"] < found["ours"]


def test_with_an_encoder_its_vectors_alone_and_ours_without_them_are_measured_too(examples, codebook):
    vectors = np.random.default_rng(0).normal(size=(200, 4)) + 4 * examples.answers[:, [0, 1, 0, 1]]
    dense = replace(examples, vectors=vectors)
    rows = systems(codebook, dense=True)
    assert [row.name for row in rows][-3:] == ["vectors", "ours without encoder", "ours"]
    folds = splits(dense)[AUTHORS][:1]
    vectors, without, ours = (cross_evaluate(row, dense, AUTHORS, folds).judged.p for row in rows[-3:])
    assert not np.allclose(without, ours)
    assert not np.allclose(vectors, ours)


def test_keywords_match_inflected_words_but_not_the_inside_of_words(examples, codebook):
    predict = systems(codebook, dense=False)[1].fit(examples)
    texts = ["Budgetter er kedelige.", "Et underbudget.", "Byrådets vilje."]
    asked = replace(examples, passages=[replace(examples.passages[0], text=text) for text in texts])
    assert predict(asked)[1].tolist() == [[False, True], [False, False], [True, False]]


def test_a_result_holds_only_what_was_tested(examples):
    never = System(
        "never", lambda _: lambda asked: (np.zeros((len(asked.passages), 2)), np.zeros((len(asked.passages), 2), bool))
    )
    folds = splits(examples)[LATER]
    assert len(cross_evaluate(never, examples, LATER, folds).judged.answers) == len(folds[0][1])


def test_the_evaluation_of_a_corpus_is_stored_with_its_model_and_guards_its_floors(workspace, fill, tmp_path):
    fill(count=144)
    outside = [
        {"text": "Byrådet tog sagen på sig.", "themes": ["ejerskab"], "article": "x"},
        {"text": "Det regnede.", "themes": [], "article": "y"},
    ]
    (tmp_path / "columns.jsonl").write_text("\n".join(map(json.dumps, outside)), encoding="utf-8")

    def say(*words):
        return CliRunner().invoke(klumme, ["--quiet", "--root", str(workspace.root), *words])

    assert say("retrain").exception is None
    done = say("evaluate", "--passages", str(tmp_path), "--pin", "--format", "json")
    assert done.exception is None, done.output
    sets = {row["set"] for row in json.loads(done.stdout)}
    assert sets == {AUTHORS, PLACES, LATER, "independent columns"}
    folder = next(path.parent for path in workspace.themes.glob("*/metrics.json"))
    metrics = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
    assert set(metrics["systems"][AUTHORS]) == {"nothing", "keywords", "tf-idf", "ours"}
    assert metrics["systems"][AUTHORS]["ours"]["themes"]["penge"].keys() >= {"f1", "ap", "brier", "ece", "positives"}
    assert [point["passages"] for point in metrics["learning_curve"]] == [14, 36, 72, 144]
    pictures = {path.name for path in (folder / "pictures").iterdir()}
    assert {"learning-curve.svg", "reliability-other-authors.svg", "precision-recall-after-2023.svg"} <= pictures
    assert all(path.read_text(encoding="utf-8").startswith("<svg") for path in (folder / "pictures").iterdir())
    assert "The sentences named for tags are not judged: no right tag has evidence." in done.stderr
    assert "independent columns: 2 passages" in (folder / "README.md").read_text(encoding="utf-8")
    assert "The gate is passed" in say("evaluate", "--quick", "--gate").output
    floors = json.loads(workspace.floors.read_text(encoding="utf-8"))
    floors["floors"][AUTHORS]["micro f1"] = 1.1
    workspace.floors.write_text(json.dumps(floors), encoding="utf-8")
    assert "micro f1 on other authors (ours) is" in str(say("evaluate", "--quick", "--gate").exception)


@pytest.mark.parametrize("key", ["themes", "labels"])
def test_coded_passages_of_other_hands_are_read_as_lists_or_mappings(codebook, tmp_path, key):
    rows = [{"text": "a", key: ["penge"], "source": "x"}, {"text": "b", key: {"penge": False, "ejerskab": None}}]
    (tmp_path / "columns.jsonl").write_text("\n".join(map(json.dumps, rows)))
    coded = read_outside(tmp_path / "columns.jsonl", codebook)
    assert [one.themes for one in coded] == [{"penge": True}, {"penge": False}]
    assert [one.passage.article for one in coded] == ["x", "passage 1"]


def test_a_file_of_another_form_names_the_keys_it_has(codebook, tmp_path):
    (tmp_path / "columns.jsonl").write_text('{"tekst": "a", "tema": []}')
    with pytest.raises(InputError, match=r"its first keys are \['tekst', 'tema'\]"):
        read_outside(tmp_path / "columns.jsonl", codebook)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "columns.jsonl has no coded passages: it is empty"),
        ('{"text": "a", "themes": []}\n\n{"themes": []}', "columns.jsonl, line 3 is no coded passage: it lacks 'text'"),
        ('{"text": "a", "themes": []}\n{"text": "a", "tags": []}', "line 2 is no coded passage: it lacks 'themes'"),
        ('{"text": "a", "themes": "penge"}', "line 1 is no coded passage: its themes are 'penge'"),
    ],
)
def test_a_line_that_is_no_coded_passage_is_named(codebook, tmp_path, content, message):
    (tmp_path / "columns.jsonl").write_text(content)
    with pytest.raises(InputError, match=f"{message}.*Give each line a text and one of themes, labels"):
        read_outside(tmp_path / "columns.jsonl", codebook)


def test_the_points_of_a_curve_go_from_the_surest_decision_to_all():
    y, p = np.array([1.0, 0.0, 1.0, 0.0]), np.array([0.9, 0.8, 0.8, 0.1])
    assert precision_recall(y, p) == [(0.5, 1.0), (1.0, pytest.approx(2 / 3)), (1.0, 0.5)]


def test_the_reliability_of_a_bin_is_what_came_true_in_it():
    y, p = np.array([1.0, 0.0, 1.0]), np.array([0.11, 0.19, 0.95])
    assert reliability(y, p) == [
        {"said": pytest.approx(0.15), "held": 0.5, "decisions": 2},
        {"said": pytest.approx(0.95), "held": 1.0, "decisions": 1},
    ]
