import json
from dataclasses import replace

import numpy as np
import pytest
from click.testing import CliRunner
from threadpoolctl import threadpool_limits

from klumme.cli.main import klumme
from klumme.errors import LabelError
from klumme.themes import choose as module
from klumme.themes import registry
from klumme.themes.card import choice_in_words
from klumme.themes.choose import GRID, asked, best, choose, look, mean_ap, outer_parts, recipes
from klumme.themes.codebook import load_codebook
from klumme.themes.evaluate import AUTHORS, cross_evaluate, splits
from klumme.themes.examples import make_examples
from klumme.themes.measure import draws, figures
from klumme.themes.systems import OURS, System, fit_ours, fit_words, systems
from klumme.themes.train import FIXED, Recipe, train
from klumme.web import danish

THEMES = ("ejerskab", "penge")
FEW = {"words": (3.0, 10.0), "dense": (0.001, 30.0)}


@pytest.fixture(autouse=True)
def one_thread():
    """Sums of so few numbers take ten times as long in several threads that wait for each other."""
    with threadpool_limits(1):
        yield


@pytest.fixture
def examples(labelled, reader):
    """A hundred and twenty passages by fifteen authors."""
    return make_examples(labelled[:120], THEMES, reader)


@pytest.fixture
def dense(examples):
    """The same, but the encoder has learnt from the first by each author, and the last was written for training."""
    place = np.arange(120) % 8
    vectors = np.random.default_rng(1).normal(size=(120, 6)) + examples.answers[:, [0, 1, 0, 1, 0, 1]]
    passages = [replace(p, natural=bool(k != 7)) for p, k in zip(examples.passages, place, strict=True)]
    return replace(examples, passages=passages, vectors=vectors, fresh=place > 0)


@pytest.fixture
def sources(dense):
    """The same, of three columns."""
    passages = [replace(p, source=f"column {i // 8 % 3}") for i, p in enumerate(dense.passages)]
    return replace(dense, passages=passages)


@pytest.fixture
def few(monkeypatch):
    monkeypatch.setattr(module, "GRID", FEW)


@pytest.fixture
def looked(monkeypatch):
    """The scores by which each outer part chose, in order."""
    kept = []
    monkeypatch.setattr(module, "best", lambda scores: kept.append(scores) or best(scores))
    return kept


def test_the_fixed_recipe_is_one_of_those_to_choose_among(dense):
    assert len(set(recipes(dense))) == 9
    assert FIXED == Recipe() in recipes(dense)


def test_without_an_encoder_the_words_alone_are_searched(examples):
    found = choose(examples)
    assert [(r.words, r.dense) for r in found.scores] == [(words, FIXED.dense) for words in GRID["words"]]
    assert found.grid == {"words": list(GRID["words"])}
    assert "dense" not in json.dumps(found.figures())


def test_no_passage_of_an_author_who_is_asked_is_learnt_from(dense):
    parts = outer_parts(dense)
    assert sorted(np.concatenate([tested for _, tested in parts])) == list(asked(dense))
    for learnt, tested in parts:
        assert set(dense.groups[learnt]).isdisjoint(dense.groups[tested])


def test_what_is_said_of_the_authors_who_are_asked_changes_nothing_in_the_choice_for_them(dense, few, looked):
    choose(dense)
    before = list(looked)
    authors = dense.groups[outer_parts(dense)[2][1]]
    answers = np.where(np.isin(dense.groups, authors)[:, None], 1 - dense.answers, dense.answers)
    looked.clear()
    choose(replace(dense, answers=answers))
    assert [here == there for here, there in zip(looked, before, strict=True)] == [False, False, True, False, False]


@pytest.fixture
def unspoken(examples):
    """Themes that no word tells of, and the chance by which they were drawn."""
    chance = np.random.default_rng(5)
    return replace(examples, answers=chance.integers(0, 2, (120, 2)).astype(float)), chance


def test_where_much_is_noise_the_recipe_that_holds_back_is_chosen(unspoken, few):
    some, chance = unspoken
    common = 2 * some.answers + chance.normal(size=(120, 2))
    vectors = (common[:, :, None] + chance.normal(size=(120, 2, 60))).reshape(120, -1)
    found = choose(replace(some, vectors=vectors))
    assert {recipe.dense for recipe in (found.recipe, *found.parts)} == {0.001}
    assert choice_in_words(found.figures()).endswith("it is not clearly different from the fixed recipe.")


def test_where_a_small_difference_tells_all_the_recipe_that_gives_way_is_chosen_and_is_better(unspoken, few):
    some, chance = unspoken
    common, small = chance.normal(size=(120, 2)), some.answers + 0.3 * chance.normal(size=(120, 2))
    found = choose(replace(some, vectors=np.hstack([common + 0.05 * small, common - 0.05 * small])))
    assert {recipe.dense for recipe in (found.recipe, *found.parts)} == {30.0}
    known = found.figures()
    assert known["nested"]["difference"]["ap"][1] > 0
    assert known["nested"]["difference"]["f1"][1] > 0
    assert choice_in_words(known).endswith("it is better than the fixed recipe.")
    known["nested"]["difference"]["ap"] = [-0.2, -0.3, -0.1]
    assert choice_in_words(known).endswith("it is worse than the fixed recipe.")


def test_of_equals_the_fixed_recipe_is_chosen():
    assert best({Recipe(3.0): 0.5, FIXED: 0.5, Recipe(30.0): 0.5}) == FIXED
    assert best({Recipe(3.0): 0.5, FIXED: 0.4, Recipe(30.0): 0.5}) == Recipe(3.0)


def test_the_fixed_recipe_is_judged_as_an_evaluation_judges_it(sources):
    some = sources.rows(np.arange(120) % 8 < 7)  # where an author has passages written for training, they differ
    some = replace(some, fresh=np.ones(len(some.passages), dtype=bool))
    found, rows = choose(some), np.concatenate([tested for _, tested in outer_parts(some)])
    there = cross_evaluate(System(OURS, fit_ours), some, AUTHORS, splits(some)[AUTHORS]).judged
    order = np.argsort(rows)
    assert np.array_equal(found.fixed.p[order], there.p)
    assert np.array_equal(found.fixed.tagged[order], there.tagged)


def test_ours_in_an_evaluation_is_trained_by_the_recipe_it_is_given(dense, workspace):
    book, other = load_codebook(workspace.codebook), Recipe(3.0, 0.003)
    for recipe, same in ((FIXED, True), (other, False)):
        *_, without, ours = systems(book, dense=True, recipe=recipe)
        for system, fit in ((without, fit_words), (ours, fit_ours)):
            here = system.fit(dense)(dense)[0]
            assert np.array_equal(here, fit(dense, recipe)(dense)[0])
            assert np.array_equal(here, fit(dense)(dense)[0]) == same


def test_the_criterion_is_what_training_tells_of_passages_left_out_with_their_authors(sources):
    chance = np.random.default_rng(2)
    hard = replace(sources, answers=np.where(chance.random((120, 2)) < 0.3, 1 - sources.answers, sources.answers))
    inner = look(hard)
    for recipe in (FIXED, Recipe(30.0, 0.0003)):
        judged = train(hard, {"version": "v1", "encoder": ""}, recipe).judged.rows(asked(hard))
        there = mean_ap(judged, draws(judged.articles))[0]
        assert inner.ap(recipe) == pytest.approx(there, abs=1e-12)
        assert figures(judged)["macro"]["ap"][0] == pytest.approx(there, abs=1e-4)
        assert 0.5 < there < 0.9


def test_choosing_twice_chooses_the_same_and_one_bar_tells_how_far_it_is(sources, few):
    bars = []

    def watch(items, total, what):
        bars.append([what, total, 0])
        for item in items:
            bars[-1][2] += 1
            yield item

    first, second = choose(sources, watch), choose(sources)
    assert first.figures() == second.figures()
    assert bars == [["Choosing a recipe", 6 * 2 * (4 + 3), 6 * 2 * (4 + 3)]]


def test_a_theme_of_too_few_authors_takes_no_part_and_is_named(examples, few):
    answers = examples.answers.copy()
    answers[:, 1] = np.arange(120) < 16
    found = choose(replace(examples, answers=answers))
    assert (found.chosen.themes, found.unasked) == (("ejerskab",), ("penge",))
    assert "(not by penge, which too few authors have)" in choice_in_words(found.figures())


def test_too_few_authors_or_themes_to_choose_by_say_what_to_do(examples):
    for some in (examples.rows(np.arange(72)), replace(examples, answers=np.zeros((120, 2)))):
        with pytest.raises(LabelError, match=r"articles of 10 authors.*leave --choose out") as told:
            choose(some)
        assert "fra 10 forfatteres artikler" in danish.explain(told.value)["what"]
        assert danish.explain(told.value)["way_out"].startswith("Mærk flere")


def test_a_model_with_a_chosen_recipe_says_so_in_its_facts_its_card_and_the_terminal(workspace, fill, monkeypatch):
    monkeypatch.setattr(module, "GRID", {"words": (10.0, 3.0), "dense": (0.001, 30.0)})
    monkeypatch.setattr(module, "best", lambda scores: Recipe(3.0))
    fill()

    def say(*words):
        done = CliRunner().invoke(klumme, ["--quiet", "--root", str(workspace.root), *words])
        assert done.exception is None, done.output
        return done.output

    said = say("retrain", "--choose")
    folder = registry.find(workspace)
    facts, known = registry.load(folder).facts, registry.metrics(folder)
    assert facts["recipe"] == {"words": 3.0, "dense": 0.001, "edition": FIXED.edition}
    assert facts["chosen_among"] == {"words": [10.0, 3.0]}
    assert (known["facts"], known["choice"]["recipe"]) == (facts, {"words": 3.0})
    assert "The recipe is words C = 3: of 2 the one with the highest mean average precision" in said
    card = (folder / "README.md").read_text(encoding="utf-8")
    assert choice_in_words(known["choice"]) in card
    assert f"| words C = 3 | {known['choice']['grid'][1]['ap']:.4f} | 5 of 5 parts |" in card
    assert "| difference | +0.0000 [" in card
    assert "the model in use has a recipe" not in say("retrain", "--choose")
    assert "Note: the model in use has a recipe that was chosen, this one the fixed recipe" in say("retrain")
    assert len(registry.versions(workspace.themes)) == 2
    plain = registry.metrics(registry.find(workspace))
    assert "choice" not in plain
    assert plain["facts"]["recipe"]["words"] == FIXED.words
    assert (
        np.abs(registry.load_model(workspace).words.weights).sum() > np.abs(registry.load(folder).words.weights).sum()
    )
    assert "the fixed recipe" not in say("retrain")
