from klumme.themes.attach import attach
from klumme.themes.keeping import attach_files, export
from klumme.themes.labels import append_labels, parse_labels, read_labels, text_hash
from klumme.themes.passages import Known

KNOWN = [
    Known("k1", "https://a.example/1#1", "Byrådet sov.", "a", "anna"),
    Known("k2", "https://a.example/1#2", "Det regnede igen.", "a", "anna"),
]


def _of(label, passage, text, address):
    return label(passage, {"penge": True}, text_sha256=text_hash(text), address=address)


def test_a_label_whose_text_is_at_hand_fits(label):
    one = _of(label, "k1", "Byrådet sov.", "https://a.example/1#1")
    assert attach([one], KNOWN).fitting == [one]


def test_a_label_whose_passage_got_another_id_moves_to_it_and_names_the_old_one(label):
    one = _of(label, "old", "Byrådet sov.", "https://moved.example/1#1")
    moved = attach([one], KNOWN).moved[0]
    assert (moved.passage_id, moved.address, moved.supersedes) == ("k1", "https://a.example/1#1", one.id)
    assert moved.themes == one.themes


def test_what_drifted_is_told_apart_by_reason(label):
    some = [
        _of(label, "k2", "Det regnede.", "https://a.example/1#2"),
        _of(label, "x", "Byrådet vågnede.", "https://a.example/1#9"),
        _of(label, "y", "Noget helt andet.", "https://b.example/7#1"),
    ]
    assert [drift.reason for drift in attach(some, KNOWN).drifted] == [
        "text changed",
        "passage gone from its article",
        "article not at hand",
    ]


def test_labels_travel_without_texts_and_are_joined_to_another_copy(workspace, written, label, tmp_path):
    rows = written(3)
    labels = [_of(label, i, text, f"sample/passages/p1#{i}") for i, text, _ in rows]
    changed = _of(label, rows[0][0], "En anden tekst.", f"sample/passages/p1#{rows[0][0]}")
    append_labels(workspace.labels, [*labels, changed])
    (tmp_path / "package.jsonl").write_text(
        "".join((path.read_text(encoding="utf-8")) for path in workspace.labels.glob("*.jsonl")), encoding="utf-8"
    )
    assert rows[0][1] not in export(workspace, "klumme", with_text=False)
    for path in workspace.labels.glob("*.jsonl"):
        path.unlink()
    done = attach_files(workspace, [tmp_path / "package.jsonl"], tmp_path / "drift.jsonl")
    assert done.counts == {"fit": 3, "moved": 0, "text changed": 1}
    assert read_labels([workspace.labels]) == labels
    assert parse_labels((tmp_path / "drift.jsonl").read_text(encoding="utf-8"), "drift") == [changed]


def test_attaching_twice_adds_nothing(workspace, written, label, tmp_path):
    i, text, _ = written(1)[0]
    append_labels(tmp_path / "given", [_of(label, i, text, "sample/passages/p1#x")])
    for _ in range(2):
        attach_files(workspace, (tmp_path / "given").glob("*.jsonl"))
    assert len(read_labels([workspace.labels])) == 1
