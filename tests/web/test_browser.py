"""The pages in a real browser, each through its main task, by mouse and by keyboard; nothing leaves the machine."""

import json
import os
import shutil
import socket
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

import pytest
import uvicorn

from klumme.cli.serve import make_room
from klumme.cli.session import Session
from klumme.web.app import make_app

webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed (pip install selenium)")
from selenium.common.exceptions import StaleElementReferenceException, WebDriverException  # noqa: E402
from selenium.webdriver.chrome.service import Service  # noqa: E402
from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402
from selenium.webdriver.support.ui import WebDriverWait  # noqa: E402

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
# Continuous integration installs a browser and insists on it; elsewhere a missing one skips these tests.
INSISTED = os.environ.get("KLUMME_BROWSER") == "required"
pytestmark = pytest.mark.skipif(
    not (CHROMIUM and DRIVER) and not INSISTED,
    reason="no chromium with chromedriver here (apt-get install chromium chromium-driver)",
)
ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--lang=da",
)
PAGES = ("/soeg?q=nabo", "/temaer", "/temaer/penge", "/maerk?koder=anna", "/model", "/korpus")


@pytest.fixture(scope="module")
def chromium(tmp_path_factory):
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for argument in (*ARGUMENTS, f"--user-data-dir={tmp_path_factory.mktemp('chromium')}"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    driver.set_page_load_timeout(60)
    yield driver
    driver.quit()


@pytest.fixture(scope="module")
def home(built, tmp_path_factory):
    copy = tmp_path_factory.mktemp("browser") / "corpus"
    shutil.copytree(built, copy)
    return copy


@contextmanager
def serving(home, port=0):
    room = make_room(Session(str(home), True))
    listening = socket.create_server(("127.0.0.1", port))
    server = uvicorn.Server(uvicorn.Config(make_app(room), log_level="warning", ws="none", timeout_graceful_shutdown=5))
    thread = Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        room.jobs.wait()
        server.should_exit = True
        thread.join()
        listening.close()


@pytest.fixture
def page(chromium, home, monkeypatch):
    """A browser at a server over the corpus; no test may leave an error behind or send a request elsewhere."""
    monkeypatch.setenv("KLUMME_HOME", str(home))
    with serving(home) as address:
        page = Page(chromium, address)
        page.forget()
        yield page
        assert page.complaints() == []
        assert page.hosts() <= {"127.0.0.1"}


class Page:
    def __init__(self, driver, address):
        self.driver, self.address = driver, address

    def open(self, path):
        self.driver.get(self.address + path)

    def all(self, css):
        return self.driver.find_elements(By.CSS_SELECTOR, css)

    def one(self, css):
        return self.until(lambda: next(iter(self.all(css)), None))

    def text(self, css):
        return self.one(css).text

    def press(self, *keys):
        for key in keys:
            self.driver.switch_to.active_element.send_keys(key)

    def until(self, what):
        ignored = (StaleElementReferenceException, WebDriverException)
        return WebDriverWait(self.driver, 60, 0.05, ignored).until(lambda _: what())

    def forget(self):
        self.driver.get_log("browser")
        self.driver.get_log("performance")

    def complaints(self):
        return [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")]

    def hosts(self):
        messages = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        asked = [m["params"]["request"]["url"] for m in messages if m["method"] == "Network.requestWillBeSent"]
        return {urlsplit(url).hostname for url in asked if url.startswith("http")}

    def look(self, width, scheme):
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})


def labels(home, coder):
    path = Path(home) / "corpus" / "labels" / f"{coder}.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def passage(page):
    return page.one("[data-kort]").get_attribute("data-afsnit")


def label_by_keys(page, *keys):
    """Press keys on the passage that lies open, and wait for the next."""
    before = passage(page)
    page.press(*keys, Keys.ENTER)
    page.until(lambda: passage(page) != before)
    return before


def test_a_reader_goes_from_a_word_to_a_facet_to_an_article_and_its_theme(page):
    page.open("/soeg")
    page.one("#q").send_keys("byrådet", Keys.ENTER)
    page.until(lambda: "q=byr" in page.driver.current_url)
    found = int(page.text(".antal b"))
    facet = next(link for link in page.all(".facetter a") if "Venstre" in link.text)
    count = int(facet.find_element(By.TAG_NAME, "b").text)
    facet.click()
    page.until(lambda: int(page.text(".antal b")) == count < found)
    page.one(".hit h2 a").click()
    page.until(lambda: "/laes/" in page.driver.current_url)
    assert page.text(".afsnit:target .tekst")
    page.one(".afsnit .chip").click()
    page.until(lambda: "/temaer/" in page.driver.current_url)
    assert page.text(".indgang h1") in ("Ejerskab", "Penge")


def test_the_words_that_carried_a_theme_are_explained_by_keyboard(page):
    page.open("/soeg?q=tema:ejerskab")
    page.one(".hit h2 a").click()
    word = page.one(".baerer")
    page.driver.execute_script("arguments[0].focus()", word)
    note = "return getComputedStyle(arguments[0], '::after').content"
    assert word.get_attribute("data-note") in page.driver.execute_script(note, word)


def test_a_mark_in_a_chart_leads_to_its_passages(page):
    page.open("/temaer/penge")
    mark = page.one("figure.kurve a[*|href^='/soeg']")
    page.driver.execute_script("arguments[0].dispatchEvent(new MouseEvent('click', {bubbles: true}))", mark)
    page.until(lambda: "/soeg?q=tema" in page.driver.current_url)
    assert int(page.text(".antal b")) > 0


def test_twenty_passages_are_labelled_by_keyboard_alone(page, home):
    page.open("/maerk")
    page.press("ida", Keys.ENTER)
    page.until(lambda: page.all("[data-kort]"))
    first = label_by_keys(page, "1", "u", "2")
    done = [first, *(label_by_keys(page, "2") for _ in range(19))]
    stored = labels(home, "ida")
    assert [line["passage_id"] for line in stored] == done
    assert stored[0]["themes"] == {"ejerskab": True, "penge": None}
    assert all(line["themes"] == {"ejerskab": False, "penge": True} for line in stored[1:])


def test_a_slip_is_undone_by_key_and_the_codebook_opened(page, home):
    page.open("/maerk?koder=eva")
    page.press("?", "2")
    assert page.text("[data-indgang=penge]").startswith("Penge")
    first = label_by_keys(page, "1")
    page.press("z")
    page.until(lambda: passage(page) == first)
    assert page.all("input[name='svar:ejerskab'][value=ja]:checked")
    label_by_keys(page, "1")
    old, new = labels(home, "eva")
    assert (old["themes"]["ejerskab"], new["themes"]["ejerskab"]) == (True, False)
    assert new["supersedes"] == old["id"]
    before = passage(page)
    page.press("s")
    page.until(lambda: passage(page) != before)
    assert len(labels(home, "eva")) == 2


def test_two_tabs_label_at_once_without_a_passage_twice(page, home):
    page.open("/maerk?koder=per")
    one = page.driver.current_window_handle
    page.driver.switch_to.new_window("tab")
    page.open("/maerk?koder=per")
    two = page.driver.current_window_handle
    done = []
    for tab in (one, two) * 4:
        page.driver.switch_to.window(tab)
        done.append(label_by_keys(page, "1"))
    page.driver.close()
    page.driver.switch_to.window(one)
    assert len(set(done)) == 8
    assert [line["passage_id"] for line in labels(home, "per")] == done


def test_an_answer_survives_a_server_that_is_gone_in_mid_save(chromium, home, monkeypatch):
    monkeypatch.setenv("KLUMME_HOME", str(home))
    with serving(home) as address:
        page = Page(chromium, address)
        page.open("/maerk?koder=liv")
        before = passage(page)
    page.press("1", Keys.ENTER)
    page.until(lambda: "Serveren svarer ikke" in page.text("[data-status]"))
    assert labels(home, "liv") == []
    with serving(home, urlsplit(address).port):
        page.until(lambda: passage(page) != before)
    assert [line["passage_id"] for line in labels(home, "liv")] == [before]
    page.forget()


def test_dropped_files_are_added_and_found(page, tmp_path):
    file = tmp_path / "egen.txt"
    file.write_text("Lygten på havnen\n\n" + "Lygtemanden tændte lygten, og byrådet tog sagen på sig. " * 3, "utf-8")
    page.open("/korpus")
    page.one("#filer").send_keys(str(file))
    page.until(lambda: "egen.txt" in page.text("[data-valgte]"))
    page.one(".filer button").click()
    page.until(lambda: "1 artikler med 1 afsnit er tilføjet" in page.text("[data-udfald]"))
    page.open("/soeg?q=lygtemanden")
    assert page.text(".hit h2") == "Lygten på havnen"


def test_a_hostile_article_runs_nothing(page):
    page.open("/soeg?q=onerror")
    page.one(".hit h2 a").click()
    page.until(lambda: "/laes/" in page.driver.current_url)
    assert page.text("h1").startswith("<script>")
    assert page.driver.title.startswith("<script>")
    assert page.all(".artikel script, .artikel img") == []


def test_a_model_is_trained_and_put_into_use_from_the_page(page):
    page.open("/maerk?koder=siv")
    label_by_keys(page, "1", "2")
    page.open("/model")
    old = page.text("h1 code")
    page.one("input[name=alligevel]").click()
    page.one(".styr button").click()
    page.until(lambda: "er taget i brug" in page.text("[data-udfald]"))
    new = page.text("h1 code")
    assert new != old
    page.one("form[action='/model/tilbage'] button").click()
    page.until(lambda: "er i brug igen" in page.text("[data-udfald]"))
    assert page.text("h1 code") == old


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_no_page_is_wider_than_its_screen(page, width, scheme):
    page.look(width, scheme)
    for path in PAGES:
        page.open(path)
        assert page.driver.execute_script("return document.documentElement.scrollWidth") <= width, path
