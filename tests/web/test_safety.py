"""Nobody but the reader herself reads or writes here, and no text of an article becomes code."""

import pytest

from klumme.web.safety import Guard, is_loopback
from klumme.web.uploads import safe_name
from klumme.web.writes import LONGEST_FORM, WRITES

WRITE_PATHS = sorted(WRITES)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "127.0.0.1:8470", "[::1]:8470"])
def test_this_machine_is_known_by_its_own_names(client, host):
    assert client.get("/model.json", headers={"host": host}).status_code == 200


@pytest.mark.parametrize("host", ["avis.example", "127.0.0.1.avis.example", "localhost.avis.example", "", "192.0.2.7"])
def test_a_foreign_name_for_this_machine_is_refused(client, host):
    answer = client.get("/model.json", headers={"host": host})
    assert answer.status_code == 421
    assert answer.json()["error"]["what"]


def test_every_answer_carries_a_policy_without_inline_code(client):
    for path in ("/soeg", "/soeg.json", "/static/klumme.js", "/findes-ikke", "/"):
        policy = client.get(path, follow_redirects=False).headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy


@pytest.mark.parametrize(
    "path", ["/soeg", "/temaer", "/temaer/ejerskab", "/ord?ord=byrådet", "/maerk?koder=anna", "/model", "/korpus"]
)
def test_no_page_has_inline_code_or_style_or_loads_from_outside(client, path):
    page = client.get(path).text
    assert "<style" not in page
    assert " style=" not in page
    assert page.count("<script") == page.count('<script type="module" src="/static/') == 1
    assert 'src="http' not in page
    assert 'rel="stylesheet" href="/static/' in page


def test_a_hostile_article_is_shown_as_text(browser):
    hit = browser.json("/soeg.json?q=onerror")["hits"][0]
    assert hit["title"].startswith("<script>")
    reading = f"/laes/{hit['article_id']}"
    counting = ("/ord?ord=onerror", "/ord?ord=onerror&efter=forfatter")
    for path in ("/soeg?q=onerror", "/soeg?q=onerror&vis=kwic", reading, "/temaer", *counting, "/model"):
        page = browser.get(path).text
        assert "<script>document" not in page
        assert "<img" not in page
    assert "&lt;script&gt;document" in browser.get(f"/laes/{hit['article_id']}").text


def test_a_hostile_question_is_shown_as_text(browser):
    page = browser.get('/soeg?q="><script>alert(1)</script>').text
    assert "<script>alert" not in page
    assert "<script>alert" not in browser.get("/maerk?koder=<script>alert(1)</script>").text
    page = browser.get("/ord", params={"ord": "<script>alert(1)</script>; byrådet"}).text
    assert "alert" in page
    assert "<script>alert" not in page


def test_an_address_that_is_no_web_address_is_no_link(room, browser):
    (room.workspace.root / "ond.jsonl").write_text(
        '{"title": "Ond", "url": "javascript:alert(1)", "text": "Byrådet tog sagen på sig sagde min nabo ved kaffen."}'
    )
    with (room.workspace.root / "ond.jsonl").open("rb") as file:
        browser.post("/korpus/filer", files={"filer": ("ond.jsonl", file)})
    room.jobs.wait()
    page = browser.get("/laes/" + browser.json("/soeg.json?q=kaffen")["hits"][0]["article_id"]).text
    assert 'href="javascript' not in page


@pytest.mark.parametrize("path", WRITE_PATHS)
def test_a_write_without_proof_changes_nothing(room, browser, path):
    before = sorted((p, p.stat().st_mtime_ns) for p in room.workspace.root.rglob("*") if p.is_file())
    browser.get("/model")
    for headers in ({}, {"x-klumme-bevis": "0" * 64}):
        answer = browser.client.post(path, data={"koder": "mal"}, headers={"accept": "application/json"} | headers)
        assert answer.status_code == 403
        assert answer.json()["error"]["what"]
    assert before == sorted((p, p.stat().st_mtime_ns) for p in room.workspace.root.rglob("*") if p.is_file())
    assert browser.json("/arbejde.json")["number"] == 0


@pytest.mark.parametrize("path", WRITE_PATHS)
def test_a_write_from_another_site_is_refused_even_with_the_proof(browser, path):
    assert browser.post(path, headers={"sec-fetch-site": "cross-site"}).status_code == 403


@pytest.mark.parametrize("path", WRITE_PATHS)
def test_no_write_answers_to_a_link(browser, path):
    answer = browser.get(path, headers={"accept": "application/json"})
    assert answer.status_code == 405 or path == "/maerk"


def test_the_proof_of_one_browser_is_worth_nothing_in_another(browser):
    proof = browser.proof
    browser.client.cookies.clear()
    browser.get("/model")
    assert browser.client.post("/model/tilbage", headers={"x-klumme-bevis": proof}).status_code == 403


def test_cookies_stay_on_this_site_and_out_of_scripts(client):
    cookie = client.get("/soeg").headers["set-cookie"].lower()
    assert "samesite=strict" in cookie
    assert "httponly" in cookie


def test_beyond_loopback_nobody_comes_in_without_the_token(stranger):
    for path in ("/soeg", "/soeg.json", "/soeg.csv?q=nabo", "/openapi.json", "/arbejde.json"):
        assert stranger.get(path, headers={"accept": "application/json"}).json()["error"]["status"] == 401
    assert stranger.get("/soeg.json", headers={"authorization": "Bearer forkert"}).status_code == 401


def test_the_printed_address_lets_a_browser_in_and_leaves_no_token_in_it(stranger):
    answer = stranger.get("/soeg?q=nabo&token=hemmelig", follow_redirects=False)
    assert answer.headers["location"].endswith("/soeg?q=nabo")
    assert stranger.get("/soeg").status_code == 200


def test_a_program_comes_in_with_the_token_in_its_head(stranger):
    assert stranger.get("/soeg.json", headers={"authorization": "Bearer hemmelig"}).status_code == 200


def test_only_loopback_needs_no_token():
    assert all(map(is_loopback, ("127.0.0.1", "localhost", "::1", "127.8.8.8")))
    assert not any(map(is_loopback, ("0.0.0.0", "192.168.1.2", "::", "avis.example")))  # noqa: S104
    assert Guard("0.0.0.0", "x").knows_host("192.0.2.1:80")  # noqa: S104
    assert not Guard("0.0.0.0", "x").knows_host("avis.example")  # noqa: S104


def test_an_upload_that_is_too_large_is_not_read(browser):
    answer = browser.post("/korpus/filer", files={"filer": ("stor.txt", b"a" * 20_000_001)})
    assert answer.status_code == 413
    assert browser.post("/maerk", {"koder": "a" * LONGEST_FORM}).status_code == 413


def test_a_body_of_unstated_length_is_not_read(browser):
    answer = browser.client.post("/maerk", content=iter([b"koder=anna"]), headers={"x-klumme-bevis": browser.proof})
    assert answer.status_code == 411


@pytest.mark.parametrize("name", ["virus.exe", "billede.png", "uden-endelse", ".txt.sh"])
def test_an_upload_of_another_kind_is_refused(browser, name):
    answer = browser.post("/korpus/filer", files={"filer": (name, b"tekst")})
    assert answer.status_code == 422
    assert ".docx" in answer.json()["error"]["way_out"]


@pytest.mark.parametrize("name", ["../../../etc/passwd.txt", "..\\..\\a.txt", "/etc/a.txt", ".skjult.txt", "a\0b.txt"])
def test_the_name_of_an_upload_never_leaves_its_folder(name):
    safe = safe_name(name)
    assert "/" not in safe
    assert "\\" not in safe
    assert not safe.startswith(".")
    assert safe.isprintable()


def test_static_files_give_nothing_but_themselves(client):
    for path in ("/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py", "/static/"):
        assert client.get(path).status_code == 404
