from datetime import datetime

import pytest

from klumme.tables import Tables
from klumme.themes.census import Told, take_census
from klumme.themes.labels import append_labels, text_hash

DRAWN = datetime(2025, 1, 1, 10)


@pytest.fixture
def passages(workspace, fill):
    known, _ = fill(count=8, coders=())
    return known


@pytest.fixture
def say(workspace, label):
    """Store what a coder says of a passage."""

    def said(passage, themes, coder="anna", **more):
        append_labels(workspace.labels, [label(passage.id, themes, coder, text_sha256=text_hash(passage.text), **more)])

    return said


def test_a_passage_has_what_its_coders_agree_on_and_is_open_where_they_do_not(workspace, passages, say):
    say(passages[0], {"penge": True, "ejerskab": False})
    say(passages[0], {"penge": False, "ejerskab": False}, "bo")
    say(passages[1], {"penge": None})
    found = take_census(workspace)
    assert found == {
        passages[0].id: Told({"penge": None, "ejerskab": False}),
        passages[1].id: Told({"penge": None}),
    }
    say(passages[0], {"penge": True}, "cille", origin="adjudicated", at="2025-02-01")
    assert take_census(workspace)[passages[0].id].themes["penge"] is True


def test_a_passage_is_drawn_for_the_themes_of_the_draw_alone(workspace, passages, say):
    say(passages[0], {"penge": True}, random_draw=True)
    say(passages[0], {"ejerskab": True}, "bo")
    (told,) = take_census(workspace).values()
    assert told == Told({"penge": True, "ejerskab": True}, {"penge": DRAWN})


@pytest.mark.parametrize("again", [False, True])
def test_what_chance_has_drawn_stays_drawn_since_then_when_its_label_is_corrected(
    workspace, passages, label, say, again
):
    first = label(passages[0].id, {"penge": True}, text_sha256=text_hash(passages[0].text), random_draw=True)
    append_labels(workspace.labels, [first])
    say(passages[0], {"penge": False}, supersedes=first.id, at="2025-02-01", random_draw=again)
    (told,) = take_census(workspace).values()
    assert told == Told({"penge": False}, {"penge": DRAWN})


def test_a_label_of_the_same_text_elsewhere_speaks_for_a_passage_but_did_not_draw_it(workspace, passages, say, label):
    hashed = {"text_sha256": text_hash(passages[0].text), "random_draw": True}
    append_labels(workspace.labels, [label("elsewhere", {"penge": True}, **hashed)])
    assert take_census(workspace) == {passages[0].id: Told({"penge": True})}
    append_labels(workspace.labels, [label("elsewhere-2", {"penge": False}, **hashed)])
    assert take_census(workspace) == {passages[0].id: Told({"penge": None})}
    say(passages[0], {"penge": True})
    assert take_census(workspace) == {passages[0].id: Told({"penge": True})}


def test_a_label_of_another_text_under_the_id_of_a_passage_says_nothing(workspace, passages, label):
    append_labels(workspace.labels, [label(passages[0].id, {"penge": True}, random_draw=True)])
    assert take_census(workspace) == {}


def test_passages_of_older_versions_and_of_repeated_articles_are_not_of_the_corpus(workspace, passages, say):
    for passage in passages:
        say(passage, {"penge": False})
    first, second = dict.fromkeys(passage.article for passage in passages)
    told = {passage.id for passage in passages if passage.article == first}
    revised = {
        "id": "a1-new",
        "url": f"https://a.example/{second}",
        "duplicate_of": "",
        "fetched_at": datetime(2030, 1, 1),
    }
    repeated = {"id": "a0-again", "url": "https://b.example/0", "duplicate_of": first}
    rows = [
        {"id": name, "article_id": article, "ordinal": 0, "kind": "paragraph", "text": text}
        for name, article, text in (("new", "a1-new", "En helt ny tekst."), ("again", "a0-again", passages[0].text))
    ]
    Tables(workspace).append({"passages": rows, "articles": [revised, repeated]})
    assert take_census(workspace).keys() == told
