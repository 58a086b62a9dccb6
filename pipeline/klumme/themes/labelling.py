"""Labelling at a desk: one passage at a time, a key for each theme, undo, skip, and every answer on disk at once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from string import ascii_lowercase

from klumme.records import Label
from klumme.themes.codebook import Codebook
from klumme.themes.labels import Themes, make_label, now, text_hash
from klumme.themes.passages import Known

SAVE, SKIP, UNDO, UNSURE, HELP, QUIT = "\r", "s", "z", "u", "?", "q"
# One key for each theme in its order: digits, then the letters that mean nothing else at the desk.
THEME_KEYS = "123456789" + "".join(letter for letter in ascii_lowercase if letter not in (SKIP, UNDO, UNSURE, QUIT))


@dataclass(frozen=True, slots=True)
class Card:
    """A passage to be coded for some themes, and what the coder is told beside it.

    `said` is what the coder has answered before, of any of the themes. Where coders are to be settled, `questions`
    names the kind of each theme that they leave open, and `heard` are their labels.
    """

    passage: Known
    themes: tuple[str, ...]
    note: str = ""
    random: bool = False
    said: Mapping[str, bool | None] = field(default_factory=dict)
    questions: Mapping[str, str] = field(default_factory=dict)
    heard: tuple[Label, ...] = ()


@dataclass
class Desk:
    """The cards before a coder, the place among them, and the answers given on the card that lies open.

    A theme is no until its key is pressed, unless the coder said otherwise before; `u` makes the next key mean unsure,
    `?` makes it open the codebook. `notes` are what the coder should know before beginning.
    """

    cards: Sequence[Card]
    codebook: Codebook
    coder: str
    origin: str
    keep: Callable[[Label], None]
    notes: tuple[str, ...] = ()
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
        return self.cards[self.place] if self.place < len(self.cards) else None

    def press(self, key: str) -> str:
        """Act on one key, and return what to tell the coder; behind the last card, all but undo leaves the desk."""
        key, card = key.lower(), self.card
        if key == QUIT or (card is None and key != UNDO):
            self.done = True
            return ""
        if key == UNDO:
            return self._undo()
        assert card is not None  # noqa: S101
        if key and key in THEME_KEYS[: len(card.themes)]:
            return self._answer(card.themes[THEME_KEYS.index(key)])
        acts = {SAVE: self._save, "\n": self._save, SKIP: self._skip}
        if key in acts:
            return acts[key](card)
        return self._turn(key, len(card.themes))

    def _turn(self, key: str, themes: int) -> str:
        """Let the next key mean something else, or say that this one means nothing."""
        self.mode = key if key in (UNSURE, HELP) else ""
        if self.mode:
            return "Unsure of which theme?" if key == UNSURE else "Which theme?"
        if key.isdecimal():
            return "There is one theme." if themes == 1 else f"There are {themes} themes."
        return f"No key '{key}' here." if key.isprintable() else "That key means nothing here."

    def _answer(self, theme: str) -> str:
        mode, self.mode = self.mode, ""
        if mode == HELP:
            return explain(self.codebook, theme)
        self.answers[theme] = None if mode == UNSURE else not self.answers[theme]
        return ""

    def _save(self, card: Card) -> str:
        """Keep the answers unless all were said before; of a passage saved here before they supersede the older."""
        before = self.saved.get(card.passage.id)
        changed = self.answers != (before.themes if before else dict(card.said))
        if changed:
            given = draft(card, self.coder, self.codebook, self.origin)
            label = make_label(replace(given, themes=dict(self.answers), supersedes=before.id if before else ""))
            self.keep(label)
            self.saved[card.passage.id] = label
        self._open(self.place + 1)
        return "Saved." if changed else "Nothing changed."

    def _skip(self, _: Card) -> str:
        self._open(self.place + 1)
        return "Skipped."

    def _undo(self) -> str:
        if self.place == 0:
            return "There is nothing before this."
        self._open(self.place - 1)
        return "Back."

    def _open(self, place: int) -> None:
        self.place, self.mode = place, ""
        if self.card:
            before = self.saved.get(self.card.passage.id)
            said = before.themes if before else self.card.said
            self.answers = {theme: said.get(theme, False) for theme in self.card.themes}


def draft(card: Card, coder: str, codebook: Codebook, origin: str) -> Label:
    """Return the label that a coder gives to a passage now, still without answers and id."""
    return Label(
        passage_id=card.passage.id,
        address=card.passage.address,
        text_sha256=text_hash(card.passage.text),
        coder=coder,
        at=now(),
        codebook=codebook.version,
        themes={},
        origin=origin,
        random_draw=card.random,
    )


def explain(codebook: Codebook, name: str, *, english: bool = False) -> str:
    """Return the codebook's entry for a theme, in Danish or in English."""
    theme = codebook.theme(name)
    if english:
        examples = {"Example": theme.example_en, "Not an example": theme.example_not_en}
        return _entry(f"{theme.en}: {theme.definition_en}", theme.counts_en, theme.counts_not_en, examples)
    examples = {"Eksempel": theme.example_da, "Ikke et eksempel": theme.example_not_da}
    return _entry(f"{theme.da}: {theme.definition_da}", theme.counts, theme.counts_not, examples)


def _entry(head: str, counts: Sequence[str], counts_not: Sequence[str], examples: Mapping[str, str]) -> str:
    lines = [head, *(f"  + {line}" for line in counts), *(f"  - {line}" for line in counts_not)]
    return "\n".join([*lines, *(f"  {word}: {text}" for word, text in examples.items() if text)])
