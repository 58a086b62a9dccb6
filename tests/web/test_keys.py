"""The keys of the labelling page in a real browser, where there are more themes than digits, and where one settles."""

import pytest

pytest.importorskip("selenium", reason="selenium is not installed (pip install selenium)")
from chromium import MISSING, REASON
from keys import labels, passage, save
from selenium.webdriver.common.keys import Keys

pytestmark = pytest.mark.skipif(MISSING, reason=REASON)


@pytest.fixture
def twelve(home):
    """A codebook of twelve themes, for as long as the test runs."""
    path = home / "corpus" / "codebook.toml"
    before = path.read_text(encoding="utf-8")
    more = "".join(
        f'[[theme]]\nid = "t{n}"\nda = "Tema {n}"\nen = "T"\ndefinition_da = "Det er {n}."\n' for n in range(3, 13)
    )
    path.write_text(before + more, encoding="utf-8")
    yield
    path.write_text(before, encoding="utf-8")


@pytest.mark.usefixtures("twelve")
def test_themes_beyond_the_ninth_are_given_by_letters_that_the_page_shows(page, home):
    page.open("/maerk?koder=tolv")
    assert [key.text for key in page.all("legend kbd")] == [*"123456789abc"]
    page.press("?", "b")
    assert page.text("[data-indgang=t11]").startswith("Tema 11")
    first = save(page, "9", "A", "u", "c")
    [label] = labels(home, "tolv")
    assert {theme for theme, answer in label["themes"].items() if answer} == {"t9", "t10"}
    assert label["themes"]["t12"] is None
    page.press("z")
    page.until(lambda: passage(page) == first)
    assert page.all("input[name='svar:t10'][value=ja]:checked")
    page.press("d")
    assert len(page.all("input[value=ja]:checked")) == 2


def test_enter_on_a_link_follows_it_and_saves_nothing(page, home):
    page.open("/maerk?koder=lis")
    page.driver.execute_script("document.querySelector('form.vaelg a').focus()")
    page.press(Keys.ENTER)
    page.until(lambda: "enighed=1" in page.driver.current_url)
    assert labels(home, "lis") == []


def test_what_was_skipped_is_one_undo_away(page):
    page.open("/maerk?koder=mai")
    saved = save(page, "1")
    skipped = passage(page)
    page.press("s")
    page.until(lambda: passage(page) != skipped)
    page.press("z")
    page.until(lambda: passage(page) == skipped)
    page.press("z")
    page.until(lambda: passage(page) == saved)


def test_a_passage_that_was_named_does_not_come_back_when_it_is_answered(page):
    page.open("/maerk?koder=nis")
    named = passage(page)
    page.open(f"/maerk?koder=nis&afsnit={named}")
    save(page, "1")
    page.driver.refresh()
    assert passage(page) != named


def test_who_settles_goes_back_by_key_and_ends_with_a_way_back(page, home):
    page.open("/maerk?koder=pia&koe=tilfaeldig")
    coded = [save(page, "1"), save(page, "1"), save(page, "1")]
    for name in coded:
        page.open(f"/maerk?koder=pål&koe=tilfaeldig&afsnit={name}")
        save(page, "u", "1")
    page.open("/maerk?koder=dommer&koe=afgoer&tema=ejerskab")
    first = save(page, "1")
    second = passage(page)
    page.press("z")
    page.until(lambda: passage(page) == first)
    assert page.all("input[name='svar:ejerskab'][value=ja]:checked")
    assert save(page, "1") == first
    assert passage(page) == second
    while page.all("[data-kort]"):
        before = passage(page)
        page.press(Keys.ENTER)
        page.until(lambda before=before: not page.all(f"[data-kort][data-afsnit='{before}']"))
    assert "ikke uenige" in page.text(".tom")
    last = labels(home, "dommer")[-1]["passage_id"]
    page.one("a.knap").click()
    page.until(lambda: passage(page) == last)
    said = [line["themes"] for line in labels(home, "dommer") if line["passage_id"] == first]
    assert said == [{"ejerskab": True}, {"ejerskab": False}]
