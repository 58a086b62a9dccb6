"""Labelling by keyboard on the page Mærk, for the tests that do it in a real browser."""

import json
from pathlib import Path

from selenium.webdriver.common.keys import Keys


def labels(home, coder):
    path = Path(home) / "corpus" / "labels" / f"{coder}.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def passage(page):
    """Return the passage that lies open, once the page listens to keys."""
    page.one("[data-fortryd]:not([hidden])")
    return page.one("[data-kort]").get_attribute("data-afsnit")


def save(page, *keys):
    """Press keys on the passage that lies open, and wait for the next."""
    before = passage(page)
    page.press(*keys, Keys.ENTER)
    page.until(lambda: passage(page) != before)
    return before
