"""Evidence: which sentences of a labelled passage carry its themes.

A sentence carries a theme if the theme is gone or weaker without it. The reasons that are given for a tag are judged by
evidence, and the encoder's recipe learns from it ("annotator rationales", Zaidan, Eisner & Piatko 2007).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import chain, pairwise
from pathlib import Path
from typing import Any

from klumme.errors import LabelError
from klumme.json_lines import Form, Row, read_lines
from klumme.themes.codebook import Codebook

Span = tuple[int, int]

# What is shorter, such as a number with its stop, belongs to the sentence behind it.
LEAST = 12
_END = re.compile(r"""(?<=[.!?…])[»«”"')]*\s+(?=[»«“"'–(]*[A-ZÆØÅ0-9])""")


@dataclass(frozen=True, slots=True)
class Evidence:
    """The sentences of a passage, [start, end) in characters, and for each theme the numbers of those that carry it.

    A theme with no numbers was looked for and not found.
    """

    passage_id: str
    text_sha256: str
    coder: str
    sentences: tuple[Span, ...]
    carried_by: dict[str, frozenset[int]]


def sentences(text: str) -> tuple[Span, ...]:
    """Cut a text behind full stops: good enough to point at a part of it, not to parse it ("kl. 19" is cut in two)."""
    found, start = [], 0
    for match in _END.finditer(text):
        end = match.end() - len(match.group()) + len(match.group().rstrip())
        if end - start >= LEAST:
            found.append((start, end))
            start = match.end()
    return (*found, (start, len(text)))


def read_evidence(folders: Iterable[Path], codebook: Codebook) -> dict[str, list[Evidence]]:
    """Read all evidence of some folders by the hash of its text, a coder each, under the theme ids of today.

    Raises LabelError for a line that is none, that cuts a text otherwise than another coder's, or that stands twice;
    CodebookError for a theme that the codebook never had.
    """
    found: dict[str, list[Evidence]] = {}
    for where, one in chain.from_iterable(read_lines(path, _EVIDENCE) for path in _files(folders)):
        said = found.setdefault(one.text_sha256, [])
        if any(other.coder == one.coder or other.sentences != one.sentences for other in said):
            raise LabelError(
                f"{where} does not go with the evidence of another coder on the same text.",
                "Give it once for each coder, with the same sentences.",
            )
        carried = {codebook.current_id(theme): numbers for theme, numbers in one.carried_by.items()}
        said.append(replace(one, carried_by=carried))
    return found


def _files(folders: Iterable[Path]) -> list[Path]:
    return [path for folder in folders for path in sorted(folder.glob("*.jsonl"))]


def _evidence(row: Row) -> Evidence:
    passage, text, coder = row["passage_id"], row["text_sha256"], row["coder"]
    spans = tuple((start, end) for start, end in row["sentences"])
    carried = {theme: frozenset(numbers) for theme, numbers in row["carried_by"].items()}
    _check([passage, text, coder], spans, carried)
    return Evidence(passage, text, coder, spans, carried)


_EVIDENCE = Form(_evidence, "is no evidence", "Correct or delete that line.", LabelError)


def _check(names: list[Any], spans: tuple[Span, ...], carried: dict[str, frozenset[int]]) -> None:
    """Raise ValueError or TypeError unless names are texts, sentences follow one another, and numbers name them."""
    if not all(isinstance(name, str) and name for name in names):
        raise ValueError("it lacks a name")
    bounds = [bound for span in spans for bound in span]
    if not spans or bounds[0] < 0 or any(a > b for a, b in pairwise(bounds)) or any(a == b for a, b in spans):
        raise ValueError("its sentences do not follow one another")
    if not all(isinstance(n, int) and 0 <= n < len(spans) for numbers in carried.values() for n in numbers):
        raise ValueError("it names a sentence that is not there")
