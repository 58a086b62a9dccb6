"""Work in the background: files, training, promotion, with progress, one at a time."""

import json
from threading import Event

import pytest

from klumme.errors import InputError, UsageError
from klumme.themes.train import FOLDS
from klumme.web.jobs import Job, Jobs

TEXT = "Byrådet tog sagen på sig, og hunden gøede ved kaffen. " * 3


def finished(room, browser):
    room.jobs.wait()
    return browser.json("/arbejde.json")


def upload(browser, *files):
    return browser.post("/korpus/filer", files=[("filer", file) for file in files])


def test_dropped_files_are_read_tagged_and_found(room, browser):
    assert upload(browser, ("egen-klumme.txt", f"En egen klumme\n\n{TEXT}\n".encode())).status_code == 200
    job = finished(room, browser)
    assert job["state"] == "done"
    assert job["outcome"].startswith("1 artikler med 1 afsnit er tilføjet")
    hit = browser.json("/soeg.json?q=hunden byrådet")["hits"][0]
    assert hit["title"] == "En egen klumme"
    assert {theme["id"] for theme in hit["themes"]} == {"ejerskab", "penge"}


def test_a_file_that_is_there_already_is_not_added_twice(room, browser):
    for _ in range(2):
        upload(browser, ("egen-klumme.txt", f"En egen klumme\n\n{TEXT}\n".encode()))
        job = finished(room, browser)
    assert job["outcome"].startswith("0 artikler med 0 afsnit er tilføjet; 1 var her i forvejen")
    assert browser.json("/korpus.json")["numbers"]["articles"] == 41


def test_a_broken_file_is_named_and_the_others_are_taken(room, browser):
    upload(browser, ("tom.txt", b"  "), ("god.txt", f"God\n\n{TEXT}\n".encode()))
    assert "tom.txt er tom." in finished(room, browser)["outcome"]


def test_a_broken_line_is_named_in_danish_and_the_others_are_taken(room, browser):
    lines = ['{"text": "', "7", json.dumps({"text": f"God\n\n{TEXT}"})]
    upload(browser, ("rows.jsonl", "\n".join(lines).encode()))
    outcome = finished(room, browser)["outcome"]
    assert outcome.startswith("1 artikler")
    assert "rows.jsonl, linje 1, er ikke gyldig JSON. rows.jsonl, linje 2, har intet felt »text«." in outcome


def test_only_broken_files_end_as_an_error(room, browser):
    upload(browser, ("tom.txt", b"  "))
    job = finished(room, browser)
    assert job["state"] == "failed"
    assert job["error"]["what"] == "tom.txt er tom."
    assert "tom.txt er tom." in browser.get("/korpus").text


def test_an_upload_without_files_is_refused(browser):
    assert browser.post("/korpus/filer").status_code == 422


def test_an_unknown_source_is_refused_in_its_job(room, browser):
    browser.post("/korpus/hent", {"kilde": "findes-ikke"})
    assert finished(room, browser)["state"] == "failed"


def test_retraining_makes_a_model_that_tags_the_corpus(room, browser, label):
    old = browser.json("/model.json")["used"]
    label(browser)
    assert browser.post("/model/traen", {"alligevel": "ja"}).json()["job"]["name"] == "Træning"
    job = finished(room, browser)
    assert job["state"] == "done", job
    found = browser.json("/model.json")
    assert found["used"] != old
    assert found["tagged_with"].startswith(found["used"])
    assert {row["version"] for row in found["models"]} == {old, found["used"]}
    assert {row["label"] for row in found["comparison"]["rows"]} == {"Ejerskab", "Penge"}
    assert "er taget i brug" in browser.get("/model").text


def test_training_from_the_page_can_choose_a_recipe_and_tells_what_that_was_worth(room, browser, label):
    label(browser)
    browser.post("/model/traen", {"alligevel": "ja", "vaelg": "ja"})
    job = finished(room, browser)
    assert job["state"] == "done", job
    found = browser.json("/model.json")["choice"]
    assert set(found["recipe"]) == {"words"}
    assert found["among"] == 3
    assert found["verdict"] in {"bedre", "dårligere", "ingen sikker forskel"}
    assert "Valgt blandt 3 på forfattere, der blev holdt ude: C for ord =" in browser.get("/model").text


def test_training_tells_each_step_and_how_many_parts_it_has(room, browser, label, monkeypatch):
    told, say = [], Job.say
    monkeypatch.setattr(Job, "say", lambda job, step, total=0: (told.append((step, total)), say(job, step, total)))
    label(browser)
    browser.post("/model/traen", {"alligevel": "ja"})
    finished(room, browser)
    steps = dict(told)
    assert list(steps)[:2] == ["Samler mærkningerne", "Læser mærkede afsnit"]
    assert steps["Læser mærkede afsnit"] > 100
    assert steps["Lærer uden nogle forfattere, for at blive målt på dem"] == FOLDS
    assert list(steps).index("Lærer af alle mærkninger") < list(steps).index("Mærker afsnit")


def test_a_model_can_be_rolled_back_and_promoted_again(room, browser, label):
    old = browser.json("/model.json")["used"]
    label(browser)
    browser.post("/model/traen", {"alligevel": "ja"})
    finished(room, browser)
    new = browser.json("/model.json")["used"]
    browser.post("/model/tilbage")
    finished(room, browser)
    back = browser.json("/model.json")
    assert back["used"] == old
    assert back["tagged_with"].startswith(old)
    browser.post("/model/brug", {"version": new})
    finished(room, browser)
    assert browser.json("/model.json")["used"] == new
    assert [entry["version"] for entry in browser.json("/model.json")["log"]][:3] == [new, old, new]


def test_an_unknown_model_is_refused(browser):
    assert browser.post("/model/brug", {"version": "../../etc"}).status_code == 400
    assert browser.post("/model/tilbage").status_code == 400


@pytest.fixture
def label():
    """Label one passage, so that the next model is another one."""

    def label(browser):
        card = browser.json("/maerk.json?koder=ida&fane=f1")["card"]
        given = {"koder": "ida", "fane": "f1", "afsnit": card["passage"], "svar:ejerskab": "nej", "svar:penge": "nej"}
        assert browser.post("/maerk", given).status_code == 200

    return label


def test_a_second_job_is_refused_while_one_runs():
    jobs, may_end = Jobs(), Event()
    jobs.start("Den første", lambda _: may_end.wait(5) and "færdig")
    with pytest.raises(UsageError, match="Den første"):
        jobs.start("Den anden", lambda _: "")
    may_end.set()
    jobs.wait()
    assert jobs.now["outcome"] == "færdig"
    assert jobs.start("Den anden", lambda _: "").number == 2
    jobs.wait()


def test_progress_counts_the_items_of_the_step():
    jobs, seen = Jobs(), []

    def do(job):
        watched = job.progress(range(3), 3, "Tagging passages")
        seen.extend((jobs.now["step"], jobs.now["done"], jobs.now["total"]) for _ in watched)
        return ""

    jobs.start("Prøve", do)
    jobs.wait()
    assert seen == [("Mærker afsnit", 0, 3), ("Mærker afsnit", 1, 3), ("Mærker afsnit", 2, 3)]


def test_a_job_that_fails_says_why_and_keeps_nobody_waiting():
    jobs = Jobs()

    def expected(_):
        raise InputError("Filen er væk.", "Find den.")

    def unexpected(_):
        raise ZeroDivisionError

    for do, what in ((expected, "Filen er væk."), (unexpected, "»Prøve« gik galt.")):
        jobs.start("Prøve", do)
        jobs.wait()
        assert jobs.now["state"] == "failed"
        assert jobs.now["error"]["what"] == what
