"""The pages in a real browser, each through its main task, by mouse and by keyboard; nothing leaves the machine."""

import shutil
from pathlib import Path
from threading import Event
from urllib.parse import urlsplit

import pytest

pytest.importorskip("selenium", reason="selenium is not installed (pip install selenium)")
from chromium import MISSING, REASON, Page, serving
from keys import labels, passage, save
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from klumme.themes import train

pytestmark = pytest.mark.skipif(MISSING, reason=REASON)
PAGES = ("/soeg?q=nabo", "/temaer", "/temaer/penge", "/maerk?koder=anna", "/model", "/korpus")


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


def test_more_like_a_passage_is_one_click_away_and_can_be_taken_back(page):
    page.open("/soeg?q=budgettet")
    text = page.text(".hit .tekst")
    page.one(".hit .flere").click()
    page.until(lambda: "/soeg?som=" in page.driver.current_url)
    assert page.text(".forbillede blockquote") == text
    assert "lighed 1,00" in page.text(".hit .om")
    page.one("#q").send_keys("parti:V", Keys.ENTER)
    page.until(lambda: "parti" in page.driver.current_url)
    assert "som=" in page.driver.current_url
    page.one(".forbillede figcaption a:last-child").click()
    page.until(lambda: "som=" not in page.driver.current_url)
    assert page.one("#q").get_attribute("value") == "parti:V"


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


def test_a_tile_of_the_map_is_found_and_opened_by_keyboard(page):
    page.open("/temaer?kort=penge")
    page.driver.execute_script("arguments[0].focus()", page.one("figure.kort-figur"))
    page.press(Keys.TAB)
    tile = page.driver.switch_to.active_element
    name, _, said = tile.find_element(By.TAG_NAME, "title").get_attribute("textContent").partition(":")
    page.press(Keys.ENTER)
    page.until(lambda: "/soeg?q=" in page.driver.current_url)
    assert name in page.one("#q").get_attribute("value")
    assert page.text(".antal b") in said


def test_twenty_passages_are_labelled_by_keyboard_alone(page, home):
    page.open("/maerk")
    page.press("ida", Keys.ENTER)
    page.until(lambda: page.all("[data-kort]"))
    first = save(page, "1", "u", "2")
    done = [first, *(save(page, "2") for _ in range(19))]
    stored = labels(home, "ida")
    assert [line["passage_id"] for line in stored] == done
    assert stored[0]["themes"] == {"ejerskab": True, "penge": None}
    assert all(line["themes"] == {"ejerskab": False, "penge": True} for line in stored[1:])


def test_a_slip_is_undone_by_key_and_the_codebook_opened(page, home):
    page.open("/maerk?koder=eva")
    page.press("?", "2")
    assert page.text("[data-indgang=penge]").startswith("Penge")
    first = save(page, "1")
    page.press("z")
    page.until(lambda: passage(page) == first)
    assert page.all("input[name='svar:ejerskab'][value=ja]:checked")
    save(page, "1")
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
        done.append(save(page, "1"))
    page.driver.close()
    page.driver.switch_to.window(one)
    assert len(set(done)) == 8
    assert [line["passage_id"] for line in labels(home, "per")] == done


def test_two_coders_disagree_and_a_third_sees_both_and_settles_it(page, home):
    page.open("/maerk?koder=mia&koe=tilfaeldig")
    passage_id = save(page, "1")
    page.open(f"/maerk?koder=ole&afsnit={passage_id}")
    assert page.all("input[value=ja]:checked") == []
    save(page, "2")
    page.open(f"/maerk?koder=dommer&koe=afgoer&afsnit={passage_id}")
    said = {row.text.split()[0]: row.text.split()[1:] for row in page.all(".sagt tbody tr")}
    assert {"mia": ["ja", "nej"], "ole": ["nej", "ja"]}.items() <= said.items()
    page.press("1", Keys.ENTER)
    page.until(lambda: labels(home, "dommer"))
    assert labels(home, "dommer")[0]["origin"] == "adjudicated"


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


def test_a_source_is_collected_from_the_page_with_the_permission_it_was_read_by(page, home):
    checkout = Path(__file__).parents[2] / "corpus"
    for name in ("hanen-var-toer", "de-roede-veste"):
        shutil.copy(checkout / "sample" / "articles" / f"{name}.txt", home / "corpus" / "sample" / "articles")
    shutil.copy(checkout / "sources" / "sample.toml", home / "corpus" / "sources")
    page.open("/korpus")
    page.one("form[action='/korpus/hent'] button").click()
    page.until(lambda: "er hentet" in page.text("[data-udfald]"))
    assert "nye" in page.text("[data-udfald]")
    assert page.all("td.bevis")
    page.open("/soeg?q=kilde:sample")
    assert "Hanen var tør" in [hit.text for hit in page.all(".hit h2")]


def test_a_hostile_article_runs_nothing(page):
    page.open("/soeg?q=onerror")
    page.one(".hit h2 a").click()
    page.until(lambda: "/laes/" in page.driver.current_url)
    assert page.text("h1").startswith("<script>")
    assert page.driver.title.startswith("<script>")
    assert page.all(".artikel script, .artikel img") == []


def test_a_model_is_trained_and_put_into_use_from_the_page(page, monkeypatch):
    seen, fit = Event(), train.fit_members
    monkeypatch.setattr(train, "fit_members", lambda *given: (seen.wait(60), fit(*given))[1])
    page.open("/maerk?koder=siv")
    save(page, "1", "2")
    page.open("/model")
    old = page.text("h1 code")
    page.one("input[name=alligevel]").click()
    page.one(".styr button").click()
    page.until(lambda: " af " in page.text("[data-trin]"))
    seen.set()
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
