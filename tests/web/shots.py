"""`make shots`: pictures of every page of a corpus, light and dark, on a phone and on a wide screen."""

import argparse
import base64
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from chromium import Page, serving, started

PAGES = {
    "soeg": "/soeg?q=byråd+tema:politisk-ejerskab",
    "konkordans": "/soeg?q=kommune&vis=kwic&sorter=right",
    "laes": "",
    "temaer": "/temaer",
    "tema": "/temaer/politisk-ejerskab",
    "ord": "/ord?ord=skole%3B+samarbejde%3B+økonomi",
    "et-ord": "/ord?ord=skole&efter=parti&dele=1",
    "maerk": "/maerk?koder=eksempel",
    "model": "/model",
    "korpus": "/korpus",
}
LOOKS = [(width, scheme) for width in (390, 1280) for scheme in ("light", "dark")]


def main():
    """Take the pictures of the pages that are named, or of all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", default=".", help="the folder of the corpus")
    parser.add_argument("--into", type=Path, default=Path(tempfile.gettempdir()) / "klumme-shots")
    parser.add_argument("--whole", action="store_true", help="the whole page instead of the first screen")
    parser.add_argument("names", nargs="*", choices=[*PAGES, []], help="which pages")
    options = parser.parse_args()
    options.into.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as profile, serving(options.root) as address, started(profile) as driver:
        page = Page(driver, address)
        for name in options.names or PAGES:
            _take(page, name, options.into, options.whole)
    print(f"The pictures lie in {options.into}")  # noqa: T201


def _take(page, name, folder, whole):
    page.open(PAGES[name] or _first_article(page))
    for width, scheme in LOOKS:
        page.look(width, scheme)
        picture = page.driver.execute_cdp_cmd(
            "Page.captureScreenshot", {"captureBeyondViewport": whole} | _size(page, whole)
        )
        (folder / f"web-{name}-{width}-{scheme}.png").write_bytes(base64.b64decode(picture["data"]))


def _size(page, whole):
    if not whole:
        return {}
    box = page.driver.execute_cdp_cmd("Page.getLayoutMetrics", {})["cssContentSize"]
    return {"clip": {**box, "x": 0, "y": 0, "scale": 1}}


def _first_article(page):
    page.open(PAGES["soeg"])
    return page.one(".hit h2 a").get_attribute("href").removeprefix(page.address).partition("#")[0]


if __name__ == "__main__":
    main()
