import pytest

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


def test_a_reason_is_right_where_the_sentence_named_is_one_that_a_coder_named(model, examples):
    held = splits(examples)[AUTHORS]
    found = judge_reasons(model, examples, None, _evidence(examples, *THEMES), held)
    known = figures(found)
    assert known["reasons"] > 20
    assert known["right"][0] > 0.9
    assert known["chance"][0] == 0.5
    assert f"Of {known['reasons']} right tags" in in_words(known)
    swapped = judge_reasons(model, examples, None, _evidence(examples, *reversed(THEMES)), held)
    assert figures(swapped)["right"][0] == pytest.approx(1 - known["right"][0])


def test_only_right_tags_of_passages_with_evidence_are_judged(model, examples):
    held = splits(examples)[AUTHORS]
    evidence = dict(list(_evidence(examples, *THEMES).items())[:3])
    assert len(judge_reasons(model, examples, None, evidence, held)) <= 6
    assert judge_reasons(model, examples, None, {}, held) == []
