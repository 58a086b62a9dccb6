"""The passages that coders have before them: laid out once for each coder, handed to one tab at a time.

Every answer is on disk before the next passage is shown. What a tab sends twice, since it did not hear the answer,
is stored once.
"""

from dataclasses import dataclass, field
from threading import Lock

from klumme.errors import LabelError, UsageError
from klumme.records import Label
from klumme.themes.desks import adjudication_desk, label_desk
from klumme.themes.labelling import Card, Desk
from klumme.themes.labels import Themes, append_labels, make_label, now, text_hash
from klumme.themes.passages import known_passages
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
    """The cards of one coder, which tab has which, and the labels given so far."""

    desk: Desk
    given: dict[str, str] = field(default_factory=dict)
    saved: dict[str, Label] = field(default_factory=dict)

    def take(self, tab: str) -> Card | None:
        """Return the passage that this tab has, else the next that no tab has; None when all are given."""
        open_ = [card for card in self.desk.cards if card.passage.id not in self.saved]
        mine = next((card for card in open_ if self.given.get(card.passage.id) == tab), None)
        card = mine or next((card for card in open_ if card.passage.id not in self.given), None)
        if card:
            self.given[card.passage.id] = tab
        return card

    def card(self, passage: str) -> Card | None:
        """Return one card, None when the queue does not have it."""
        return next((card for card in self.desk.cards if card.passage.id == passage), None)


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

    def next(self, wanted: Wanted, tab: str) -> Card | None:
        """Return the next passage for a tab; a queue that is used up is laid out anew."""
        with self._lock:
            card = self._queue(wanted).take(tab)
            if card is None:
                self._queues.pop(wanted)
                card = self._queue(wanted).take(tab)
            return card

    def card(self, wanted: Wanted, passage: str) -> Card:
        """Return a passage by its id; raises UsageError when there is none."""
        with self._lock:
            return self._card(self._queue(wanted), passage)

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
            label = self._label(wanted, queue, self._card(queue, passage), themes)
            append_labels(self._workspace.labels, [label])
            queue.saved[passage] = label
            return label

    def _label(self, wanted: Wanted, queue: Queue, card: Card, themes: Themes) -> Label:
        if not themes or not set(themes) <= set(card.themes):
            raise LabelError("Svaret nævner andre temaer end kodebogen.", "Hent siden igen.")
        before = queue.saved.get(card.passage.id)
        return make_label(
            Label(
                passage_id=card.passage.id,
                address=card.passage.address,
                text_sha256=text_hash(card.passage.text),
                coder=wanted.coder,
                at=now(),
                codebook=queue.desk.codebook.version,
                themes=themes,
                origin=queue.desk.origin,
                random_draw=card.random,
                supersedes=before.id if before else "",
            )
        )

    def _card(self, queue: Queue, passage: str) -> Card:
        """Find a passage in the queue, else among all: an answer may come after the server was started anew."""
        found = queue.card(passage)
        if found:
            return found
        known = next((one for one in known_passages(self._workspace) if one.id == passage), None)
        if known is None:
            raise UsageError(f"Der er intet afsnit »{passage}«.", "Hent siden igen.")
        return Card(known, queue.desk.codebook.ids)

    def _queue(self, wanted: Wanted) -> Queue:
        if wanted not in self._queues:
            self._queues[wanted] = Queue(self._desk(wanted))
        return self._queues[wanted]

    def _desk(self, wanted: Wanted) -> Desk:
        if wanted.kind == JUDGE:
            return adjudication_desk(self._workspace, wanted.coder)
        if wanted.kind not in KINDS:
            raise UsageError(f"Der er ingen kø »{wanted.kind}«.", f"Vælg en af {', '.join(KINDS)}.")
        desk = label_desk(self._workspace, wanted.coder, wanted.theme, SIZE)
        asked = KINDS[wanted.kind]
        desk.cards = [card for card in desk.cards if asked in card.note]
        return desk
