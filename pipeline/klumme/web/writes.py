"""What the pages can change: labels, the model in use, the corpus; each write is proven to be meant first."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from klumme.errors import InputError, LabelError
from klumme.themes import registry
from klumme.themes.labels import Themes
from klumme.themes.retrain import Retrained, Terms, retrain
from klumme.web import danish, uploads
from klumme.web.addresses import address
from klumme.web.answers import Json, refusal, wants_json
from klumme.web.jobs import Job
from klumme.web.pages.labelling import open_card, wanted_of
from klumme.web.room import Data, Room

# A form without files is never longer than this, in bytes.
LONGEST_FORM = 100_000
ANSWERS = {"ja": True, "nej": False, "usikker": None}


@dataclass(frozen=True, slots=True)
class Form:
    """What was sent: the fields, and the files by name and content."""

    fields: dict[str, str]
    files: list[uploads.File] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where a browser goes next, and what a program is told."""

    address: str
    data: Data = field(default_factory=dict)


Write: TypeAlias = Callable[[Room, Form], Outcome]


async def answer(write: Write, request: Request) -> Response:
    """Do one write and answer with the next page, or with JSON to those who want it."""
    state = request.app.state
    form = await _read(request, uploads.LARGEST if write is add_files else LONGEST_FORM)
    proof = request.headers.get("x-klumme-bevis") or form.fields.get("bevis", "")
    if not state.guard.meant(request, proof):
        shape = {"what": "Svaret kom ikke fra denne side.", "way_out": "Hent siden igen, og prøv igen."}
        return refusal(state.pages, request, 403, shape)
    done = await run_in_threadpool(write, state.room, form)
    return Json(done.data) if wants_json(request) else RedirectResponse(done.address, 303)


async def _read(request: Request, largest: int) -> Form:
    """Read a form; a body without a stated length, or a longer one than may be, is not read at all."""
    length = request.headers.get("content-length", "")
    if not length.isdecimal():
        raise HTTPException(411, "Længden mangler.")
    if int(length) > largest:
        raise HTTPException(413)
    fields, files = {}, []
    async with request.form(max_files=uploads.MOST, max_fields=200) as form:
        for key, value in form.multi_items():
            if not isinstance(value, UploadFile):
                fields[key] = value
            elif value.filename:
                files.append((value.filename, await value.read()))
    return Form(fields, files)


def save_label(room: Room, form: Form) -> Outcome:
    """Store the answers to one passage and hand out the next."""
    wanted = wanted_of(form.fields)
    if not wanted.coder:
        raise LabelError("Der mangler et navn på den, der mærker.", "Skriv dit navn først.")
    label = room.queues.save(wanted, form.fields.get("afsnit", ""), _answers(form))
    return _following(room, form, {"label": label.id, "passage": label.passage_id})


def skip_passage(room: Room, form: Form) -> Outcome:
    """Lay a passage aside and hand out the next."""
    room.queues.skip(wanted_of(form.fields), form.fields.get("afsnit", ""))
    return _following(room, form, {})


def _following(room: Room, form: Form, data: Data) -> Outcome:
    wanted, tab = wanted_of(form.fields), form.fields.get("fane", "")
    try:
        card = open_card(room, wanted, tab)
    except LabelError:
        card = None
    following = address("/maerk", koder=wanted.coder, koe=wanted.kind, tema=wanted.theme, fane=tab)
    return Outcome(following, data | {"card": card})


def _answers(form: Form) -> Themes:
    given = {key.removeprefix("svar:"): value for key, value in form.fields.items() if key.startswith("svar:")}
    if unknown := set(given.values()) - set(ANSWERS):
        raise LabelError(f"»{min(unknown)}« er intet svar.", "Svar ja, nej eller usikker.")
    return {theme: ANSWERS[value] for theme, value in given.items()}


def release(room: Room, form: Form) -> Outcome:
    """Give back what a closing tab had before it."""
    room.queues.release(wanted_of(form.fields), form.fields.get("fane", ""))
    return Outcome("/maerk")


def train(room: Room, form: Form) -> Outcome:
    """Train a model in the background; it is used, and the corpus tagged with it, if it is not worse."""
    terms = Terms(force=form.fields.get("alligevel") == "ja", choose=form.fields.get("vaelg") == "ja")

    def do(job: Job) -> str:
        job.say("Samler mærkningerne")
        done = retrain(room.workspace, room.settings, terms, job.progress)
        if done.promoted:
            room.work.process(job.progress)
        return _verdict(done)

    return _begin(room, "Træning", "/model", do)


def _verdict(done: Retrained) -> str:
    used = "er taget i brug" if done.promoted else "er ikke taget i brug: den er dårligere end den, vi har"
    value, low, high = done.figures["micro"]["f1"]
    found = f"Modellen {done.version} {used}. F1 {danish.figure([value, low, high])} på afsnit, den ikke har set."
    if done.comparison:
        found += f" Forskel til før: {danish.figure(done.comparison.micro)}."
    return found


def promote(room: Room, form: Form) -> Outcome:
    """Put a model into use, and tag the corpus with it."""
    version = form.fields.get("version", "")
    registry.promote(registry.own(room.workspace), version, "promoted by hand")
    return _tagging(room, f"Modellen {version} er i brug, og korpusset er mærket med den.")


def roll_back(room: Room, _: Form) -> Outcome:
    """Put the model before the one in use back into use, and tag the corpus with it."""
    version = registry.rollback(registry.own(room.workspace))
    return _tagging(room, f"Modellen {version} er i brug igen, og korpusset er mærket med den.")


def _tagging(room: Room, outcome: str) -> Outcome:
    def do(job: Job) -> str:
        room.work.process(job.progress)
        return outcome

    return _begin(room, "Mærkning", "/model", do)


def collect(room: Room, form: Form) -> Outcome:
    """Collect what is new in a source, and do the later stages."""
    source = form.fields.get("kilde", "")

    def do(job: Job) -> str:
        report = room.work.collect(source, job.progress)
        room.work.process(job.progress)
        new, revised = (danish.number(report.counts.get(what, 0)) for what in ("new", "revised"))
        return f"{danish.word(source)} er hentet: {new} nye og {revised} ændrede sider."

    return _begin(room, f"Hentning af {danish.word(source)}", "/korpus", do)


def add_files(room: Room, form: Form) -> Outcome:
    """Take in files that were dropped on the page, and do the later stages."""
    uploads.check(form.files)

    def do(job: Job) -> str:
        added = uploads.add(room.workspace, form.files, job.progress)
        counts = added.report.counts
        if counts["articles"]:
            room.work.process(job.progress)
        elif added.problems:
            raise InputError(uploads.problems(added.problems), "Ret filerne, og prøv igen.")
        said = (
            f"{danish.number(counts['articles'])} artikler med {danish.number(counts['passages'])} afsnit er tilføjet"
        )
        return (
            f"{said}; {danish.number(counts['known'])} var her i forvejen. {uploads.problems(added.problems)}".strip()
        )

    return _begin(room, "Tilføjelse af filer", "/korpus", do)


def _begin(room: Room, name: str, following: str, do: Callable[[Job], str]) -> Outcome:
    room.jobs.start(name, do)
    return Outcome(f"{following}#arbejde", {"job": room.jobs.now})


WRITES: dict[str, Write] = {
    "/maerk": save_label,
    "/maerk/spring": skip_passage,
    "/maerk/slip": release,
    "/model/traen": train,
    "/model/brug": promote,
    "/model/tilbage": roll_back,
    "/korpus/hent": collect,
    "/korpus/filer": add_files,
}
