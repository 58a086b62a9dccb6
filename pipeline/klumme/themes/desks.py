"""What a coder finds on the desk: passages to label, questions to settle, or passages to see once more."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from klumme.errors import KlummeError, LabelError, UsageError
from klumme.records import Label
from klumme.tables import Tables
from klumme.themes.codebook import Codebook, load_codebook
from klumme.themes.disputes import KINDS, Heard, hear, open_questions
from klumme.themes.diversity import stored_meanings
from klumme.themes.keeping import all_labels
from klumme.themes.labelling import Card, Desk
from klumme.themes.labels import ADJUDICATED, CODER, Gold, append_labels, in_force, text_hash
from klumme.themes.passages import Known, known_passages
from klumme.themes.registry import load_model
from klumme.themes.suggest import doubts, keyword_doubts, pool, suggest
from klumme.workspace import Workspace

_WHY = {"random": "drawn at random", "unsure": "the model is unsure", "diverse": "unlike the others"}


@dataclass(frozen=True, slots=True)
class _Ground:
    """What a desk stands on: who codes, by which codebook, for which of its themes, and every label in force."""

    workspace: Workspace
    coder: str
    codebook: Codebook
    themes: tuple[str, ...]
    labels: list[Label]

    @property
    def mine(self) -> dict[str, Label]:
        """What this coder said of each passage, as a coder."""
        return {x.passage_id: x for x in self.labels if x.coder == self.coder and x.origin != ADJUDICATED}

    def desk(self, origin: str, cards: list[Card]) -> Desk:
        """Lay out cards; what is said of them is on disk at once."""
        return Desk(cards, self.codebook, self.coder, origin, lambda x: append_labels(self.workspace.labels, [x]))

    def card(self, passage: Known, before: Label | None, note: str = "", *, random: bool = False) -> Card:
        """Ask a coder of one passage, with what was answered before.

        A coder of one theme, or of an older codebook, is asked of all themes, and must not undo the rest by Enter.
        """
        said = {theme: before.themes[theme] for theme in self.themes if theme in before.themes} if before else {}
        return Card(passage, self.themes, note, random, said)


def _ground(workspace: Workspace, coder: str, theme: str) -> _Ground:
    """Read codebook and labels; raises LabelError when nobody is named, CodebookError for an unknown theme."""
    if not coder.strip():
        raise LabelError("It is not said who codes.", "Name somebody: --coder NAME.")
    codebook = load_codebook(workspace.codebook)
    themes = (codebook.theme(theme).id,) if theme else codebook.ids
    return _Ground(workspace, coder.strip(), codebook, themes, in_force(all_labels(workspace, codebook)))


def label_desk(workspace: Workspace, coder: str, theme: str = "", size: int = 50) -> Desk:
    """Lay out passages that this coder has not coded yet, for one theme or for all.

    Raises LabelError when there is nothing left to label.
    """
    ground = _ground(workspace, coder, theme)
    open_ = _uncoded(ground)
    if not open_:
        raise LabelError("There is no passage left to label.", "Add articles with `klumme add` or `klumme collect`.")
    labelled, mine = sorted({label.passage_id for label in ground.labels}), ground.mine
    meanings = stored_meanings(Tables(workspace), [passage.id for passage in pool(open_)] + labelled)
    asked = suggest(open_, _doubts(ground, open_), size, meanings, labelled)
    cards = [ground.card(one.passage, mine.get(one.passage.id), _WHY[one.reason], random=one.random) for one in asked]
    return ground.desk(CODER, cards)


def _uncoded(ground: _Ground) -> list[Known]:
    """Return the passages that this coder, who may have settled others too, has left open for one of the themes."""
    mine = [label for label in ground.labels if label.coder == ground.coder]
    coded = {label.passage_id for label in mine if set(ground.themes) <= label.themes.keys()}
    return [passage for passage in known_passages(ground.workspace) if passage.natural and passage.id not in coded]


def _doubts(ground: _Ground, passages: list[Known]) -> dict[str, float]:
    """Ask the model in use how unsure it is; of themes that it does not know, the keywords tell."""
    try:
        model = load_model(ground.workspace)
        cuts = dict(zip(model.themes, model.best.thresholds.tolist(), strict=True))
    except KlummeError:
        cuts = {}
    strange = [theme for theme in ground.themes if theme not in cuts]
    known = doubts(Tables(ground.workspace), cuts, [theme for theme in ground.themes if theme in cuts])
    return known | (keyword_doubts(passages, ground.codebook, strange) if strange else {})


def adjudication_desk(workspace: Workspace, judge: str, theme: str = "") -> Desk:
    """Lay out the passages that coders leave open, disputes first, each with its open themes only and who said what.

    Raises LabelError when no question is open, or none whose text is at hand.
    """
    ground = _ground(workspace, judge, theme)
    questions = open_questions(hear(ground.labels, ground.themes).values())
    if not questions:
        raise LabelError("The coders leave no question open.", "Let a second one code: `klumme label --coder B`.")
    texts = _by_text(known_passages(workspace))
    cards = [_question(one, passage) for one in questions if (passage := _passage(texts, one.gold))]
    lost = len(questions) - len(cards)
    said = f"Passages with an open question whose text is not here, or has changed: {lost}."
    if not cards:
        raise LabelError(said, "Add or collect the articles that were coded.")
    return replace(ground.desk(ADJUDICATED, cards), notes=(said,) if lost else ())


def _by_text(known: Iterable[Known]) -> dict[str, list[Known]]:
    found: dict[str, list[Known]] = {}
    for passage in known:
        found.setdefault(text_hash(passage.text), []).append(passage)
    return found


def _passage(texts: dict[str, list[Known]], gold: Gold) -> Known | None:
    """Find the text that was coded; it keeps the id it was coded under, since what settles it must name that one."""
    twins = texts.get(gold.text_sha256, [])
    here = next((one for one in twins if one.id == gold.passage_id), next(iter(twins), None))
    return replace(here, id=gold.passage_id) if here else None


def _question(one: Heard, passage: Known) -> Card:
    themes = tuple(sorted(one.questions, key=lambda theme: KINDS.index(one.questions[theme])))
    return Card(passage, themes, one.kind, questions=one.questions, heard=one.said)


def label_again(workspace: Workspace, coder: str, names: Sequence[str], theme: str = "") -> Desk:
    """Lay out passages by their ids, with what this coder said of them before; who chooses, draws nothing at random.

    Raises UsageError for an id that no passage at hand has.
    """
    ground = _ground(workspace, coder, theme)
    mine = ground.mine
    return ground.desk(CODER, [ground.card(one, mine.get(one.id)) for one in _named(workspace, names)])


def settle_again(workspace: Workspace, judge: str, names: Sequence[str], theme: str = "") -> Desk:
    """Lay out coded passages by their ids, settled or not, with what holds of them and who said what.

    Raises UsageError for an id that no passage at hand has, LabelError for a passage that nobody has coded.
    """
    ground = _ground(workspace, judge, theme)
    heard = hear(ground.labels, ground.themes)
    return ground.desk(ADJUDICATED, [_settled(ground, heard.get(one.id), one) for one in _named(workspace, names)])


def _settled(ground: _Ground, one: Heard | None, passage: Known) -> Card:
    themes = tuple(theme for theme in ground.themes if one and theme in one.gold.themes)
    if one is None or not themes:
        raise LabelError(f"Nobody has coded the passage '{passage.id}'.", "Code it first: `klumme label --passage ID`.")
    said = {theme: one.gold.themes[theme] for theme in themes if theme not in one.questions}
    return Card(passage, themes, one.kind, said=said, questions=one.questions, heard=one.said)


def _named(workspace: Workspace, names: Sequence[str]) -> list[Known]:
    known = {passage.id: passage for passage in known_passages(workspace)}
    for name in names:
        if name not in known:
            raise UsageError(f"There is no passage '{name}'.", "Copy an id from what `klumme query` shows.")
    return [known[name] for name in dict.fromkeys(names)]
