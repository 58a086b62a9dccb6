"""From plain data to an answer: HTML by a template, or JSON at the same address with `.json`; errors in one shape."""

import json
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from klumme import __version__
from klumme.errors import KlummeError, MissingError, QueryError, StorageError, UsageError
from klumme.web import danish
from klumme.web.addresses import MENU, address

STATUS: dict[type[KlummeError], int] = {MissingError: 404, StorageError: 503, UsageError: 400}
_FILTERS = [
    "number",
    "percent",
    "date",
    "decimal",
    "share",
    "interval",
    "figure",
    "clock",
    "listed",
    "word",
    "sentence",
]


def make_environment() -> Environment:
    """Make what fills the templates; everything is escaped, and a name that is missing is an error."""
    pages = Environment(loader=PackageLoader("klumme.web"), autoescape=True, undefined=StrictUndefined)
    pages.trim_blocks = pages.lstrip_blocks = True
    for name in _FILTERS:
        pages.filters[name] = getattr(danish, name)
    pages.filters["pos"] = danish.part_of_speech
    pages.filters["party"] = danish.party_name
    pages.filters["municipality"] = danish.municipality_name
    pages.filters["reason"] = lambda text: danish.sentence(danish.word(text))
    pages.filters["step"] = lambda p: min(9, int(10 * p))
    pages.globals |= {"address": address, "menu": MENU, "klumme": __version__}
    return pages


class Json(Response):
    """JSON as the pages give it: UTF-8, days as ISO 8601."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        """Return the bytes."""
        return json.dumps(content, ensure_ascii=False, indent=1, default=danish.plain).encode()


def html(pages: Environment, request: Request, template: str, data: dict[str, Any], status: int = 200) -> Response:
    """Fill a template with the data of a page."""
    text = pages.get_template(template).render(**data, here=request.url.path, proof=request.state.proof)
    return HTMLResponse(text, status)


def wants_json(request: Request) -> bool:
    """Whether an answer should be JSON: by the address, or by what the sender accepts."""
    return request.url.path.endswith(".json") or "application/json" in request.headers.get("accept", "")


def failure(pages: Environment, request: Request, error: KlummeError) -> Response:
    """Answer with an error of klumme."""
    status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 422)
    shape = danish.explain(error)
    if isinstance(error, QueryError) and error.position is not None:
        shape |= {"query": error.query, "position": str(error.position)}
    return refusal(pages, request, status, shape)


def refusal(pages: Environment, request: Request, status: int, shape: dict[str, str]) -> Response:
    """Answer with an error: {"error": {"status", "what", "way_out"}} as JSON, or the same as a page."""
    error = {"status": status, **shape}
    if wants_json(request):
        return Json({"error": error}, status)
    return html(pages, request, "fejl.html.j2", {"error": {"query": "", "position": 0} | error}, status)
