"""The keys at the desk: what each does, and that an undone answer is superseded."""

import pytest

from klumme.themes.codebook import load_codebook
from klumme.themes.labelling import HELP, QUIT, SKIP, THEME_KEYS, UNDO, UNSURE, Card, Desk
from klumme.themes.labels import in_force, text_hash


@pytest.fixture
def desk(workspace, make_passages):
    kept = []
    codebook = load_codebook(workspace.codebook)
    cards = [Card(passage, codebook.ids, "why", random=True) for passage in make_passages(3)[0]]
    desk = Desk(cards, codebook, "anna", "coder", kept.append)
    desk.kept = kept
    return desk


def _press(desk, keys):
    return [desk.press(key) for key in keys][-1]


def test_a_theme_is_no_until_its_key_is_pressed(desk):
    _press(desk, "2\r")
    assert desk.kept[0].themes == {"ejerskab": False, "penge": True}
    assert desk.kept[0].random_draw
    assert desk.kept[0].text_sha256 == text_hash(desk.cards[0].passage.text)


def test_a_key_pressed_twice_is_taken_back(desk):
    _press(desk, "22\r")
    assert desk.kept[0].themes["penge"] is False


def test_unsure_is_an_answer_of_its_own(desk):
    _press(desk, "u1\r")
    assert desk.kept[0].themes["ejerskab"] is None


def test_the_codebook_is_one_key_away_and_answers_nothing(desk):
    assert "Byrådet tager sagen på sig." in _press(desk, "?1")
    assert desk.answers["ejerskab"] is False


def test_a_skipped_passage_gets_no_label(desk):
    _press(desk, "s2\r")
    assert [label.passage_id for label in desk.kept] == ["k0001"]


def test_undo_goes_back_and_the_new_label_supersedes_the_old(desk):
    _press(desk, "1\rz12\r")
    first, second = desk.kept
    assert (first.passage_id, second.passage_id) == ("k0000", "k0000")
    assert second.supersedes == first.id
    assert in_force(desk.kept)[0].themes == {"ejerskab": False, "penge": True}


def test_undo_at_the_first_card_stays_there(desk):
    assert _press(desk, "z") == "There is nothing before this."
    assert desk.place == 0


def test_saving_the_same_answers_again_adds_no_label(desk):
    _press(desk, "1\rz\r")
    assert len(desk.kept) == 1


def test_the_desk_is_empty_behind_the_last_card(desk):
    _press(desk, "\r\r\r")
    assert desk.card is None
    assert len(desk.kept) == 3


def test_keys_that_mean_nothing_are_said_so(desk):
    assert _press(desk, "x") == "No key 'x' here."
    assert _press(desk, "9") == "There are 2 themes."
    assert _press(desk, "²") == "No key '²' here."
    assert desk.press("\x1b[A") == "That key means nothing here."
    assert desk.answers == {"ejerskab": False, "penge": False}


def test_caps_lock_changes_no_key(desk):
    _press(desk, "U1\rZ")
    assert desk.answers["ejerskab"] is None
    assert desk.place == 0


def test_the_last_answer_can_be_undone_too(desk):
    _press(desk, "\r\r2\r")
    assert (desk.card, desk.done) == (None, False)
    _press(desk, "z2\r")
    assert [label.themes["penge"] for label in desk.kept if label.passage_id == "k0002"] == [True, False]
    _press(desk, " ")
    assert desk.done


@pytest.fixture
def twelve(workspace, make_passages):
    """A desk with a codebook of twelve themes."""
    themes = "".join(
        f'[[theme]]\nid = "t{n}"\nda = "Tema {n}"\nen = "T"\ndefinition_da = "Det er {n}."\n' for n in range(1, 13)
    )
    workspace.codebook.write_text(f"version = 1\n{themes}", encoding="utf-8")
    codebook, kept = load_codebook(workspace.codebook), []
    desk = Desk([Card(p, codebook.ids) for p in make_passages(3)[0]], codebook, "anna", "coder", kept.append)
    desk.kept = kept
    return desk


def test_themes_beyond_the_ninth_have_letters_that_mean_nothing_else(twelve):
    assert THEME_KEYS[:12] == "123456789abc"
    assert len(set(THEME_KEYS)) == len(THEME_KEYS) > 30
    assert set(THEME_KEYS).isdisjoint({SKIP, UNDO, UNSURE, HELP, QUIT})
    _press(twelve, "9aubc\r")
    said = twelve.kept[0].themes
    assert {theme for theme, answer in said.items() if answer} == {"t9", "t10", "t12"}
    assert said["t11"] is None
    assert _press(twelve, "?b") == "Tema 11: Det er 11."
    assert _press(twelve, "d") == "No key 'd' here."


def test_with_twelve_themes_undo_skip_unsure_and_leaving_are_what_they_were(twelve):
    _press(twelve, "c\rsz")
    assert twelve.place == 1
    _press(twelve, "z")
    assert twelve.answers["t12"] is True
    _press(twelve, "q")
    assert twelve.done
