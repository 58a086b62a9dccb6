"""Labelling at a desk: one passage at a time, a key for each theme, undo, skip, and every answer on disk at once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from klumme.records import Label
from klumme.themes.codebook import Codebook
from klumme.themes.labels import Themes, make_label, now, text_hash
from klumme.themes.passages import Known

SAVE, SKIP, UNDO, UNSURE, HELP, QUIT = "\r", "s", "z", "u", "?", "q"


@dataclass(frozen=True, slots=True)
class Card:
    """A passage to be coded for some themes, and what the coder is told beside it."""

    passage: Known
    themes: tuple[str, ...]
    note: str = ""
    random: bool = False


@dataclass
class Desk:
    """The cards before a coder, the place among them, and the answers given on the card that lies open.

    A theme is no until its key is pressed; `u` makes the next key mean unsure, `?` makes it open the codebook.
    """

    cards: Sequence[Card]
    codebook: Codebook
    coder: str
    origin: str
    keep: Callable[[Label], None]
    place: int = 0
    answers: Themes = field(default_factory=dict)
    saved: dict[str, Label] = field(default_factory=dict)
    mode: str = ""
    done: bool = False

    def __post_init__(self) -> None:
        self._open(0)

    @property
    def card(self) -> Card | None:
        """The card that lies open, None behind the last."""
        return self.cards[self.place] if not self.done and self.place < len(self.cards) else None

    def press(self, key: str) -> str:
        """Act on one key, and return what to tell the coder."""
        card = self.card
        if key == QUIT or card is None:
            self.done = True
            return ""
        if key.isdigit():
            return self._digit(card, int(key) - 1)
        acts = {SAVE: self._save, "\n": self._save, SKIP: self._skip, UNDO: self._undo}
        if key in acts:
            return acts[key](card)
        self.mode = key if key in (UNSURE, HELP) else ""
        return {UNSURE: "Unsure of which theme?", HELP: "Which theme?"}.get(key, f"No key '{key}' here.")

    def _digit(self, card: Card, number: int) -> str:
        mode, self.mode = self.mode, ""
        if not 0 <= number < len(card.themes):
            return f"There are {len(card.themes)} themes."
        theme = card.themes[number]
        if mode == HELP:
            return explain(self.codebook, theme)
        self.answers[theme] = None if mode == UNSURE else not self.answers[theme]
        return ""

    def _save(self, card: Card) -> str:
        """Keep the answers; those to a passage that was saved before supersede the older ones."""
        before = self.saved.get(card.passage.id)
        label = make_label(
            Label(
                passage_id=card.passage.id,
                address=card.passage.address,
                text_sha256=text_hash(card.passage.text),
                coder=self.coder,
                at=now(),
                codebook=self.codebook.version,
                themes=dict(self.answers),
                origin=self.origin,
                random_draw=card.random,
                supersedes=before.id if before else "",
            )
        )
        if before is None or before.themes != label.themes:
            self.keep(label)
            self.saved[card.passage.id] = label
        self._open(self.place + 1)
        return "Saved."

    def _skip(self, card: Card) -> str:
        self._open(self.place + 1)
        return "Skipped."

    def _undo(self, card: Card) -> str:
        if self.place == 0:
            return "There is nothing before this."
        self._open(self.place - 1)
        return "Back."

    def _open(self, place: int) -> None:
        self.place, self.mode = place, ""
        self.done = place >= len(self.cards)
        if self.card:
            before = self.saved.get(self.card.passage.id)
            self.answers = dict(before.themes) if before else dict.fromkeys(self.card.themes, False)


def explain(codebook: Codebook, name: str) -> str:
    """Return the codebook's entry for a theme, in Danish."""
    theme = codebook.theme(name)
    counts = "".join(f"\n  + {line}" for line in theme.counts)
    counts_not = "".join(f"\n  - {line}" for line in theme.counts_not)
    return f"{theme.da}: {theme.definition_da}{counts}{counts_not}\n  Eksempel: {theme.example_da}"
