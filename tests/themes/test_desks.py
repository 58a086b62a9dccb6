import numpy as np
import pytest
from click.testing import CliRunner

from klumme.cli.main import klumme
from klumme.errors import LabelError, UsageError
from klumme.tables import Tables
from klumme.themes.desks import adjudication_desk, label_again, label_desk, settle_again
from klumme.themes.diversity import spread, stored_meanings
from klumme.themes.encoder import HALF
from klumme.themes.labels import ADJUDICATED, adjudicated, append_labels, in_force, read_labels, text_hash
from klumme.themes.suggest import DIVERSE, RANDOM, UNSURE, suggest


def _press(desk, keys):
    return [desk.press(key) for key in keys][-1]


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
    assert desk.cards[0].note == "yes against no"
    assert [(one.coder, one.themes["penge"]) for one in desk.cards[0].heard] == [("anna", True), ("bo", False)]
    _press(desk, "1\r")
    labels = read_labels([workspace.labels])
    assert labels[-1].origin == ADJUDICATED
    assert adjudicated(labels)[one.id].themes == {"ejerskab": True, "penge": True}
    with pytest.raises(LabelError, match="leave no question open"):
        adjudication_desk(workspace, "cille")


@pytest.fixture
def code(workspace, label):
    """Store what coders say of a passage: a coder's name, and yes, no or unsure by theme."""

    def coded(passage, **said):
        hashed = text_hash(passage.text)
        append_labels(
            workspace.labels,
            [label(passage.id, themes, coder, text_sha256=hashed) for coder, themes in said.items()],
        )

    return coded


def test_yes_against_unsure_is_settled_after_the_disputes(workspace, corpus, code):
    (one, two, three, four, *_), _ = corpus
    code(one, anna={"penge": None}, bo={"penge": None})
    code(two, anna={"penge": True}, bo={"penge": None})
    code(three, anna={"penge": True, "ejerskab": None}, bo={"penge": False, "ejerskab": False})
    code(four, anna={"penge": True}, bo={"penge": True})
    desk = adjudication_desk(workspace, "cille")
    assert [(card.passage.id, card.note) for card in desk.cards] == [
        (three.id, "yes against no"),
        (two.id, "yes against unsure"),
        (one.id, "nobody sure"),
    ]
    assert desk.cards[0].questions == {"penge": "yes against no", "ejerskab": "no against unsure"}
    assert desk.cards[0].themes == ("penge", "ejerskab")
    _press(desk, "1\r1\ru1\r")
    gold = adjudicated(read_labels([workspace.labels]))
    assert [gold[p.id].themes["penge"] for p in (three, two, one, four)] == [True, True, None, True]
    with pytest.raises(LabelError, match="leave no question open"):
        adjudication_desk(workspace, "cille")


def test_one_theme_can_be_settled_alone(workspace, corpus, code):
    (one, two, *_), _ = corpus
    code(one, anna={"penge": True, "ejerskab": True}, bo={"penge": False, "ejerskab": False})
    code(two, anna={"ejerskab": True}, bo={"ejerskab": None})
    desk = adjudication_desk(workspace, "cille", "penge")
    assert [(card.passage.id, card.themes) for card in desk.cards] == [(one.id, ("penge",))]


def test_questions_whose_text_is_not_here_are_told_of(workspace, corpus, code, label):
    (one, *_), _ = corpus
    lost = [label("away", {"penge": answer}, coder) for coder, answer in (("anna", True), ("bo", None))]
    append_labels(workspace.labels, lost)
    with pytest.raises(LabelError, match="whose text is not here, or has changed: 1"):
        adjudication_desk(workspace, "cille")
    code(one, anna={"penge": True}, bo={"penge": None})
    desk = adjudication_desk(workspace, "cille")
    assert [card.passage.id for card in desk.cards] == [one.id]
    assert desk.notes == ("Passages with an open question whose text is not here, or has changed: 1.",)


def test_a_question_is_settled_under_the_id_it_was_coded_under(workspace, corpus, label):
    (one, *_), _ = corpus
    hashed = text_hash(one.text)
    append_labels(
        workspace.labels, [label("former", {"penge": x}, c, text_sha256=hashed) for c, x in (("a", True), ("b", False))]
    )
    _press(adjudication_desk(workspace, "cille"), "1\r")
    with pytest.raises(LabelError, match="leave no question open"):
        adjudication_desk(workspace, "cille")


def test_what_a_coder_said_of_one_theme_is_not_undone_by_coding_all(workspace, corpus):
    desk = label_desk(workspace, "anna", "penge", size=60)
    _press(desk, "1\r" * 60)
    again = label_desk(workspace, "anna", size=3)
    assert again.answers == {"ejerskab": False, "penge": True}
    _press(again, "\r")
    last = in_force(read_labels([workspace.labels]))
    assert next(x for x in last if x.passage_id == again.cards[0].passage.id).themes == {
        "penge": True,
        "ejerskab": False,
    }


def test_a_coder_does_not_find_the_answers_of_others(workspace, corpus, code):
    for passage in corpus[0]:
        code(passage, bo={"penge": True})
    assert label_desk(workspace, "anna", size=3).answers == {"ejerskab": False, "penge": False}


def test_a_passage_is_coded_again_by_its_id_and_only_what_changed_is_stored(workspace, corpus, code):
    (one, two, *_), _ = corpus
    code(one, anna={"penge": True, "ejerskab": False}, bo={"penge": False})
    desk = label_again(workspace, "anna", [one.id, two.id, one.id])
    assert [card.passage.id for card in desk.cards] == [one.id, two.id]
    assert desk.answers == {"ejerskab": False, "penge": True}
    assert desk.press("\r") == "Nothing changed."
    assert len(read_labels([workspace.labels])) == 2
    _press(desk, "z2\r")
    mine = [x for x in in_force(read_labels([workspace.labels])) if x.coder == "anna"]
    assert [x.themes["penge"] for x in mine] == [False]
    with pytest.raises(UsageError, match="no passage 'x'"):
        label_again(workspace, "anna", ["x"])


def test_a_passage_that_was_settled_can_be_settled_again(workspace, corpus, code):
    (one, two, *_), _ = corpus
    code(one, anna={"penge": True, "ejerskab": True}, bo={"penge": False, "ejerskab": True})
    _press(adjudication_desk(workspace, "cille"), "\r")
    desk = settle_again(workspace, "cille", [one.id])
    assert desk.answers == {"ejerskab": True, "penge": False}
    _press(desk, "2\r")
    gold = adjudicated(read_labels([workspace.labels]))[one.id]
    assert (gold.themes, gold.contradicted) == ({"ejerskab": True, "penge": True}, ())
    with pytest.raises(LabelError, match="Nobody has coded"):
        settle_again(workspace, "cille", [two.id])


def test_who_chooses_a_passage_or_settles_it_draws_nothing_at_random(workspace, corpus, label):
    (one, *_), _ = corpus
    drawn = [
        label(one.id, {"penge": answer}, coder, text_sha256=text_hash(one.text), random_draw=True)
        for coder, answer in (("anna", True), ("bo", False))
    ]
    append_labels(workspace.labels, drawn)
    desks = [label_again(workspace, "anna", [one.id]), settle_again(workspace, "cille", [one.id])]
    desks.append(adjudication_desk(workspace, "cille"))
    assert [desk.cards[0].random for desk in desks] == [False] * 3


@pytest.mark.parametrize("lay", [label_desk, adjudication_desk])
def test_who_codes_must_be_said(workspace, corpus, lay):
    with pytest.raises(LabelError, match="not said who codes"):
        lay(workspace, " ")


def test_blanks_around_a_name_make_no_other_coder(workspace, corpus):
    _press(label_desk(workspace, "anna ", size=1), "\r")
    assert [label.coder for label in read_labels([workspace.labels])] == ["anna"]


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
