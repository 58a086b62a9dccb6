import json

import pytest

from klumme.errors import InputError
from klumme.themes.gate import FloorError, check, must_fit, pin, read_floors, require

FIGURES = {"micro": {"f1": [0.7, 0.6, 0.8]}, "macro": {"ap": [0.75, 0.7, 0.8]}}
SET, COLUMNS = "other authors", "independent columns"
GOLD = {SET: "labels", COLUMNS: "file"}


def _figures(f1):
    return FIGURES | {"micro": {"f1": [f1, 0, 1]}}


def _held(floors, f1, gold=GOLD):
    return check(read_floors(floors), {SET: {"ours": _figures(f1)}}, gold)


@pytest.fixture
def floors(tmp_path):
    pin(tmp_path / "floors.json", {SET: FIGURES}, GOLD)
    return tmp_path / "floors.json"


def test_floors_lie_a_little_below_what_was_measured(floors):
    assert read_floors(floors).floors == {SET: {"micro f1": 0.69, "macro ap": 0.74}}


def test_figures_at_their_floors_pass(floors):
    require(_held(floors, 0.69))


def test_a_figure_below_its_floor_is_named_with_its_system_and_both_numbers(floors):
    with pytest.raises(
        FloorError, match=r"micro f1 on other authors \(ours\) is 0.650, below 0.690.*--allow-regression"
    ):
        require(_held(floors, 0.65))


def test_every_system_that_is_guarded_is_held_against_the_floors_of_its_set(floors):
    both = {SET: {"ours": _figures(0.8), "model in use": _figures(0.2)}}
    with pytest.raises(FloorError, match=r"^micro f1 on other authors \(model in use\) is 0.200, below 0.690\. "):
        require(check(read_floors(floors), both, GOLD))


def test_floors_hold_only_for_the_data_they_were_pinned_to(floors):
    with pytest.raises(FloorError, match=r"passages they speak of, changed .* of 'other authors' .*--pin"):
        _held(floors, 0.7, GOLD | {SET: "other labels"})


def test_a_changed_file_of_other_hands_is_named_and_what_to_do(floors):
    pin(floors, {COLUMNS: FIGURES}, GOLD)
    changed = GOLD | {COLUMNS: "another file"}
    with pytest.raises(FloorError, match=r"The file columns.jsonl is not the one .*--pin --passages FOLDER"):
        check(read_floors(floors), {COLUMNS: {"ours": FIGURES}}, changed)
    with pytest.raises(FloorError, match=r"columns.jsonl"):
        must_fit(read_floors(floors), changed)


def test_of_data_that_is_not_there_nothing_is_asked(floors):
    pin(floors, {COLUMNS: FIGURES}, GOLD)
    must_fit(read_floors(floors), {SET: "labels"})
    assert [one.set for one in _held(floors, 0.7, {SET: "labels"})] == [SET, SET]


def test_what_is_measured_and_has_no_floor_is_named_rather_than_passed(floors):
    with pytest.raises(FloorError, match=r"no floor of macro ap on independent columns, micro f1 on ind.*--pin"):
        check(read_floors(floors), {COLUMNS: {"ours": FIGURES}}, GOLD)


def test_a_floor_is_not_passed_by_leaving_its_figure_out(floors):
    with pytest.raises(FloorError, match=r"macro ap on other authors .* is 0.000, below 0.740"):
        require(check(read_floors(floors), {SET: {"ours": {"micro": FIGURES["micro"]}}}, GOLD))


def test_a_floor_is_lowered_only_on_demand(floors):
    with pytest.raises(FloorError, match="would lower the floor of micro f1 on other authors"):
        pin(floors, {SET: _figures(0.5)}, GOLD)
    assert read_floors(floors).floors[SET]["micro f1"] == 0.69
    pin(floors, {SET: _figures(0.5)}, GOLD, allow_regression=True)
    assert read_floors(floors).floors[SET]["micro f1"] == 0.49


def test_pinning_some_sets_leaves_floors_and_data_of_the_others_as_they_were(floors):
    pin(floors, {COLUMNS: FIGURES}, {SET: "labels of today", COLUMNS: "file"})
    found = read_floors(floors)
    assert set(found.floors) == {SET, COLUMNS}
    assert found.gold == {SET: "labels", COLUMNS: "file"}


@pytest.fixture
def old_floors(tmp_path):
    """Floors as klumme pinned them when one hash of the labels stood for all sets."""
    old = {"gold": "labels", "floors": {SET: {"micro f1": 0.69, "macro ap": 0.74}}}
    (tmp_path / "floors.json").write_text(json.dumps(old))
    return tmp_path / "floors.json"


def test_floors_that_do_not_say_their_data_guard_nothing_until_they_are_pinned_anew(old_floors):
    with pytest.raises(FloorError, match=r"'other authors' do not say on what data .*--pin"):
        _held(old_floors, 0.9)
    pin(old_floors, {SET: FIGURES}, GOLD)
    require(_held(old_floors, 0.7))


def test_floors_that_do_not_say_their_data_are_not_lowered_unseen_either(old_floors):
    with pytest.raises(FloorError, match="would lower the floor of micro f1"):
        pin(old_floors, {SET: _figures(0.5)}, GOLD)


@pytest.mark.parametrize(
    "content", ["", "[]", '{"gold": 1}', '{"gold": {}, "floors": []}', '{"gold": 1, "floors": {}}']
)
def test_broken_floors_say_how_to_make_others(tmp_path, content):
    (tmp_path / "floors.json").write_text(content)
    with pytest.raises(InputError, match="klumme evaluate --pin"):
        read_floors(tmp_path / "floors.json")
