import json
from contextlib import suppress
from dataclasses import asdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from klumme.errors import LabelError, StorageError
from klumme.themes.codebook import load_codebook
from klumme.themes.labels import (
    ADJUDICATED,
    adjudicated,
    append_labels,
    file_name,
    in_force,
    read_labels,
    renamed,
)


def test_labels_come_back_as_they_were_given(tmp_path, label):
    some = [label("k1", {"penge": True}), label("k2", {"penge": None}, random_draw=True)]
    append_labels(tmp_path, some)
    assert read_labels([tmp_path]) == some


def test_appending_touches_no_earlier_line(tmp_path, label):
    append_labels(tmp_path, [label("k1", {"penge": True})])
    before = (tmp_path / "anna.jsonl").read_bytes()
    append_labels(tmp_path, [label("k2", {"penge": True})])
    assert (tmp_path / "anna.jsonl").read_bytes().startswith(before)


def test_a_line_torn_by_a_crash_spoils_no_later_one(tmp_path, label):
    (tmp_path / "anna.jsonl").write_text('{"passage_id": "k1", "co')
    append_labels(tmp_path, [label("k2", {"penge": True})])
    assert len((tmp_path / "anna.jsonl").read_text().splitlines()) == 2
    with pytest.raises(LabelError, match=r"anna.jsonl, line 1 is not a label.*Correct or delete"):
        read_labels([tmp_path])


@pytest.mark.parametrize(
    "change",
    [
        {"themes": {"penge": "maybe"}},
        {"themes": {"penge": 1}},
        {"themes": ["penge"]},
        {"themes": None},
        {"at": "yesterday"},
        {"mood": "good"},
        {"id": ["x"]},
        {"coder": None},
    ],
)
def test_a_broken_label_names_its_file_and_line(tmp_path, label, change):
    append_labels(tmp_path, [label("k1", {"penge": True})])
    row = json.loads((tmp_path / "anna.jsonl").read_text()) | change
    (tmp_path / "anna.jsonl").write_text("\n" + json.dumps(row))
    with pytest.raises(LabelError, match=r"anna.jsonl, line 2"):
        read_labels([tmp_path])


def test_a_label_that_lacks_something_says_what(tmp_path):
    (tmp_path / "anna.jsonl").write_text('{"passage_id": "k1"}')
    with pytest.raises(LabelError, match=r"anna.jsonl, line 1 is not a label: it lacks 'at'\. Correct or delete"):
        read_labels([tmp_path])


def test_labels_are_read_from_files_that_windows_has_saved_and_from_names_with_strange_line_ends(tmp_path, label):
    some = [label("k1", {"penge": True}, coder="an\u2028na"), label("k2", {"penge": False}, coder="an\u2028na")]
    append_labels(tmp_path, some)
    [path] = tmp_path.iterdir()
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert read_labels([tmp_path]) == some


@given(st.text())
@settings(derandomize=True, deadline=None)
def test_any_text_in_a_label_file_is_read_or_refused_with_its_place(tmp_path_factory, text):
    folder = tmp_path_factory.mktemp("labels")
    (folder / "x.jsonl").write_text(text, encoding="utf-8", errors="surrogatepass")
    with suppress(LabelError):
        assert read_labels([folder]) == []


def test_a_coder_may_have_any_name():
    assert file_name("../Åse (2)") == "---Åse--2-"
    assert file_name("") == "unnamed"


def test_a_folder_that_takes_no_labels_is_named(tmp_path, label):
    (tmp_path / "labels").write_text("a file")
    with pytest.raises(StorageError, match="labels"):
        append_labels(tmp_path / "labels", [label()])


def test_a_theme_that_was_renamed_keeps_its_labels(workspace, label):
    codebook = load_codebook(workspace.codebook)
    assert renamed([label(themes={"politisk-vilje": True})], codebook)[0].themes == {"ejerskab": True}


def test_a_theme_that_left_the_codebook_is_out_of_the_view_but_stays_on_disk(workspace, label):
    append_labels(workspace.labels, [label(themes={"vejret": True, "penge": False})])
    labels = read_labels([workspace.labels])
    assert renamed(labels, load_codebook(workspace.codebook))[0].themes == {"penge": False}
    assert labels[0].themes == {"vejret": True, "penge": False}


def test_a_coders_last_word_counts_theme_by_theme(label):
    first = label(themes={"penge": True, "ejerskab": True}, at="2025-01-01T10:00:00")
    last = label(themes={"penge": False}, at="2025-01-02T10:00:00")
    assert in_force([last, first])[0].themes == {"penge": False, "ejerskab": True}


def test_labels_without_an_id_are_all_kept(tmp_path, label):
    rows = [json.dumps(asdict(label(name)) | {"id": "", "at": "2025-01-01T10:00:00"}) for name in ("k1", "k2")]
    (tmp_path / "anna.jsonl").write_text("\n".join(rows), encoding="utf-8")
    assert {one.passage_id for one in read_labels([tmp_path])} == {"k1", "k2"}


def test_two_labels_with_one_id_are_refused(tmp_path, label):
    rows = [json.dumps(asdict(label(name)) | {"id": "x", "at": "2025-01-01T10:00:00"}) for name in ("k1", "k2")]
    (tmp_path / "anna.jsonl").write_text("\n".join(rows), encoding="utf-8")
    with pytest.raises(LabelError, match="Two labels of k2 have the id x"):
        read_labels([tmp_path])


def test_what_a_later_label_supersedes_is_gone(label):
    wrong = label(themes={"penge": True, "ejerskab": True})
    right = label(themes={"penge": False}, at="2025-01-02T10:00:00", supersedes=wrong.id)
    assert in_force([wrong, right])[0].themes == {"penge": False}


def test_what_coders_disagree_on_is_open_and_named(label):
    both = [
        label(themes={"penge": True, "ejerskab": True}),
        label(themes={"penge": False, "ejerskab": True}, coder="bo"),
    ]
    gold = adjudicated(both)["k1"]
    assert gold.themes == {"penge": None, "ejerskab": True}
    assert gold.contradicted == ("penge",)
    assert gold.coders == ("anna", "bo")


def test_the_adjudicator_settles_what_coders_disagree_on_and_nothing_else(label):
    both = [
        label(themes={"penge": True, "ejerskab": True}),
        label(themes={"penge": False, "ejerskab": True}, coder="bo"),
    ]
    judge = label(themes={"penge": False}, coder="cille", origin=ADJUDICATED)
    gold = adjudicated([*both, judge])["k1"]
    assert gold.themes == {"penge": False, "ejerskab": True}
    assert (gold.contradicted, gold.adjudicated) == ((), True)


def test_an_unsure_coder_leaves_a_theme_open_without_contradicting(label):
    both = [label(themes={"penge": True}), label(themes={"penge": None}, coder="bo")]
    assert adjudicated(both)["k1"].themes == {"penge": None}
    assert adjudicated(both)["k1"].contradicted == ()


def test_one_label_in_two_folders_counts_once(tmp_path, label):
    for folder in ("a", "b"):
        append_labels(tmp_path / folder, [label(themes={"penge": True})])
    assert len(read_labels([tmp_path / "a", tmp_path / "b"])) == 1


def test_of_two_adjudicators_the_last_word_on_each_theme_holds(label):
    said = [
        label(themes={"penge": True}, coder="cille", origin=ADJUDICATED, at="2025-01-01T10:00:00"),
        label(themes={"penge": False, "skole": True}, coder="dorte", origin=ADJUDICATED, at="2025-01-02T10:00:00"),
        label(themes={"skole": False}, coder="cille", origin=ADJUDICATED, at="2025-01-03T10:00:00"),
    ]
    assert adjudicated(said)["k1"].themes == {"penge": False, "skole": False}
    assert adjudicated(in_force(said))["k1"].themes == {"penge": False, "skole": False}


def test_an_adjudicator_who_is_overruled_in_everything_is_no_longer_heard(label):
    first = label(themes={"penge": True}, coder="cille", origin=ADJUDICATED, at="2025-01-01T10:00:00")
    last = label(themes={"penge": False}, coder="dorte", origin=ADJUDICATED, at="2025-01-02T10:00:00")
    assert in_force([first, last]) == [last]
