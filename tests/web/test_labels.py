"""Labelling: a passage at a time, each answer on disk at once, none lost and none twice."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from klumme.cli.serve import make_room
from klumme.cli.session import Session
from klumme.themes.labels import in_force, read_labels
from klumme.web.pages.labelling import open_card
from klumme.web.queues import Queues, Wanted


def lines(room, coder):
    path = room.workspace.labels / f"{coder}.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def answer(browser, passage, coder="ida", *, tab="f1", ejerskab="ja", penge="nej", **more):  # noqa: PLR0913
    given = {"koder": coder, "fane": tab, "afsnit": passage, "svar:ejerskab": ejerskab, "svar:penge": penge} | more
    return browser.post("/maerk", given)


def first(browser, coder="ida", tab="f1", kind="blandet"):
    return browser.json(f"/maerk.json?koder={coder}&fane={tab}&koe={kind}")["card"]


def test_an_answer_is_on_disk_before_the_next_passage_is_shown(room, browser):
    shown = first(browser)
    said = answer(browser, shown["passage"], penge="usikker").json()
    assert lines(room, "ida")[-1]["themes"] == {"ejerskab": True, "penge": None}
    assert lines(room, "ida")[-1]["id"] == said["label"]
    assert said["card"]["passage"] != shown["passage"]


def test_twenty_passages_in_a_row_are_twenty_labels(room, browser):
    passage = first(browser)["passage"]
    for _ in range(20):
        passage = answer(browser, passage).json()["card"]["passage"]
    assert len({line["passage_id"] for line in lines(room, "ida")}) == 20


def test_two_tabs_get_different_passages(browser):
    one, two = first(browser, tab="f1")["passage"], first(browser, tab="f2")["passage"]
    assert one != two
    for _ in range(5):
        one = answer(browser, one, tab="f1").json()["card"]["passage"]
        two = answer(browser, two, tab="f2").json()["card"]["passage"]
        assert one != two


def test_many_at_once_lose_no_label_and_tear_no_line(room):
    queues, wanted = Queues(room.workspace), Wanted("flok")
    cards = [queues.next(wanted, f"f{n}").passage.id for n in range(24)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda name: queues.save(wanted, name, {"ejerskab": True, "penge": False}), cards))
    assert sorted(line["passage_id"] for line in lines(room, "flok")) == sorted(cards)


def test_an_answer_that_is_sent_twice_is_stored_once(room, browser):
    passage = first(browser)["passage"]
    assert answer(browser, passage).json()["label"] == answer(browser, passage).json()["label"]
    assert len(lines(room, "ida")) == 1


def test_undo_shows_the_old_answer_and_a_new_one_supersedes_it(room, browser):
    passage = first(browser)["passage"]
    answer(browser, passage, ejerskab="ja")
    again = browser.json(f"/maerk.json?koder=ida&fane=f1&afsnit={passage}")["card"]
    assert again["again"]
    assert {theme["id"]: theme["answer"] for theme in again["themes"]} == {"ejerskab": True, "penge": False}
    answer(browser, passage, ejerskab="nej")
    old, new = lines(room, "ida")
    assert new["supersedes"] == old["id"]
    mine = [label for label in in_force(read_labels(room.workspace.label_folders)) if label.coder == "ida"]
    assert [label.themes["ejerskab"] for label in mine] == [False]


def test_after_an_undo_the_passage_that_lay_open_comes_back(browser):
    passage = first(browser)["passage"]
    lay_open = answer(browser, passage).json()["card"]["passage"]
    assert answer(browser, passage, ejerskab="nej").json()["card"]["passage"] == lay_open


def test_a_passage_that_is_skipped_gets_no_label_and_does_not_come_again_at_once(room, browser):
    passage = first(browser)["passage"]
    asked = {"koder": "ida", "fane": "f1", "afsnit": passage}
    assert browser.post("/maerk/spring", asked).json()["card"]["passage"] != passage
    assert lines(room, "ida") == []


def test_an_answer_that_comes_after_the_server_was_started_anew_is_kept(room, browser, root):
    passage = first(browser)["passage"]
    again = make_room(Session(str(root), True))
    label = again.queues.save(Wanted("ida"), passage, {"ejerskab": True, "penge": False})
    again.close()
    assert [line["id"] for line in lines(room, "ida")] == [label.id]


def test_a_torn_line_of_a_crash_spoils_no_later_label(room, browser):
    passage = first(browser)["passage"]
    answer(browser, passage)
    path = room.workspace.labels / "ida.jsonl"
    path.write_bytes(path.read_bytes()[:-20] + b"\n")
    torn = browser.get("/maerk.json?koder=ida", headers={"accept": "application/json"})
    said = torn.json()["error"]
    assert said["what"] == "ida.jsonl, linje 1, er ikke en mærkning."
    assert said["way_out"] == "Ret linjen, eller slet den."


def test_a_second_coder_sees_no_answer_of_the_first(browser):
    passage = first(browser, "ida")["passage"]
    answer(browser, passage, "ida")
    blind = browser.json(f"/maerk.json?koder=per&fane=f9&afsnit={passage}")["card"]
    assert not blind["again"]
    assert all(theme["answer"] is False for theme in blind["themes"])
    assert blind["said"] == []


@pytest.mark.parametrize(
    ("kind", "why"),
    [("usikker", "modellen er usikker"), ("tilfaeldig", "trukket tilfældigt"), ("forskellig", "ulig de andre")],
)
def test_a_queue_holds_one_kind_of_passages(browser, kind, why):
    assert first(browser, kind=kind)["why"] == why


def test_a_random_draw_is_remembered_with_its_label(room, browser):
    passage = first(browser, kind="tilfaeldig")["passage"]
    answer(browser, passage, koe="tilfaeldig")
    assert lines(room, "ida")[0]["random_draw"] is True


def test_disagreement_is_settled_side_by_side(room, browser):
    passage = first(browser, "ida")["passage"]
    answer(browser, passage, "ida", ejerskab="ja")
    answer(browser, passage, "per", ejerskab="nej")
    said = {one["coder"]: one["themes"]["ejerskab"] for one in first(browser, "chef", kind="afgoer")["said"]}
    assert said["ida"] is True
    assert said["per"] is False
    browser.post("/maerk", {"koder": "chef", "koe": "afgoer", "afsnit": passage, "svar:ejerskab": "ja"})
    assert lines(room, "chef")[0]["origin"] == "adjudicated"


def test_yes_against_unsure_is_settled_in_danish_after_the_disputes(room, browser):
    unsure = first(browser, "ida")["passage"]
    disputed = answer(browser, unsure, "ida", ejerskab="ja").json()["card"]["passage"]
    answer(browser, unsure, "per", ejerskab="usikker")
    answer(browser, disputed, "ida", ejerskab="ja")
    answer(browser, disputed, "per", ejerskab="nej")
    judged = []
    card = first(browser, "chef", kind="afgoer")
    while card:
        judged.append((card["why"], card["passage"]))
        given = {f"svar:{theme['id']}": "ja" for theme in card["themes"]}
        asked = {"koder": "chef", "koe": "afgoer", "fane": "f1", "afsnit": card["passage"]}
        card = browser.post("/maerk", asked | given).json()["card"]
    assert judged.index(("ja mod nej", disputed)) < judged.index(("ja mod usikker", unsure))
    empty = browser.json("/maerk.json?koder=chef&koe=afgoer")
    assert empty["empty"]["what"] == "De, der har mærket, er ikke uenige og ikke i tvivl om noget."
    assert empty["last"] == judged[-1][1]


def test_the_question_of_each_theme_stands_beside_what_was_said(browser):
    passage = first(browser, "ida")["passage"]
    answer(browser, passage, "ida", ejerskab="ja", penge="nej")
    answer(browser, passage, "per", ejerskab="usikker", penge="ja")
    card = browser.json(f"/maerk.json?koder=chef&koe=afgoer&afsnit={passage}")["card"]
    assert {theme["id"]: theme["question"] for theme in card["themes"]} == {
        "penge": "ja mod nej",
        "ejerskab": "ja mod usikker",
    }
    page = browser.get(f"/maerk?koder=chef&koe=afgoer&afsnit={passage}").text
    assert "<td>ja mod usikker</td>" in page
    assert "yes against" not in page


def test_one_theme_is_settled_alone_where_it_is_chosen(browser):
    passage = first(browser, "ida")["passage"]
    answer(browser, passage, "ida", ejerskab="ja", penge="nej")
    answer(browser, passage, "per", ejerskab="nej", penge="ja")
    card = browser.json("/maerk.json?koder=chef&koe=afgoer&tema=penge&fane=f1")["card"]
    assert [theme["id"] for theme in card["themes"]] == ["penge"]


def test_what_was_settled_last_can_be_settled_again_and_agreement_stays(room, browser):
    passage = first(browser, "ida")["passage"]
    answer(browser, passage, "ida", ejerskab="ja", penge="ja")
    answer(browser, passage, "per", ejerskab="nej", penge="ja")
    given = {"koder": "chef", "koe": "afgoer", "fane": "f1", "afsnit": passage}
    browser.post("/maerk", given | {"svar:ejerskab": "ja"})
    again = make_room(Session(str(room.workspace.root), True))
    card = open_card(again, Wanted("chef", "afgoer"), "f1", passage)
    again.close()
    assert {theme["id"]: theme["answer"] for theme in card["themes"]} == {"ejerskab": True, "penge": True}


def test_a_judge_does_not_find_an_own_answer_as_a_coder_in_the_place_of_the_verdict(browser):
    passage = first(browser, "ida")["passage"]
    answer(browser, passage, "ida", ejerskab="ja", penge="nej")
    answer(browser, passage, "per", ejerskab="nej", penge="nej")
    card = browser.json(f"/maerk.json?koder=ida&koe=afgoer&afsnit={passage}")["card"]
    assert [(theme["id"], theme["answer"]) for theme in card["themes"]] == [("ejerskab", False)]
    assert not card["again"]


def test_an_answer_in_one_queue_is_not_asked_again_in_another(browser):
    mixed, unsure = first(browser), first(browser, kind="usikker")
    while unsure["passage"] != mixed["passage"]:
        unsure = answer(browser, unsure["passage"], koe="usikker").json()["card"]
    answer(browser, unsure["passage"], koe="usikker")
    assert first(browser)["passage"] != mixed["passage"]


def test_what_was_said_of_one_theme_stands_when_all_are_asked(room, browser):
    card = browser.json("/maerk.json?koder=ida&fane=f1&tema=penge")["card"]
    browser.post(
        "/maerk", {"koder": "ida", "fane": "f1", "tema": "penge", "afsnit": card["passage"], "svar:penge": "ja"}
    )
    again = make_room(Session(str(room.workspace.root), True))
    for _ in range(100):
        shown = open_card(again, Wanted("ida"), "f1")
        if shown["passage"] == card["passage"]:
            break
        again.queues.save(Wanted("ida"), shown["passage"], {"ejerskab": False, "penge": False})
    again.close()
    assert {theme["id"]: theme["answer"] for theme in shown["themes"]} == {"ejerskab": False, "penge": True}


def test_the_last_answer_of_a_queue_can_be_undone_when_a_new_one_is_laid_out(room, browser, monkeypatch):
    monkeypatch.setattr("klumme.web.queues.SIZE", 2)
    passage = first(browser, kind="tilfaeldig")["passage"]
    assert answer(browser, passage, ejerskab="ja", koe="tilfaeldig").json()["card"]["passage"] != passage
    again = browser.json(f"/maerk.json?koder=ida&fane=f1&koe=tilfaeldig&afsnit={passage}")["card"]
    assert again["themes"][0]["answer"] is True
    answer(browser, passage, ejerskab="nej", koe="tilfaeldig")
    old, new = lines(room, "ida")
    assert new["supersedes"] == old["id"]
    assert new["random_draw"] is True


def test_a_codebook_that_was_changed_is_asked_by_at_once(room, browser):
    first(browser)
    twelve = "".join(
        f'[[theme]]\nid = "t{n}"\nda = "Tema {n}"\nen = "T"\ndefinition_da = "Det er {n}."\n' for n in range(1, 13)
    )
    room.workspace.codebook.write_text(f"version = 4\n{twelve}", encoding="utf-8")
    card = first(browser)
    assert [theme["key"] for theme in card["themes"]] == [*"123456789abc"]
    given = {"koder": "ida", "fane": "f1", "afsnit": card["passage"], "svar:t12": "ja"}
    assert browser.post("/maerk", given).status_code == 200
    assert lines(room, "ida")[0]["codebook"] == 4


def test_a_closing_tab_lays_out_no_queue(room, browser, monkeypatch):
    def laid(*_):
        raise AssertionError

    monkeypatch.setattr("klumme.web.queues.label_desk", laid)
    assert browser.post("/maerk/slip", {"koder": "ida", "fane": "f1"}).status_code == 200


@pytest.mark.parametrize(
    "wrong", [{"svar:ejerskab": "måske"}, {"svar:ukendt": "ja"}, {"koder": " "}, {"afsnit": "findes-ikke"}]
)
def test_a_wrong_answer_is_refused_and_stores_nothing(room, browser, wrong):
    passage = first(browser)["passage"]
    given = {"koder": "ida", "afsnit": passage, "svar:ejerskab": "ja"} | wrong
    assert browser.post("/maerk", given).status_code == 400
    assert lines(room, "ida") == []


def test_a_form_without_scripts_stores_the_label_too(room, browser):
    passage, proof = first(browser)["passage"], browser.proof
    given = {
        "koder": "ida",
        "fane": "f1",
        "afsnit": passage,
        "svar:ejerskab": "ja",
        "svar:penge": "nej",
        "bevis": proof,
    }
    done = browser.client.post("/maerk", data=given, follow_redirects=False)
    assert done.status_code == 303
    assert done.headers["location"].startswith("/maerk?koder=ida")
    assert len(lines(room, "ida")) == 1


def test_what_a_closed_tab_had_is_given_to_others(room, browser):
    passage = first(browser, tab="f1")["passage"]
    browser.post("/maerk/slip", {"koder": "ida", "fane": "f1"})
    assert first(browser, tab="f2")["passage"] == passage


def test_the_page_follows_labels_that_another_program_adds(room, browser):
    before = {one["coder"]: one["passages"] for one in browser.json("/maerk.json")["progress"]}
    Queues(room.workspace).save(Wanted("ny"), first(browser)["passage"], {"ejerskab": True})
    after = {one["coder"]: one["passages"] for one in browser.json("/maerk.json")["progress"]}
    assert after == before | {"ny": 1}
