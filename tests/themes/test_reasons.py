import numpy as np
import pytest

from klumme.themes import reasons as module
from klumme.themes.evaluate import AUTHORS, splits
from klumme.themes.evidence import Evidence, sentences
from klumme.themes.examples import make_examples
from klumme.themes.labels import text_hash
from klumme.themes.reasons import figures, in_words, judge_reasons
from klumme.themes.train import train

THEMES = ("ejerskab", "penge")


@pytest.fixture
def examples(labelled, reader):
    return make_examples(labelled, THEMES, reader)


@pytest.fixture
def model(examples):
    return train(examples, {"version": "test", "encoder": ""}).model


def _evidence(examples, first, second):
    """Of the passages that have both themes, in this order a sentence each: which sentence carries which."""
    found = {}
    for passage, answers in zip(examples.passages, examples.answers, strict=True):
        if answers.tolist() == [1, 1]:
            name, spans = text_hash(passage.text), sentences(passage.text)
            carried_by = {first: frozenset({0}), second: frozenset({1})}
            found[name] = [Evidence(passage.id, name, "anna", spans, carried_by)]
    return found


def _both(examples):
    return int((np.nansum(examples.answers, axis=1) == 2).sum())


def test_a_reason_is_right_where_the_sentence_named_is_one_that_a_coder_named(model, examples):
    held = splits(examples)[AUTHORS]
    found = judge_reasons(model, examples, None, _evidence(examples, *THEMES), held)
    known = figures(found)
    assert 20 < known["reasons"] <= 2 * _both(examples)
    assert known["right"][0] == known["strict"][0] > 0.9
    assert known["silent"][0] == 0
    assert known["chance"][0] == 0.5
    assert f"for {known['reasons']} right tags" in in_words(known)
    swapped = judge_reasons(model, examples, None, _evidence(examples, *reversed(THEMES)), held)
    assert figures(swapped)["right"][0] == pytest.approx(1 - known["right"][0])


def test_what_two_coders_named_is_told_from_what_one_did(model, examples):
    evidence, other = _evidence(examples, *THEMES), {"penge": frozenset({0})}
    for said in evidence.values():
        said.append(Evidence(said[0].passage_id, said[0].text_sha256, "bo", said[0].sentences, other))
    found = judge_reasons(model, examples, None, evidence, splits(examples)[AUTHORS])
    # Of money one coder named the first sentence and one the second, so that all carry it and nothing is to be found.
    assert {one.theme for one in found} == {"ejerskab"}
    assert all(one.strict == one.right for one in found)


def test_wrong_tags_are_no_reasons_and_passages_without_evidence_are_not_judged(model, examples):
    held, evidence = splits(examples)[AUTHORS], _evidence(examples, *THEMES)
    some = dict(list(evidence.items())[:3])
    assert 0 < len(judge_reasons(model, examples, None, some, held)) <= 6
    assert judge_reasons(model, examples, None, {}, held) == []
    nothing = examples.rows(np.arange(len(examples.passages)))
    nothing.answers[:, 0] = 0
    assert {one.theme for one in judge_reasons(model, nothing, None, evidence, held)} <= {"penge"}


def test_the_members_have_not_learnt_from_the_passages_whose_reasons_are_judged(model, examples, monkeypatch):
    learnt, fit = [], module.fit_members

    def spy(some, matrix, rows, recipe, processes):
        learnt.append(set(rows.tolist()))
        return fit(some, matrix, rows, recipe, processes)

    monkeypatch.setattr(module, "fit_members", spy)
    held = splits(examples)[AUTHORS]
    judge_reasons(model, examples, None, _evidence(examples, *THEMES), held)
    assert len(learnt) == len(held)
    assert all(rows.isdisjoint(tested.tolist()) for rows, (_, tested) in zip(learnt, held, strict=True))


def test_a_sentence_cut_by_other_rules_stands_for_the_one_it_shares_most_with():
    text = "Det var i går. Rådet tog sagen på sig. Så kom regnen."
    assert module._place(text, "Rådet tog sagen på sig. Så kom regnen.", ((0, 14), (15, 38), (39, 53))) == 1
    assert module._place(text, "Så kom regnen.", ((0, 14), (15, 38), (39, 53))) == 2
