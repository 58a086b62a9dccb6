import json
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from klumme.errors import LabelError
from klumme.themes.agreement import agreement_on_evidence
from klumme.themes.evidence import Evidence, read_evidence, sentences
from klumme.themes.labels import text_hash

TEXT = "Rådet tog sagen på sig. »Det koster 5 mio.« Solen skinnede på torvet, og ingen gik hjem. Ja. Så kom regnen."
THEMES = ("ejerskab", "penge")


def _cut(text):
    return [text[start:end] for start, end in sentences(text)]


def test_a_text_is_cut_behind_full_stops_and_what_closes_them():
    assert _cut(TEXT) == [
        "Rådet tog sagen på sig.",
        "»Det koster 5 mio.«",
        "Solen skinnede på torvet, og ingen gik hjem.",
        "Ja. Så kom regnen.",
    ]


@given(st.text(alphabet="aB .!?»«\n5", max_size=80))
def test_no_letter_of_a_text_is_lost_between_its_sentences(text):
    assert "".join("".join(_cut(text)).split()) == "".join(text.split())


def _line(**changed):
    row = {"passage_id": "k1", "text_sha256": text_hash(TEXT), "coder": "anna", "sentences": [[0, 23], [24, 43]]}
    return json.dumps(row | {"carried_by": {"ejerskab": [0]}} | changed)


def test_evidence_is_read_by_its_text_a_coder_each(tmp_path):
    (tmp_path / "anna.jsonl").write_text(_line() + "\n", encoding="utf-8")
    (tmp_path / "bo.jsonl").write_text(_line(coder="bo", carried_by={"ejerskab": [0, 1]}) + "\n", encoding="utf-8")
    said = read_evidence(tmp_path)[text_hash(TEXT)]
    assert [(one.coder, sorted(one.carried_by["ejerskab"])) for one in said] == [("anna", [0]), ("bo", [0, 1])]


@pytest.mark.parametrize("line", ["{", "[]", _line(carried_by={"penge": [2]}), _line(carried_by={"penge": []})])
def test_a_line_that_is_no_evidence_is_named(tmp_path, line):
    (tmp_path / "anna.jsonl").write_text(_line() + "\n" + line + "\n", encoding="utf-8")
    with pytest.raises(LabelError, match=r"anna\.jsonl, line 2 is no evidence"):
        read_evidence(tmp_path)


def _said(coder, numbers, passage="k1"):
    spans = ((0, 10), (11, 20), (21, 30), (31, 40))
    return Evidence(passage, passage, coder, spans, {"ejerskab": frozenset(numbers)})


def test_coders_agree_on_evidence_sentence_by_sentence():
    found = {"k1": [_said("anna", [0]), _said("bo", [0, 1])], "k2": [_said("anna", [3], "k2")]}
    pooled, ejerskab = agreement_on_evidence(found, THEMES, {})
    assert (ejerskab.theme, ejerskab.passages, ejerskab.yes) == ("ejerskab", 4, 3)
    assert ejerskab.f[0] == pytest.approx(2 / 3, abs=1e-3)
    assert pooled.alpha == ejerskab.alpha
    with pytest.raises(LabelError, match="No evidence was given by two"):
        agreement_on_evidence({"k2": found["k2"]}, THEMES, {})


@pytest.fixture
def recipe(monkeypatch):
    monkeypatch.syspath_prepend(str(Path(__file__).parents[2] / "models" / "encoder" / "scripts"))
    import wholes

    yield wholes
    del sys.modules["wholes"]


def test_the_encoder_learns_of_each_sentence_whether_it_carries_a_theme(recipe):
    known = {text_hash(TEXT): [Evidence("k1", text_hash(TEXT), "anna", sentences(TEXT), {"ejerskab": frozenset({0})})]}
    one = recipe.whole(TEXT, THEMES, np.array([1.0, 0.0]), known)
    assert one.carried.tolist() == [[1, 0], [0, 0], [0, 0], [0, 0]]
    unread = recipe.whole(TEXT, THEMES, np.array([1.0, np.nan]), {})
    assert np.isnan(unread.carried).all()
    assert recipe.whole("Rådet tog sagen på sig.", THEMES, np.array([1.0, 0.0]), {}).carried.tolist() == [[1, 0]]


def test_a_text_without_what_carried_its_theme_has_lost_it(recipe):
    carried_by = {"ejerskab": frozenset({0}), "penge": frozenset({1, 2})}
    known = {text_hash(TEXT): [Evidence("k1", text_hash(TEXT), "anna", sentences(TEXT), carried_by)]}
    one = recipe.whole(TEXT, THEMES, np.array([1.0, 1.0]), known)
    less = one.without(frozenset({0, 2}))
    assert [less.text[start:end] for start, end in less.spans] == ["»Det koster 5 mio.«", "Ja. Så kom regnen."]
    assert less.answers[0] == 0
    assert np.isnan(less.answers[1])
    assert one.without(frozenset({3})).answers.tolist() == [1, 1]
    assert one.without(frozenset()).text == TEXT.replace("  ", " ")
