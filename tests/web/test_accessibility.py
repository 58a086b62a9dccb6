"""No page keeps anybody out: axe-core finds nothing serious on any of them, light or dark."""

from pathlib import Path

import pytest

pytest.importorskip("selenium", reason="selenium is not installed (pip install selenium)")
from chromium import INSISTED, MISSING, REASON

AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
pytestmark = [
    pytest.mark.skipif(MISSING, reason=REASON),
    pytest.mark.skipif(not AXE.exists() and not INSISTED, reason="no axe-core here (make axe; needs npm)"),
]
PAGES = (
    "/soeg",
    "/soeg?q=byrådet",
    "/ord?ord=byrådet; million",
    "/ord?ord=byrådet&efter=parti",
    "/soeg?q=byrådet&vis=kwic",
    "/soeg?q=tama:x",
    "/temaer",
    "/temaer?kort=penge&andel=rettet",
    "/temaer/penge",
    "/maerk",
    "/maerk?koder=anna",
    "/maerk?koder=anna&koe=afgoer",
    "/maerk?enighed=1",
    "/model",
    "/korpus",
)
RUN = """
const done = arguments[arguments.length - 1];
axe.run({resultTypes: ["violations"]}).then((found) => done(found.violations
  .filter((one) => ["serious", "critical"].includes(one.impact))
  .map((one) => [one.id, ...one.nodes.slice(0, 3).map((node) => node.html.slice(0, 200))])));
"""


def violations(page, path):
    page.open(path)
    page.driver.execute_script(AXE.read_text(encoding="utf-8"))
    return page.driver.execute_async_script(RUN)


@pytest.fixture
def looked_at(page):
    """The page as a reader with that taste sees it; the error page among them is a failure that belongs there."""
    yield page
    page.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    page.forget()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_serious_on_any_page(looked_at, scheme, width):
    looked_at.look(width, scheme)
    looked_at.open("/soeg?q=budgettet")
    links = [looked_at.one(link).get_attribute("href") for link in (".hit h2 a", ".hit .flere")]
    paths = (*PAGES, *(link.removeprefix(looked_at.address) for link in links))
    found = {path: violations(looked_at, path) for path in paths}
    assert {path: what for path, what in found.items() if what} == {}


def test_axe_sees_what_would_keep_somebody_out(looked_at):
    looked_at.open("/soeg")
    looked_at.driver.execute_script("document.querySelector('label[for=q]').remove()")
    looked_at.driver.execute_script("document.querySelector('#q').removeAttribute('placeholder')")
    looked_at.driver.execute_script(AXE.read_text(encoding="utf-8"))
    assert "label" in [rule for rule, *_ in looked_at.driver.execute_async_script(RUN)]
