import json
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from klumme.cli.main import klumme
from klumme.errors import CodebookError, LabelError
from klumme.themes.agreement import agreement_on_evidence
from klumme.themes.codebook import load_codebook
from klumme.themes.evidence import Evidence, read_evidence, sentences
from klumme.themes.labels import adjudicated, read_labels, text_hash
from klumme.themes.passages import join, known_passages
from klumme.workspace import Workspace, find_home

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


@pytest.fixture
def codebook(workspace):
    return load_codebook(workspace.codebook)


def _line(**changed):
    row = {"passage_id": "k1", "text_sha256": text_hash(TEXT), "coder": "anna", "sentences": [[0, 23], [24, 43]]}
    return json.dumps(row | {"carried_by": {"ejerskab": [0]}} | changed)


def _written(folder, **lines):
    for coder, line in lines.items():
        (folder / f"{coder}.jsonl").write_text(f"{line}\n\n", encoding="utf-8")
    return [folder, folder / "none"]


def test_evidence_is_read_by_its_text_a_coder_each(tmp_path, codebook):
    folders = _written(tmp_path, anna=_line(), bo=_line(coder="bo", carried_by={"ejerskab": [0, 1], "penge": []}))
    said = read_evidence(folders, codebook)[text_hash(TEXT)]
    assert [(one.coder, sorted(one.carried_by["ejerskab"])) for one in said] == [("anna", [0]), ("bo", [0, 1])]
    assert said[1].carried_by["penge"] == frozenset()


def test_evidence_for_a_renamed_theme_is_kept_and_an_unknown_theme_is_named(tmp_path, codebook):
    folders = _written(tmp_path, anna=_line(carried_by={"politisk-vilje": [1]}))
    [one] = read_evidence(folders, codebook)[text_hash(TEXT)]
    assert one.carried_by == {"ejerskab": {1}}
    _written(tmp_path, anna=_line(carried_by={"vejret": [1]}))
    with pytest.raises(CodebookError, match="vejret"):
        read_evidence(folders, codebook)


BAD = [
    "{",
    "[]",
    _line(carried_by={"penge": [2]}),
    _line(carried_by={"penge": ["0"]}),
    _line(coder=None),
    _line(text_sha256=["x"]),
    _line(sentences=[]),
    _line(sentences=[[5, 2], [3, 900]]),
    _line(sentences=[[-3, 2], [3, 9]]),
    _line(sentences=[["a", "b"]]),
]


@pytest.mark.parametrize("line", BAD)
def test_a_line_that_is_no_evidence_is_named(tmp_path, codebook, line):
    (tmp_path / "anna.jsonl").write_text(_line() + "\n" + line + "\n", encoding="utf-8")
    with pytest.raises(LabelError, match=r"anna\.jsonl, line 2 is no evidence"):
        read_evidence([tmp_path], codebook)


@pytest.mark.parametrize("line", [_line(), _line(coder="bo", sentences=[[0, 43]])])
def test_a_text_that_is_read_twice_by_one_coder_or_cut_in_two_ways_is_refused(tmp_path, codebook, line):
    (tmp_path / "anna.jsonl").write_text(_line() + "\n" + line + "\n", encoding="utf-8")
    with pytest.raises(LabelError, match="does not go with the evidence of another coder"):
        read_evidence([tmp_path], codebook)


def test_a_file_that_is_not_utf_8_is_named(tmp_path, codebook):
    (tmp_path / "anna.jsonl").write_bytes("å".encode("latin-1"))
    with pytest.raises(LabelError, match=r"anna\.jsonl cannot be read"):
        read_evidence([tmp_path], codebook)


def test_the_evidence_that_ships_fits_its_texts_and_their_labels():
    home = find_home()
    shipped = read_evidence([home / "corpus" / "evidence"], load_codebook(home / "corpus" / "codebook.toml"))
    joined = join(
        adjudicated(read_labels([home / "corpus" / "labels"])).values(), known_passages(Workspace(home, home))
    )
    there = {text_hash(one.passage.text): one for one in joined.labelled}
    assert shipped.keys() <= there.keys()
    for name, said in shipped.items():
        assert said[0].sentences[-1][1] == len(there[name].passage.text)
        assert all(a[1] <= b[0] for a, b in pairwise(said[0].sentences))
        held = {theme for theme, yes in there[name].themes.items() if yes}
        assert all(one.carried_by.keys() == held for one in said)


def _said(coder, numbers, passage="k1"):
    spans = ((0, 10), (11, 20), (21, 30), (31, 40))
    return Evidence(passage, passage, coder, spans, {"ejerskab": frozenset(numbers)})


def test_coders_agree_on_evidence_sentence_by_sentence():
    found = {"k1": [_said("anna", [0]), _said("bo", [0, 1])], "k2": [_said("anna", [3], "k2")]}
    pooled, ejerskab = agreement_on_evidence(found, THEMES, {})
    assert (ejerskab.theme, ejerskab.units, ejerskab.yes) == ("ejerskab", 4, 3)
    assert ejerskab.f[0] == pytest.approx(2 / 3, abs=1e-3)
    assert pooled.alpha == ejerskab.alpha
    with pytest.raises(LabelError, match="No evidence was given by two"):
        agreement_on_evidence({"k2": found["k2"]}, THEMES, {})


def test_a_coder_who_finds_nothing_disagrees_with_one_who_does():
    found = {"k1": [_said("anna", [0, 1]), _said("bo", [])]}
    pooled, _ = agreement_on_evidence(found, THEMES, {})
    assert pooled.alpha[0] < 0


def test_agreement_on_evidence_is_a_command(workspace):
    folder = workspace.root / "corpus" / "evidence"
    folder.mkdir(parents=True)
    _written(folder, anna=_line(), bo=_line(coder="bo", carried_by={"ejerskab": [1]}))

    def say(*words):
        return CliRunner().invoke(klumme, ["--root", str(workspace.root), "agreement", "--evidence", *words])

    rows = json.loads(say("--format", "json").stdout)
    assert [(row["theme"], row["sentences"]) for row in rows] == [("all, pooled", 2), ("ejerskab", 2)]
    assert isinstance(say("--coders", "anna").exception, LabelError)


@pytest.fixture
def recipe(monkeypatch):
    monkeypatch.syspath_prepend(str(Path(__file__).parents[2] / "models" / "encoder" / "scripts"))
    import thinning

    yield thinning
    del sys.modules["thinning"]


def _known(**carried_by):
    carried = {theme: frozenset(numbers) for theme, numbers in carried_by.items()}
    return {text_hash(TEXT): [Evidence("k1", text_hash(TEXT), "anna", sentences(TEXT), carried)]}


def test_the_encoder_learns_of_each_sentence_whether_it_carries_a_theme(recipe):
    one = recipe.lay_beside(TEXT, THEMES, np.array([1.0, 0.0]), _known(ejerskab=[0]))
    assert one.carried.tolist() == [[1, 0], [0, 0], [0, 0], [0, 0]]
    alone = recipe.lay_beside("Rådet tog sagen på sig.", THEMES, np.array([1.0, 0.0]), {})
    assert alone.carried.tolist() == [[1, 0]]


@pytest.mark.parametrize("known", [{}, _known(ejerskab=[])])
def test_what_carries_a_theme_is_unknown_where_nobody_found_it(recipe, known):
    one = recipe.lay_beside(TEXT, THEMES, np.array([1.0, np.nan]), known)
    assert np.isnan(one.carried).all()
    assert one.without(frozenset()).answers[0] == 1
    assert np.isnan(one.without(frozenset({1})).answers[0])


def test_a_text_without_what_carried_its_theme_has_lost_it(recipe):
    one = recipe.lay_beside(TEXT, THEMES, np.array([1.0, 1.0]), _known(ejerskab=[0], penge=[1, 2]))
    less = one.without(frozenset({0, 2}))
    assert [less.text[start:end] for start, end in less.spans] == ["»Det koster 5 mio.«", "Ja. Så kom regnen."]
    assert less.answers[0] == 0
    assert np.isnan(less.answers[1])
    assert less.carried.tolist() == [[0, 1], [0, 0]]
    assert one.without(frozenset({3})).answers.tolist() == [1, 1]


def test_evidence_that_reaches_behind_its_text_is_refused(recipe):
    known = {text_hash(TEXT): [Evidence("k1", text_hash(TEXT), "anna", ((0, 900),), {})]}
    with pytest.raises(ValueError, match="behind its end"):
        recipe.lay_beside(TEXT, THEMES, np.zeros(2), known)
