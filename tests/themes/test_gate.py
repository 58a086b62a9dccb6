import pytest

from klumme.errors import InputError
from klumme.themes.gate import FloorError, check, pin, read_floors, require

FIGURES = {"other authors": {"micro": {"f1": [0.7, 0.6, 0.8]}, "macro": {"ap": [0.75, 0.7, 0.8]}}}


def _measured(f1):
    return {"other authors": FIGURES["other authors"] | {"micro": {"f1": [f1, 0, 1]}}}


@pytest.fixture
def floors(tmp_path):
    pin(tmp_path / "floors.json", FIGURES, "gold")
    return tmp_path / "floors.json"


def test_floors_lie_a_little_below_what_was_measured(floors):
    assert read_floors(floors)["floors"] == {"other authors": {"micro f1": 0.69, "macro ap": 0.74}}


def test_figures_at_their_floors_pass(floors):
    require(check(read_floors(floors), _measured(0.69), "gold"))


def test_a_figure_below_its_floor_is_named_with_both_numbers(floors):
    with pytest.raises(FloorError, match=r"micro f1 on other authors is 0.650, below 0.690.*--allow-regression"):
        require(check(read_floors(floors), _measured(0.65), "gold"))


def test_floors_hold_only_for_the_labels_they_were_pinned_to(floors):
    with pytest.raises(FloorError, match="labels changed"):
        check(read_floors(floors), FIGURES, "other gold")


def test_a_floor_is_lowered_only_on_demand(floors):
    with pytest.raises(FloorError, match="would lower the floor of micro f1 on other authors"):
        pin(floors, _measured(0.5), "gold")
    assert read_floors(floors)["floors"]["other authors"]["micro f1"] == 0.69
    pin(floors, _measured(0.5), "gold", allow_regression=True)
    assert read_floors(floors)["floors"]["other authors"]["micro f1"] == 0.49


def test_raising_a_floor_keeps_those_of_sets_that_were_not_measured(floors):
    pin(floors, {"later": FIGURES["other authors"]}, "gold")
    assert set(read_floors(floors)["floors"]) == {"other authors", "later"}


@pytest.mark.parametrize("content", ["", "[]", '{"gold": 1}'])
def test_broken_floors_say_how_to_make_others(tmp_path, content):
    (tmp_path / "floors.json").write_text(content)
    with pytest.raises(InputError, match="klumme evaluate --pin"):
        read_floors(tmp_path / "floors.json")
