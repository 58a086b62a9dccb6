import json

import numpy as np
import pytest
from click.testing import CliRunner

from klumme.cli.main import klumme
from klumme.errors import LabelError
from klumme.themes.agreement import agreement, alpha, mean_f
from klumme.themes.labels import ADJUDICATED, append_labels, text_hash

ONE = np.ones((1, 10))
# The worked example of Krippendorff, "Computing Krippendorff's alpha-reliability" (2011), part A: alpha = .095.
MEG, OWEN = [0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]


def test_alpha_is_that_of_krippendorffs_own_example():
    assert alpha(np.array([MEG, OWEN], dtype=float).T, ONE)[0] == pytest.approx(0.095, abs=0.001)


def test_coders_who_agree_on_everything_have_an_alpha_of_one():
    assert alpha(np.array([MEG, MEG], dtype=float).T, ONE)[0] == 1
    assert alpha(np.zeros((10, 2)), ONE)[0] == 1


def test_coders_who_always_disagree_have_an_alpha_below_chance():
    assert alpha(np.array([MEG, [1 - x for x in MEG]], dtype=float).T, ONE)[0] < 0


def test_a_third_coder_may_have_gaps():
    third = [np.nan] * 5 + MEG[5:]
    assert alpha(np.array([MEG, MEG, third], dtype=float).T, ONE)[0] == 1


def test_f_is_that_of_one_coder_against_the_other():
    assert mean_f(np.array([MEG, OWEN], dtype=float).T, ONE)[0] == pytest.approx(2 / 6)


def _coded(label, **answers):
    return [
        label(f"k{i}", {"penge": bool(value)}, coder=coder)
        for coder, values in answers.items()
        for i, value in enumerate(values)
    ]


def test_agreement_comes_with_an_interval_from_a_bootstrap_over_articles(label):
    labels = _coded(label, meg=MEG * 4, owen=[0, *MEG[1:]] * 4)
    pooled, penge = agreement(labels, ["penge"], {f"k{i}": f"a{i // 4}" for i in range(40)})
    assert (penge.theme, penge.units, penge.yes) == ("penge", 40, 16)
    assert penge.alpha == [1, 1, 1]
    assert pooled.alpha == penge.alpha
    labels = _coded(label, meg=MEG * 4, owen=[1, *MEG[1:]] * 4)
    _, penge = agreement(labels, ["penge"], {})
    value, low, high = penge.alpha
    assert 0 < low < value < high < 1


def test_adjudicated_labels_and_unsure_answers_are_no_second_opinion(label):
    one = [label("k1", {"penge": True}), label("k1", {"penge": None}, coder="bo")]
    judge = label("k1", {"penge": True}, coder="cille", origin=ADJUDICATED)
    with pytest.raises(LabelError, match="No passage was coded by two"):
        agreement([*one, judge], ["penge"], {})


def _evidence(coder, numbers):
    row = {"passage_id": "k1", "text_sha256": text_hash("k1"), "coder": coder, "sentences": [[0, 9], [9, 20]]}
    return json.dumps(row | {"carried_by": {"penge": numbers}})


@pytest.mark.parametrize("asked", [(), ("--evidence",)])
def test_only_the_coders_that_are_named_count_for_labels_and_for_evidence(workspace, label, asked):
    append_labels(workspace.labels, _coded(label, meg=MEG, owen=OWEN, ida=MEG))
    folder = workspace.root / "corpus" / "evidence"
    folder.mkdir()
    lines = (_evidence(coder, numbers) for coder, numbers in (("meg", [0]), ("owen", [1]), ("ida", [0])))
    (folder / "all.jsonl").write_text("\n".join(lines))

    def say(coders):
        words = ["--root", str(workspace.root), "agreement", *asked, "--coders", coders, "--format", "json"]
        return CliRunner().invoke(klumme, words)

    def alpha_of(coders):
        return json.loads(say(coders).stdout)[0]["alpha"]

    assert alpha_of("meg, ida") == 1
    assert alpha_of("meg,owen") < alpha_of("") < 1
    assert "no coder 'owe'. Did you mean 'owen'?" in str(say("meg,owe").exception)
    assert isinstance(say("meg").exception, LabelError)
