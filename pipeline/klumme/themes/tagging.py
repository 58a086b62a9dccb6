"""Tag passages from anywhere, without a corpus."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from klumme.errors import InputError
from klumme.json_lines import Form, Row, parse_lines
from klumme.report import Progress, quiet
from klumme.settings import load_settings
from klumme.themes.readings import Reader, open_reader
from klumme.themes.scoring import Scorer, open_scorer
from klumme.workspace import Workspace, open_workspace

BATCH = 256


@dataclass(frozen=True, slots=True)
class Tagging:
    """What a model says of one text: the themes over their thresholds, and the probability of each theme."""

    tags: tuple[str, ...]
    scores: dict[str, float]
    model: str


@dataclass(frozen=True, slots=True)
class Tagger:
    """A scorer, and what reads the texts for it."""

    scorer: Scorer
    reader: Reader

    def tag(self, texts: Sequence[str]) -> list[Tagging]:
        """Tag texts, a passage each."""
        p, over = self.scorer.scores(texts, self.reader.read(texts)) if texts else ((), ())
        themes, version = self.scorer.model.themes, self.scorer.version
        return [
            Tagging(
                tuple(theme for theme, yes in zip(themes, hit, strict=True) if yes),
                {theme: round(float(value), 4) for theme, value in zip(themes, row, strict=True)},
                version,
            )
            for row, hit in zip(p, over, strict=True)
        ]


def open_tagger(workspace: Workspace, model: str = "") -> Tagger:
    """Open a theme model, the one of the settings unless named, and the spaCy pipeline of the settings.

    Raises MissingModelError or MissingPipelineError when one is not there.
    """
    settings = load_settings(workspace.settings)
    tag = replace(settings.tag, model=model or settings.tag.model)
    scorer = open_scorer(workspace, tag)
    return Tagger(scorer, open_reader(workspace, settings.annotate.pipeline))


def tag_texts(texts: Iterable[str], root: str | Path | None = None) -> list[Tagging]:
    """Tag texts, a passage each, with the theme model in use; nothing is stored.

    Raises MissingModelError without a model, MissingPipelineError without the spaCy pipeline of the settings.
    """
    return open_tagger(open_workspace(root)).tag(list(texts))


def tag_lines(content: str, tagger: Tagger, progress: Progress = quiet) -> Iterator[dict[str, Any]]:
    """Tag lines of JSON with an `id` and a `text`, yielding a row for each; raises InputError for any other line."""
    rows = [row for _, row in parse_lines(content, "Line ", _PASSAGES)]
    for start in progress(range(0, len(rows), BATCH), -(-len(rows) // BATCH), "Tagging"):
        some = rows[start : start + BATCH]
        for row, tagging in zip(some, tagger.tag([row["text"] for row in some]), strict=True):
            yield {"id": row["id"], "tags": list(tagging.tags), "scores": tagging.scores, "model": tagging.model}


def _passage(row: Row) -> Row:
    if not isinstance(row["text"], str):
        raise TypeError("the text is no string")
    return {"id": row["id"], "text": row["text"]}


_WAY_OUT = 'Write each as {"id": "…", "text": "…"} on a line of its own.'
_PASSAGES = Form(_passage, "is no passage", _WAY_OUT, InputError)
