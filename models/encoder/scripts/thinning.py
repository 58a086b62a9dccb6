"""Texts with what is known of their sentences, and how a text without some of them is made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from klumme.themes.evidence import Evidence, Span, sentences
from klumme.themes.labels import text_hash


@dataclass(frozen=True)
class Text:
    """A text, its answer for each theme, its sentences, and whether each (rows) carries a theme (columns).

    Answers are 1, 0, or NaN where that is not known.
    """

    text: str
    answers: np.ndarray
    spans: tuple[Span, ...]
    carried: np.ndarray

    def without(self, dropped: frozenset[int]) -> "Text":
        """The text without some of its sentences, by number.

        A theme whose carrying sentences all stay holds, one that has lost all of them does not; in between, or where it
        is not known what carries it, it is unknown. (Two coders agree on what carries a theme at F .87, so that some
        of the texts that have lost a theme still have it.)
        """
        if not dropped:
            return self
        kept = [number for number in range(len(self.spans)) if number not in dropped]
        lost = self.carried.sum(axis=0) - self.carried[kept].sum(axis=0)
        left = np.where(lost == 0, self.answers, np.where(lost == self.carried.sum(axis=0), 0.0, np.nan))
        text, spans = self._joined(kept)
        return Text(text, left.astype(np.float32), spans, self.carried[kept])

    def _joined(self, kept: Sequence[int]) -> tuple[str, tuple[Span, ...]]:
        text, spans = "", []
        for number in kept:
            start, end = self.spans[number]
            text += " " * bool(text)
            spans.append((len(text), len(text) + end - start))
            text += self.text[start:end]
        return text, tuple(spans)


def lay_beside(text: str, themes: Sequence[str], answers: np.ndarray, known: Mapping[str, Sequence[Evidence]]) -> Text:
    """Lay what is known of its sentences beside a text.

    No sentence carries a theme that the text has not; a text of one sentence carries what it has with that one. Where
    two coders gave evidence, the first one's counts. Raises ValueError for evidence that does not fit the text.
    """
    said = known.get(text_hash(text), [])
    spans, carried_by = (said[0].sentences, said[0].carried_by) if said else (sentences(text), {})
    if spans[-1][1] > len(text):
        raise ValueError(f"the evidence on {said[0].passage_id} names a sentence behind its end")
    table = np.tile(np.where(answers == 0, 0.0, np.nan), (len(spans), 1))
    for column, theme in enumerate(themes):
        if answers[column] == 1 and len(spans) == 1:
            table[:, column] = 1
        elif answers[column] == 1 and carried_by.get(theme):
            table[:, column] = [number in carried_by[theme] for number in range(len(spans))]
    return Text(text, answers, spans, table.astype(np.float32))
