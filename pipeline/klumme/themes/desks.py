"""What a coder finds on the desk: passages to label, or labels to settle."""

from collections import defaultdict

from klumme.errors import KlummeError, LabelError
from klumme.records import Label
from klumme.tables import Tables
from klumme.themes.codebook import Codebook, load_codebook
from klumme.themes.diversity import stored_meanings
from klumme.themes.keeping import all_labels
from klumme.themes.labelling import Card, Desk
from klumme.themes.labels import ADJUDICATED, CODER, adjudicated, append_labels, in_force, text_hash
from klumme.themes.passages import Known, join, known_passages
from klumme.themes.registry import load_model
from klumme.themes.suggest import doubts, keyword_doubts, pool, suggest
from klumme.workspace import Workspace

_WHY = {"random": "drawn at random", "unsure": "the model is unsure", "diverse": "unlike the others"}


def label_desk(workspace: Workspace, coder: str, theme: str = "", size: int = 50) -> Desk:
    """Lay out passages that this coder has not coded yet, for one theme or for all.

    Raises LabelError when there is nothing left to label.
    """
    codebook = load_codebook(workspace.codebook)
    themes = (codebook.theme(theme).id,) if theme else codebook.ids
    labels = in_force(all_labels(workspace, codebook))
    open_ = _uncoded(workspace, [label for label in labels if label.coder == coder], themes)
    if not open_:
        raise LabelError("There is no passage left to label.", "Add articles with `klumme add` or `klumme collect`.")
    labelled = sorted({label.passage_id for label in labels})
    meanings = stored_meanings(Tables(workspace), [passage.id for passage in pool(open_)] + labelled)
    asked = suggest(open_, _doubts(workspace, open_, codebook, themes), size, meanings, labelled)
    cards = [Card(one.passage, themes, _WHY[one.reason], one.random) for one in asked]
    return Desk(cards, codebook, coder, CODER, lambda label: append_labels(workspace.labels, [label]))


def _uncoded(workspace: Workspace, mine: list[Label], themes: tuple[str, ...]) -> list[Known]:
    """Return the passages that these labels leave open for one of the themes."""
    coded = {label.passage_id for label in mine if set(themes) <= label.themes.keys()}
    return [passage for passage in known_passages(workspace) if passage.natural and passage.id not in coded]


def _doubts(
    workspace: Workspace, passages: list[Known], codebook: Codebook, themes: tuple[str, ...]
) -> dict[str, float]:
    """Ask the model in use how unsure it is; of themes that it does not know, the keywords tell."""
    try:
        model = load_model(workspace)
        cuts = dict(zip(model.themes, model.best.thresholds.tolist(), strict=True))
    except KlummeError:
        cuts = {}
    strange = [theme for theme in themes if theme not in cuts]
    known = doubts(Tables(workspace), cuts, [theme for theme in themes if theme in cuts])
    return known | (keyword_doubts(passages, codebook, strange) if strange else {})


def adjudication_desk(workspace: Workspace, judge: str) -> Desk:
    """Lay out the passages that coders disagree on, each with the disputed themes only and who said what.

    Raises LabelError when no two coders disagree.
    """
    codebook = load_codebook(workspace.codebook)
    labels = in_force(all_labels(workspace, codebook))
    gold = adjudicated(labels)
    said: dict[str, list[Label]] = defaultdict(list)
    for label in labels:
        if label.origin != ADJUDICATED:
            said[label.passage_id].append(label)
    disputed = [one for one in gold.values() if one.contradicted]
    if not disputed:
        raise LabelError("No two coders disagree.", "Import labels of a second coder, or see `klumme agreement`.")
    places = {one.text_sha256: one for one in disputed}

    cards = []
    for found in join(disputed, known_passages(workspace)).labelled:
        one = places[text_hash(found.passage.text)]
        cards.append(
            Card(found.passage, one.contradicted, _who(said[one.passage_id], one.contradicted), one.random_draw)
        )
    return Desk(cards, codebook, judge, ADJUDICATED, lambda label: append_labels(workspace.labels, [label]))


_WORD = {True: "yes", False: "no", None: "unsure"}


def _who(labels: list[Label], themes: tuple[str, ...]) -> str:
    return "; ".join(
        f"{theme}: " + ", ".join(f"{x.coder} {_WORD[x.themes[theme]]}" for x in labels if theme in x.themes)
        for theme in themes
    )
