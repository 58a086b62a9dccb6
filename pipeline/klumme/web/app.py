"""The application: the addresses, what stands before them, and how each is answered."""

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, TypeAlias

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from klumme.errors import KlummeError
from klumme.web import exports, openapi, writes
from klumme.web.answers import Json, failure, html, make_environment, refusal
from klumme.web.pages import corpus, labelling, model, reading, search, themes, words
from klumme.web.room import Asked, Data, Room
from klumme.web.safety import COOKIE, HEADERS, KEY, Guard

Page: TypeAlias = Callable[[Room, Asked], Data]
Next: TypeAlias = Callable[[Request], Awaitable[Response]]

# Address, template, and the function that gives the data of both.
PAGES: tuple[tuple[str, str, Page], ...] = (
    ("/soeg", "soeg.html.j2", search.page),
    ("/laes/{name}", "laes.html.j2", reading.page),
    ("/temaer", "temaer.html.j2", themes.page),
    ("/temaer/{theme}", "tema.html.j2", themes.theme_page),
    ("/ord", "ord.html.j2", words.page),
    ("/maerk", "maerk.html.j2", labelling.page),
    ("/model", "model.html.j2", model.page),
    ("/korpus", "korpus.html.j2", corpus.page),
)
_WORDS = {404: "Der er ingen side her.", 405: "Adressen tager ikke imod den slags.", 413: "Filen er for stor."}


def make_app(room: Room, guard: Guard | None = None) -> Starlette:
    """Make the application over one corpus."""
    guard, pages = guard or Guard(), make_environment()

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        room.close()

    app = Starlette(
        routes=_routes(),
        middleware=[Middleware(BaseHTTPMiddleware, dispatch=partial(_guarded, guard))],
        exception_handlers={KlummeError: _on_error, HTTPException: _on_status},
        lifespan=lifespan,
    )
    app.state.room, app.state.guard, app.state.pages = room, guard, pages
    return app


def _routes() -> list[Route | Mount]:
    routes: list[Route | Mount] = [Route("/", lambda _: RedirectResponse("/soeg"))]
    for path, template, page in PAGES:
        routes.append(Route(f"{path}.json", partial(_show, page, "")))
        routes.append(Route(path, partial(_show, page, template)))
    routes += [
        Route("/arbejde.json", _work),
        Route("/openapi.json", lambda request: Json(openapi.document(PAGES, writes.WRITES))),
        Route("/soeg.{form}", exports.export),
        Route("/ord.{form}", exports.export_counts),
    ]
    routes += [Route(path, partial(writes.answer, write), methods=["POST"]) for path, write in writes.WRITES.items()]
    return [*routes, Mount("/static", StaticFiles(packages=[("klumme.web", "static")]))]


async def _show(page: Page, template: str, request: Request) -> Response:
    """Answer with the data of a page, filled into its template unless it has none."""
    state = request.app.state
    asked = dict(request.query_params) | request.path_params
    data = await run_in_threadpool(page, state.room, asked)
    return await run_in_threadpool(html, state.pages, request, template, data) if template else Json(data)


async def _work(request: Request) -> Response:
    return Json(request.app.state.room.jobs.now)


async def _guarded(guard: Guard, request: Request, proceed: Next) -> Response:
    """Let a request in if it may come in, and send every answer out with the headers that keep a page safe."""
    cookie = request.cookies.get(COOKIE) or secrets.token_urlsafe(24)
    request.state.proof = guard.proof(cookie)
    response = await _admitted(guard, request, proceed)
    if COOKIE not in request.cookies:
        response.set_cookie(COOKIE, cookie, httponly=True, samesite="strict")
    response.headers.update(HEADERS)
    if not request.url.path.startswith("/static"):
        response.headers["cache-control"] = "no-store"
    return response


async def _admitted(guard: Guard, request: Request, proceed: Next) -> Response:
    pages = request.app.state.pages
    if not guard.knows_host(request.headers.get("host", "")):
        return refusal(pages, request, 421, {"what": "Adressen er ikke denne maskines.", "way_out": "Brug 127.0.0.1."})
    if guard.opens(request):
        answer = RedirectResponse(str(request.url.remove_query_params("token")))
        answer.set_cookie(KEY, guard.token, httponly=True, samesite="strict")
        return answer
    if not guard.admits(request) and not request.url.path.startswith("/static"):
        way_out = "Brug den adresse, som »klumme serve« skrev; den har en nøgle i sig."
        return refusal(pages, request, 401, {"what": "Siden kræver en nøgle.", "way_out": way_out})
    return await proceed(request)


async def _on_error(request: Request, error: Any) -> Response:
    return failure(request.app.state.pages, request, error)


async def _on_status(request: Request, error: Any) -> Response:
    what = _WORDS.get(error.status_code, str(error.detail))
    return refusal(request.app.state.pages, request, error.status_code, {"what": what, "way_out": "Gå til siden Søg."})
