"""Labels on their way out and back: what somebody changed meanwhile is not lost, and nothing is taken twice."""

import csv
import io
import json

import pytest

from klumme.errors import LabelError, StorageError
from klumme.themes.keeping import attach_files, export, import_files, write_file
from klumme.themes.labels import append_labels, in_force, read_labels, text_hash


@pytest.fixture
def coded(workspace, written, label):
    """A workspace in which anna has coded two passages."""
    rows = written(2)
    some = [label(i, {"ejerskab": True, "penge": None}, text_sha256=text_hash(text)) for i, text, _ in rows]
    append_labels(workspace.labels, some)
    return some


def _bring(workspace, form, content, given=None):
    path = workspace.root / f"back.{form}"
    path.write_text(content, encoding="utf-8")
    return import_files(workspace, [(path, form)], given or {})


def _table(content):
    return list(csv.DictReader(io.StringIO(content)))


def _csv(rows):
    sink = io.StringIO()
    writer = csv.DictWriter(sink, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return sink.getvalue()


def _said(workspace, passage, coder="anna"):
    labels = in_force(read_labels([workspace.labels]))
    return next(label.themes for label in labels if (label.passage_id, label.coder) == (passage, coder))


def test_an_answer_changed_in_an_exported_table_comes_back_as_a_new_label(workspace, coded):
    rows = _table(export(workspace, "csv"))
    rows[0]["penge"] = "yes"
    done = _bring(workspace, "csv", _csv(rows))
    assert (len(done.labels), done.changed, done.known) == (1, 1, 1)
    assert _said(workspace, rows[0]["passage_id"]) == {"ejerskab": True, "penge": True}
    assert done.labels[0].supersedes == coded[0].id
    again = _bring(workspace, "csv", _csv(rows))
    assert (again.labels, again.known) == ([], 2)


def test_an_answer_changed_in_exported_lines_comes_back_as_a_new_label(workspace, coded):
    rows = [json.loads(line) for line in export(workspace, "klumme").splitlines()]
    rows[1]["themes"]["ejerskab"] = False
    _bring(workspace, "klumme", "\n".join(json.dumps(row) for row in rows))
    assert _said(workspace, coded[0].passage_id)["ejerskab"] is True
    assert _said(workspace, coded[1].passage_id)["ejerskab"] is False


def test_a_table_handed_to_another_coder_is_that_coders_word(workspace, coded):
    rows = [row | {"coder": "bo"} for row in _table(export(workspace, "csv"))]
    assert len(_bring(workspace, "csv", _csv(rows)).labels) == 2
    assert {label.coder for label in read_labels([workspace.labels])} == {"anna", "bo"}


def test_an_old_export_does_not_take_back_what_was_said_since(workspace, coded, label):
    old = export(workspace, "csv")
    new = label(coded[0].passage_id, {"penge": True}, at="2025-02-01T10:00:00", text_sha256=coded[0].text_sha256)
    append_labels(workspace.labels, [new])
    assert _bring(workspace, "csv", old).labels == []
    assert _said(workspace, coded[0].passage_id)["penge"] is True


def test_what_was_put_together_in_an_old_export_takes_its_place_in_time(workspace, coded, label):
    place, text = coded[0].passage_id, coded[0].text_sha256
    append_labels(workspace.labels, [label(place, {"penge": False}, at="2025-02-01T10:00:00", text_sha256=text)])
    old = export(workspace, "klumme")
    append_labels(workspace.labels, [label(place, {"penge": True}, at="2025-03-01T10:00:00", text_sha256=text)])
    done = _bring(workspace, "klumme", old)
    assert (len(done.labels), done.changed, done.late) == (1, 0, 1)
    assert _said(workspace, place) == {"ejerskab": True, "penge": True}
    assert _bring(workspace, "klumme", old).labels == []


def test_an_export_under_todays_theme_ids_is_known_where_they_had_others(workspace, coded, label):
    one = label("t0001", {"politisk-vilje": True}, "bo", text_sha256=coded[1].text_sha256)
    append_labels(workspace.labels, [one])
    assert _bring(workspace, "csv", export(workspace, "csv")).labels == []


def test_what_was_put_together_from_two_labels_can_lie_beside_both(workspace, coded, label):
    more = label(coded[0].passage_id, {"penge": False}, at="2025-02-01T10:00:00", text_sha256=coded[0].text_sha256)
    append_labels(workspace.labels, [more])
    content = export(workspace, "klumme")
    assert next(json.loads(line)["themes"] for line in content.splitlines()) == {"ejerskab": True, "penge": False}
    (workspace.labels / "handed-on.jsonl").write_text(content, encoding="utf-8")
    assert _said(workspace, coded[0].passage_id) == {"ejerskab": True, "penge": False}
    assert {json.loads(line)["id"] for line in content.splitlines()}.isdisjoint({coded[0].id, more.id})


def test_a_coder_whom_nobody_knows_has_no_empty_export(workspace, coded):
    with pytest.raises(LabelError, match="no coder 'ana'"):
        export(workspace, "csv", "ana")


def test_where_there_are_no_labels_the_export_says_so(workspace):
    with pytest.raises(LabelError, match="no labels"):
        export(workspace, "csv")


def test_a_file_that_cannot_be_written_is_named(workspace, coded, tmp_path):
    with pytest.raises(StorageError, match="nowhere"):
        write_file(tmp_path / "nowhere" / "x.csv", "x")
    source = workspace.labels / "anna.jsonl"
    with pytest.raises(StorageError, match="nowhere"):
        attach_files(workspace, [source], tmp_path / "nowhere" / "drift.jsonl")
