from pathlib import Path

import pytest

from klumme.themes.codebook import load_codebook
from klumme.themes.disputes import DISPUTE, NO_OR_UNSURE, UNSURE, YES_OR_UNSURE, hear, open_questions
from klumme.themes.labels import ADJUDICATED, adjudicated, read_labels

CORPUS = Path(__file__).parents[2] / "corpus"


def _said(label, *answers, passage="k1"):
    return [label(passage, {"penge": answer}, f"koder-{n}") for n, answer in enumerate(answers)]


@pytest.mark.parametrize(
    ("answers", "kind"),
    [
        ((True, False), DISPUTE),
        ((None, True, False), DISPUTE),
        ((True, None), YES_OR_UNSURE),
        ((None, False), NO_OR_UNSURE),
        ((None, None), UNSURE),
        ((None,), UNSURE),
    ],
)
def test_what_coders_leave_open_is_a_question_of_its_kind(label, answers, kind):
    heard = hear(_said(label, *answers), ["penge"])["k1"]
    assert (heard.questions, heard.kind) == ({"penge": kind}, kind)
    assert heard.gold.themes == {"penge": None}


@pytest.mark.parametrize("answers", [(True, True), (False, False), (True,)])
def test_what_coders_agree_on_is_no_question(label, answers):
    heard = hear(_said(label, *answers), ["penge"])["k1"]
    assert (heard.questions, heard.kind) == ({}, "")


def test_disputes_come_first_then_yes_then_no_against_unsure_then_what_nobody_is_sure_of(label):
    answers = {"a": (None, None), "b": (False, None), "c": (True, None), "d": (True, False), "e": (True, True)}
    labels = [one for name, given in answers.items() for one in _said(label, *given, passage=name)]
    asked = open_questions(hear(labels, ["penge"]).values())
    assert [one.gold.passage_id for one in asked] == ["d", "c", "b", "a"]


def test_a_passage_is_as_urgent_as_its_most_urgent_theme(label):
    labels = [
        label("k1", {"ejerskab": None, "penge": True}, "anna"),
        label("k1", {"ejerskab": True, "penge": False}, "bo"),
    ]
    heard = hear(labels, ["ejerskab", "penge"])["k1"]
    assert heard.questions == {"ejerskab": YES_OR_UNSURE, "penge": DISPUTE}
    assert heard.kind == DISPUTE
    assert hear(labels, ["ejerskab"])["k1"].kind == YES_OR_UNSURE


@pytest.mark.parametrize("word", [True, False, None])
def test_what_was_settled_is_asked_no_more_even_where_the_judge_is_unsure(label, word):
    judge = label("k1", {"penge": word}, "cille", origin=ADJUDICATED)
    heard = hear([*_said(label, True, None), judge], ["penge"])["k1"]
    assert heard.questions == {}
    assert heard.gold.themes == {"penge": word}


def test_a_theme_that_only_some_have_coded_is_asked_by_what_they_said(label):
    labels = [label("k1", {"ejerskab": True}, "anna"), label("k1", {"penge": None}, "bo")]
    assert hear(labels, ["ejerskab", "penge"])["k1"].questions == {"penge": UNSURE}


def test_hearing_coders_changes_nothing_of_what_holds(label):
    labels = [*_said(label, True, None), *_said(label, True, True, passage="k2"), *_said(label, None, passage="k3")]
    assert {name: one.gold for name, one in hear(labels, ["penge"]).items()} == adjudicated(labels)


def test_the_labels_that_come_with_klumme_leave_nothing_open():
    heard = hear(read_labels([CORPUS / "labels"]), load_codebook(CORPUS / "codebook.toml").ids)
    assert len(heard) > 10_000
    assert open_questions(heard.values()) == []
