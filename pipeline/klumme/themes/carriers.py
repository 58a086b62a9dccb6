"""Why a passage was tagged: the sentences and words that spoke for the theme, in log-odds of the model's words."""

from collections import defaultdict

import numpy as np
from scipy.sparse import csr_matrix

from klumme.records import Carrier
from klumme.themes.features import words_of
from klumme.themes.model import ThemeModel
from klumme.themes.readings import Reading, sentences

WORDS = 6


def carriers(model: ThemeModel, text: str, reading: Reading, theme: int) -> tuple[Carrier, ...]:
    """Return the sentence that carried a decision most, then up to six words as they stand in the text.

    A sentence weighs what the log-odds lose when it is taken out; a word what its terms add to them.
    """
    return (*_sentence(model, text, reading, theme), *_words(model, reading, theme))


def _sentence(model: ThemeModel, text: str, reading: Reading, theme: int) -> list[Carrier]:
    found = sentences(text, reading)
    if len(found) < 2:
        return []
    numbers = sorted({token.sentence for token in reading})
    without = [tuple(t for t in reading if t.sentence != number) for number in numbers]
    odds = model.words.log_odds(model.features.matrix([reading, *without]))[:, theme]
    lost = odds[0] - odds[1:]
    best = int(np.argmax(lost))
    return [Carrier(found[best], float(lost[best]))] if lost[best] > 0 else []


def _words(model: ThemeModel, reading: Reading, theme: int) -> list[Carrier]:
    """Share each term's weight among the words it is made of, and name each word as it stands in the text."""
    terms = _term_weights(model, reading, theme)
    forms = {word: token.form for token in reversed(reading) for word in words_of(token)}
    sums: dict[str, float] = defaultdict(float)
    for term, weight in terms.items():
        parts = term.split(" ")
        for part in parts:
            if part in forms:
                sums[forms[part]] += weight / len(parts)
    best = sorted(sums.items(), key=lambda item: (-item[1], item[0]))[:WORDS]
    return [Carrier(form, float(weight)) for form, weight in best if weight > 0]


def _term_weights(model: ThemeModel, reading: Reading, theme: int) -> dict[str, float]:
    terms = model.features.words.terms
    row = csr_matrix(model.features.matrix([reading])[:, : len(terms)])
    weights = row.data * model.words.weights[theme, row.indices]
    return {terms[k]: weight for k, weight in zip(row.indices.tolist(), weights.tolist(), strict=True)}
