"""The passages that coders have before them: laid out once for each coder, handed to one tab at a time.

Every answer is on disk before the next passage is shown. What a tab sends twice, since it did not hear the answer,
is stored once.
"""

from contextlib import suppress
from dataclasses import dataclass, field, replace
from threading import Lock

from klumme.errors import LabelError, UsageError
from klumme.records import Label
from klumme.themes.codebook import Codebook, load_codebook
from klumme.themes.desks import adjudication_desk, label_again, label_desk, settle_again
from klumme.themes.labelling import Card, Desk, draft
from klumme.themes.labels import ADJUDICATED, CODER, Themes, append_labels, make_label
from klumme.workspace import Workspace

SIZE = 120
KINDS = {
    "blandet": "",
    "usikker": "the model is unsure",
    "forskellig": "unlike the others",
    "tilfaeldig": "drawn at random",
}
JUDGE = "afgoer"

# Stands for a tab that no browser has.
_ASIDE = "-"


@dataclass
class Queue:
    """The cards of one coder under one codebook, which tab has which, and the labels given so far.

    `past` are the cards answered before the queue was laid out anew. `answered` is what the coder has said of each
    passage since the server began; the queues of one coder share it, and those of all who settle.
    """

    answered: dict[str, Themes]
    cards: list[Card] = field(default_factory=list)
    codebook: Codebook | None = None
    notes: tuple[str, ...] = ()
    past: dict[str, Card] = field(default_factory=dict)
    given: dict[str, str] = field(default_factory=dict)
    saved: dict[str, Label] = field(default_factory=dict)

    def lay(self, desk: Desk) -> None:
        """Lay out new cards; those answered before can still be found and corrected."""
        self.cards, self.codebook, self.notes, self.given = list(desk.cards), desk.codebook, desk.notes, {}

    def take(self, tab: str) -> Card | None:
        """Return the passage that this tab has, else the next that no tab has; None when all are given."""
        open_ = [card for card in self.cards if not set(card.themes) <= self._said(card).keys()]
        mine = next((card for card in open_ if self.given.get(card.passage.id) == tab), None)
        card = mine or next((card for card in open_ if card.passage.id not in self.given), None)
        if card is None:
            return None
        self.given[card.passage.id] = tab
        return self._today(card)

    def card(self, passage: str) -> Card | None:
        """Return one card with what was said of it, None when the queue does not have it."""
        card = next((card for card in self.cards if card.passage.id == passage), self.past.get(passage))
        return self._today(card) if card else None

    def keep(self, card: Card, label: Label) -> None:
        """Remember an answer that is on disk."""
        self.past.setdefault(card.passage.id, card)
        self.saved.pop(card.passage.id, None)
        self.saved[card.passage.id] = label
        self.answered[card.passage.id] = self._said(card) | label.themes

    def _said(self, card: Card) -> Themes:
        return self.answered.get(card.passage.id, {})

    def _today(self, card: Card) -> Card:
        said = {theme: answer for theme, answer in self._said(card).items() if theme in card.themes}
        return replace(card, said={**card.said, **said})


@dataclass(frozen=True, slots=True)
class Wanted:
    """Who codes, which kind of passages, for one theme or for all."""

    coder: str
    kind: str = "blandet"
    theme: str = ""


class Queues:
    """The queues of all coders of one corpus."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace, self._lock = workspace, Lock()
        self._queues: dict[Wanted, Queue] = {}
        self._answered: dict[str, dict[str, Themes]] = {}

    def next(self, wanted: Wanted, tab: str) -> Card | None:
        """Return the next passage for a tab; a queue that is used up, or of another codebook, is laid out anew.

        Raises LabelError when nothing is left.
        """
        with self._lock:
            queue = self._queue(wanted)
            card = queue.take(tab) if queue.codebook == load_codebook(self._workspace.codebook) else None
            if card is None:
                queue.lay(self._desk(wanted))
                card = queue.take(tab)
            return card

    def card(self, wanted: Wanted, passage: str) -> Card:
        """Return a passage by its id, with what was said of it; raises UsageError when there is none."""
        with self._lock:
            return self._card(wanted, passage)

    def last(self, wanted: Wanted) -> str:
        """Return the passage that was answered last, empty for none."""
        with self._lock:
            return next(reversed(self._queue(wanted).saved), "")

    def notes(self, wanted: Wanted) -> tuple[str, ...]:
        """Return what a coder should know of the passages laid out."""
        with self._lock:
            return self._queue(wanted).notes

    def release(self, wanted: Wanted, tab: str) -> None:
        """Give what a tab had and left undone back to the others."""
        with self._lock:
            queue = self._queue(wanted)
            queue.given = {passage: by for passage, by in queue.given.items() if by != tab}

    def skip(self, wanted: Wanted, passage: str) -> None:
        """Lay a passage aside until the queue is used up."""
        with self._lock:
            self._queue(wanted).given[passage] = _ASIDE

    def save(self, wanted: Wanted, passage: str, themes: Themes) -> Label:
        """Store an answer; the same answer again is stored once, another one supersedes the first."""
        with self._lock:
            queue = self._queue(wanted)
            before = queue.saved.get(passage)
            if before and before.themes == themes:
                return before
            card = self._card(wanted, passage)
            label = self._label(wanted, before, card, themes)
            append_labels(self._workspace.labels, [label])
            queue.keep(card, label)
            return label

    def _label(self, wanted: Wanted, before: Label | None, card: Card, themes: Themes) -> Label:
        if not themes or not set(themes) <= set(card.themes):
            raise LabelError("Svaret nævner andre temaer end kodebogen.", "Hent siden igen.")
        origin = ADJUDICATED if wanted.kind == JUDGE else CODER
        given = draft(card, wanted.coder, load_codebook(self._workspace.codebook), origin)
        return make_label(replace(given, themes=themes, supersedes=before.id if before else ""))

    def _card(self, wanted: Wanted, passage: str) -> Card:
        """Find a passage in the queue, else among all: an answer may come after the server was started anew."""
        queue = self._queue(wanted)
        if queue.codebook is None:
            with suppress(LabelError):
                queue.lay(self._desk(wanted))
        again = settle_again if wanted.kind == JUDGE else label_again
        return queue.card(passage) or again(self._workspace, wanted.coder, [passage], wanted.theme).cards[0]

    def _queue(self, wanted: Wanted) -> Queue:
        if wanted not in self._queues:
            whose = "" if wanted.kind == JUDGE else wanted.coder
            self._queues[wanted] = Queue(self._answered.setdefault(whose, {}))
        return self._queues[wanted]

    def _desk(self, wanted: Wanted) -> Desk:
        if wanted.kind == JUDGE:
            return adjudication_desk(self._workspace, wanted.coder, wanted.theme)
        if wanted.kind not in KINDS:
            raise UsageError(f"Der er ingen kø »{wanted.kind}«.", f"Vælg en af {', '.join(KINDS)}.")
        desk = label_desk(self._workspace, wanted.coder, wanted.theme, SIZE)
        asked = KINDS[wanted.kind]
        desk.cards = [card for card in desk.cards if asked in card.note]
        return desk
