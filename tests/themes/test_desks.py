import numpy as np
import pytest
from click.testing import CliRunner

from klumme.cli.main import klumme
from klumme.errors import LabelError
from klumme.tables import Tables
from klumme.themes.codebook import load_codebook
from klumme.themes.desks import adjudication_desk, label_desk
from klumme.themes.diversity import spread, stored_meanings
from klumme.themes.encoder import HALF
from klumme.themes.labelling import Card, Desk
from klumme.themes.labels import ADJUDICATED, adjudicated, append_labels, in_force, read_labels, text_hash
from klumme.themes.suggest import DIVERSE, RANDOM, UNSURE, suggest


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


@pytest.fixture
def corpus(workspace, make_passages):
    """Passages in tables, so that they can be labelled."""
    known, themes = make_passages(60)
    rows = [
        {"id": p.id, "article_id": p.article, "ordinal": i, "kind": "paragraph", "text": p.text}
        for i, p in enumerate(known)
    ]
    articles = [
        {"id": a, "url": f"https://a.example/{a}", "duplicate_of": "", "author": f"forfatter {a}"}
        for a in {p.article for p in known}
    ]
    Tables(workspace).append({"passages": rows, "articles": articles})
    return known, themes


def test_a_desk_mixes_random_unsure_and_diverse_passages_and_marks_the_random_ones(workspace, corpus):
    desk = label_desk(workspace, "anna", size=10)
    notes = [card.note for card in desk.cards]
    assert notes.count("drawn at random") == 4
    assert {"the model is unsure", "unlike the others"} < set(notes)
    assert [card.random for card in desk.cards] == [note == "drawn at random" for note in notes]


def test_what_a_coder_has_coded_is_not_asked_again(workspace, corpus):
    desk = label_desk(workspace, "anna", size=10)
    _press(desk, "\r" * 10)
    again = label_desk(workspace, "anna", size=60)
    assert {card.passage.id for card in again.cards}.isdisjoint(card.passage.id for card in desk.cards)
    assert len(again.cards) == 50
    assert len(label_desk(workspace, "bo", size=60).cards) == 60


def test_a_theme_of_ones_own_is_asked_alone_and_its_keywords_come_first(workspace, corpus):
    desk = label_desk(workspace, "anna", "penge", size=20)
    assert desk.cards[0].themes == ("penge",)
    unsure = [card.passage.text.lower() for card in desk.cards if card.note == "the model is unsure"]
    assert all("kroner" in text or "budget" in text for text in unsure[:5])


def test_an_empty_corpus_says_how_to_fill_it(workspace):
    with pytest.raises(LabelError, match="klumme add"):
        label_desk(workspace, "anna")


def test_labels_are_stored_key_by_key_from_the_terminal(workspace, corpus):
    done = CliRunner().invoke(klumme, ["--root", str(workspace.root), "label", "--coder", "anna"], input="2\r1\rzq")
    assert done.exit_code == 0, done.output
    assert "2 passages coded" in done.output
    assert [label.themes["penge"] for label in read_labels([workspace.labels])] == [True, False]


def test_the_adjudicator_sees_only_what_is_disputed_and_settles_it(workspace, corpus, label):
    (one, two, *_), _ = corpus
    for passage, answers in ((one, (True, False)), (two, (True, True))):
        for coder, answer in zip(("anna", "bo"), answers, strict=True):
            given = {"ejerskab": True, "penge": answer}
            append_labels(workspace.labels, [label(passage.id, given, coder, text_sha256=text_hash(passage.text))])
    desk = adjudication_desk(workspace, "cille")
    assert [(card.passage.id, card.themes) for card in desk.cards] == [(one.id, ("penge",))]
    assert desk.cards[0].note == "penge: anna yes, bo no"
    _press(desk, "1\r")
    labels = read_labels([workspace.labels])
    assert labels[-1].origin == ADJUDICATED
    assert adjudicated(labels)[one.id].themes == {"ejerskab": True, "penge": True}
    with pytest.raises(LabelError, match="No two coders disagree"):
        adjudication_desk(workspace, "cille")


def test_what_is_drawn_at_random_does_not_depend_on_doubts(make_passages):
    known, _ = make_passages(80)
    doubts = [{p.id: (i * k) % 7 / 7 for i, p in enumerate(known)} for k in (1, 3)]
    drawn = [[s.passage.id for s in suggest(known, d, 30) if s.reason == RANDOM] for d in doubts]
    assert drawn[0] == drawn[1]
    assert len(drawn[0]) == 12


def test_no_passage_is_suggested_twice_and_the_queue_ends_with_the_passages(make_passages):
    known, _ = make_passages(25)
    asked = suggest(known, {}, 100)
    assert sorted(s.passage.id for s in asked) == [p.id for p in known]
    assert {s.reason for s in asked} == {RANDOM, UNSURE, DIVERSE}


def test_spread_passages_are_less_alike_than_the_first_ones(make_passages):
    from sklearn.feature_extraction.text import TfidfVectorizer

    known, _ = make_passages(60)

    def likeness(some):
        matrix = TfidfVectorizer().fit_transform([p.text for p in some])
        return (matrix @ matrix.T).mean()

    assert likeness(spread(known, 8)) < likeness(known[:8])
    assert spread(known[:1], 8) == known[:1]


def _turned(degrees):
    return np.array([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))], np.float32)


def test_where_meanings_are_known_the_farthest_from_what_is_labelled_come_first(make_passages):
    known, _ = make_passages(4)
    meanings = {p.id: _turned(angle) for p, angle in zip(known, (10, 170, 80, 100), strict=True)}
    assert [p.id for p in spread(known, 4, meanings | {"done": _turned(0)}, ["done"])] == [
        known[n].id for n in (1, 2, 3, 0)
    ]
    assert spread(known, 2, meanings) == [known[0], known[1]]


def test_passages_without_a_vector_are_not_lost_among_the_diverse(make_passages):
    known, _ = make_passages(12)
    meanings = {p.id: _turned(30 * n) for n, p in enumerate(known[:3])}
    assert [p.id in meanings for p in spread(known, 6, meanings)] == [True] * 3 + [False] * 3
    assert len(spread(known, 2, meanings)) == 2


def test_the_desk_asks_for_what_is_unlike_all_that_was_labelled(workspace, corpus, label):
    (one, *others), _ = corpus
    append_labels(workspace.labels, [label(one.id, {"ejerskab": True, "penge": False}, "bo")])
    far = [s.passage for s in suggest(others, {}, 40) if s.reason == DIVERSE][-1]
    tables = Tables(workspace)
    angles = {one.id: 0, far.id: 90} | {p.id: 5 for p in others if p.id != far.id}
    rows = [
        {"passage_id": name, "themes": b"", "meaning": _turned(angle).astype(HALF).tobytes()}
        for name, angle in angles.items()
    ]
    tables.append({"vectors": rows}, "reader-1")
    tables.set_versions({"vectors": "reader-1"})
    assert stored_meanings(tables, [far.id, "nobody"])[far.id] == pytest.approx(_turned(90), abs=1e-3)
    diverse = [card.passage.id for card in label_desk(workspace, "anna").cards if card.note == "unlike the others"]
    assert diverse[0] == far.id
