import json
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from klumme.errors import CodebookError, LabelError
from klumme.themes.codebook import Codebook, Theme, load_codebook
from klumme.themes.drafts import settle
from klumme.themes.exchange import FORMS, guess, read, write
from klumme.themes.labels import in_force, text_hash
from klumme.themes.passages import Known

KNOWN = [Known("k1", "a#1", "Byrådet sov.", "a", "anna"), Known("k2", "a#2", 'To\nlinjer; "kr", 5', "a", "anna")]
TEXTS = {passage.id: passage.text for passage in KNOWN}


@pytest.fixture
def codebook(workspace):
    return load_codebook(workspace.codebook)


@pytest.fixture
def labels(label):
    hashes = {name: text_hash(text) for name, text in TEXTS.items()}
    return [
        label("k1", {"ejerskab": True, "penge": None}, text_sha256=hashes["k1"], random_draw=True),
        label("k2", {"ejerskab": False}, coder="bo", text_sha256=hashes["k2"], origin="adjudicated", supersedes="x"),
        label("k2", {"politisk-vilje": True, "penge": False}, coder="Åse Ø", text_sha256=hashes["k2"], codebook=1),
    ]


def _back(form, content, codebook, given=None, old=()):
    return settle(read(form, content, codebook), KNOWN, codebook, old, given)


@pytest.mark.parametrize("form", FORMS)
def test_a_round_trip_loses_nothing(form, labels, codebook):
    done = _back(form, write(form, labels, TEXTS), codebook)
    assert done.labels == labels
    assert done.refused == []


@pytest.mark.parametrize("form", FORMS)
def test_a_round_trip_without_texts_loses_nothing_either(form, labels, codebook):
    content = write(form, labels, {})
    assert "Byrådet sov" not in content
    assert _back(form, content, codebook).labels == labels


@pytest.mark.parametrize("form", FORMS)
def test_what_is_there_already_is_counted_and_not_added(form, labels, codebook):
    done = _back(form, write(form, labels, TEXTS), codebook, old=labels)
    assert (done.labels, done.known) == ([], 3)


@pytest.mark.parametrize("form", FORMS)
@given(content=st.text() | st.from_regex(r"[\[{\"a-z:,1\]} \n]{0,40}"))
@settings(derandomize=True, deadline=None, max_examples=60)
def test_any_text_is_read_or_refused_with_a_way_out(form, content):
    codebook = Codebook(1, (Theme("penge", "Penge", "Money", "Penge."),), {})
    with suppress(LabelError, CodebookError):
        assert isinstance(read(form, content, codebook), list)


def test_a_tick_that_was_taken_away_elsewhere_is_a_new_label_of_that_passage(labels, codebook):
    tasks = json.loads(write("label-studio", labels[:1], TEXTS))
    tasks[0]["annotations"][0]["result"] = []
    done = _back("label-studio", json.dumps(tasks), codebook, old=labels[:1])
    assert done.labels[0].themes == {"ejerskab": False, "penge": None}
    assert done.labels[0].supersedes == labels[0].id
    assert done.changed == 1


def test_tasks_of_a_foreign_label_studio_project_are_read(codebook):
    task = {
        "id": 7,
        "data": {"text": "Byrådet sov."},
        "annotations": [
            {
                "completed_by": {"id": 1, "email": "bo@a.example"},
                "created_at": "2025-03-01T09:00:00Z",
                "result": [{"from_name": "t", "to_name": "x", "type": "choices", "value": {"choices": ["penge"]}}],
            },
            {"completed_by": 2, "was_cancelled": True, "result": []},
        ],
    }
    done = _back("label-studio", json.dumps([task]), codebook)
    assert [(x.passage_id, x.coder, x.themes) for x in done.labels] == [
        ("k1", "bo@a.example", {"ejerskab": False, "penge": True})
    ]


def test_lines_of_a_foreign_prodigy_are_read_and_ignored_ones_left_out(codebook):
    lines = [
        {"text": "Byrådet sov.", "accept": ["ejerskab"], "answer": "accept", "_annotator_id": "bo"},
        {"text": TEXTS["k2"], "accept": ["ejerskab"], "answer": "reject", "_annotator_id": "bo"},
        {"text": TEXTS["k2"], "accept": ["penge"], "answer": "ignore", "_annotator_id": "bo"},
    ]
    done = _back("prodigy", "\n".join(map(json.dumps, lines)), codebook)
    assert [x.themes["ejerskab"] for x in done.labels] == [True, False]


def test_lines_of_a_foreign_doccano_take_their_coder_from_the_import(codebook):
    done = _back("doccano", '{"id": 1, "text": "Byrådet sov.", "label": ["penge"]}', codebook, {"coder": "bo"})
    assert (done.labels[0].coder, done.labels[0].themes) == ("bo", {"ejerskab": False, "penge": True})


def test_a_table_says_nothing_of_a_theme_whose_cell_is_empty(codebook):
    done = _back("csv", "passage_id,coder,ejerskab,penge\nk1,bo,ja,\nk2,bo,?,0\n", codebook)
    assert [x.themes for x in done.labels] == [{"ejerskab": True}, {"ejerskab": None, "penge": False}]


def test_a_coder_who_changes_their_mind_supersedes_the_older_label(codebook, labels):
    row = '{"passage_id": "k1", "coder": "anna", "themes": {"penge": "yes"}}'
    done = _back("klumme", row, codebook, old=labels)
    assert (done.changed, done.labels[0].supersedes) == (1, labels[0].id)


def test_an_import_that_speaks_of_one_theme_leaves_the_coders_other_answers_as_they_were(codebook, label):
    old = [label("k1", {"ejerskab": True, "penge": True}, text_sha256=text_hash(TEXTS["k1"]))]
    done = _back("csv", "passage_id,coder,penge\nk1,anna,nej\n", codebook, old=old)
    assert [one.themes for one in in_force([*old, *done.labels])] == [{"ejerskab": True, "penge": False}]
    again = _back("csv", "passage_id,coder,ejerskab\nk1,anna,ja\n", codebook, old=[*old, *done.labels])
    assert (again.labels, again.known) == ([], 1)


def test_a_coder_or_passage_with_a_number_for_a_name_is_taken_by_it(codebook):
    row = {"passage_id": 7, "coder": 12, "themes": ["penge"], "text": "Et afsnit.", "codebook": "3"}
    [one] = _back("klumme", json.dumps(row), codebook).labels
    assert (one.passage_id, one.coder, one.codebook) == ("7", "12", 3)


def test_only_a_line_feed_ends_a_line_of_json(codebook):
    row = '{"passage_id": "k1", "coder": "bo", "themes": [], "text": "a\u2028b\x85c"}'
    assert len(_back("klumme", row, codebook).labels) == 1


def test_a_passage_that_is_not_at_hand_is_refused_by_name_and_the_rest_comes_in(codebook):
    rows = ['{"passage_id": "k9", "coder": "bo", "themes": []}', '{"passage_id": "k1", "coder": "bo", "themes": []}']
    done = _back("klumme", "\n".join(rows), codebook)
    assert (len(done.labels), done.refused) == (1, ["row 1: no passage k9 is at hand"])


def test_a_row_of_json_lines_is_named_by_its_line_whatever_stands_before_it(codebook):
    lines = [
        {"text": "x", "accept": [], "answer": "ignore"},
        {"text": "x", "accept": [], "answer": "accept", "_annotator_id": "bo"},
    ]
    content = "\n\n".join(map(json.dumps, lines))
    assert _back("prodigy", content, codebook).refused == ["row 3: no passage with this text is at hand"]
    with pytest.raises(LabelError, match=r"^row 5 is no prodigy label: it lacks 'text'\. Known forms are"):
        read("prodigy", content + '\n\n{"answer": "accept"}', codebook)


def test_an_unknown_theme_is_refused_with_the_nearest_one(codebook):
    with pytest.raises(CodebookError, match="Did you mean 'penge'"):
        _back("klumme", '{"passage_id": "k1", "coder": "bo", "themes": {"peng": true}}', codebook)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ('{"passage_id": "k1", "themes": []}', "names no coder"),
        ('{"passage_id": "k1", "coder": "bo"}', "has no themes"),
        ('{"passage_id": "k1", "coder": "bo", "themes": {"penge": "måske"}}', "says 'måske'"),
        ('{"passage_id": "k1", "coder": "bo", "themes": [], "at": "i går"}', "no ISO time"),
        ('{"passage_id": "k1", "coder": "bo", "themes": [], "at": 5}', "no ISO time: '5'"),
        ('{"passage_id": ["k1"], "coder": "bo", "themes": []}', r"row 1 has passage_id \['k1'\]. Write it as text"),
        ('{"passage_id": "k1", "coder": "bo", "themes": [], "codebook": "ny"}', "codebook 'ny'.*a whole number"),
        ('{"passage_id": "k1", "coder": "bo", "themes": [], "random_draw": "ja"}', "random_draw 'ja'.*true or false"),
        ('{"passage_id": "k1", "coder": "bo", "themes": 5}', "has themes 5.*yes, no or unsure"),
        ('{"passage_id": "k1", "coder": "bo", "themes": [5]}', r"has themes \[5\]"),
        ("[1]", "is no klumme"),
        ("{", "is no klumme"),
    ],
)
def test_a_broken_row_says_what_is_wrong_with_it(row, message, codebook):
    with pytest.raises(LabelError, match=message):
        _back("klumme", row, codebook)


def test_the_form_is_guessed_from_the_ending(tmp_path):
    assert [guess(tmp_path / name) for name in ("a.csv", "a.JSON", "a.jsonl")] == ["csv", "label-studio", "klumme"]
    assert guess(None) == "klumme"
