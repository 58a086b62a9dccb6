"""Evidence: which sentences of a labelled passage carry its themes, by the codebook's own test.

Take the sentence away, and the theme is gone or weaker. The encoder learns from it, and the reasons that are given for
a tag are judged by it ("annotator rationales", Zaidan, Eisner & Piatko 2007).
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path

from klumme.errors import LabelError

Span = tuple[int, int]

# What is shorter, such as a number with its stop, belongs to the sentence behind it.
LEAST = 12
_END = re.compile(r"""(?<=[.!?…])[»«”"')]*\s+(?=[»«“"'–(]*[A-ZÆØÅ0-9])""")


@dataclass(frozen=True, slots=True)
class Evidence:
    """The sentences of a passage, [start, end) in characters, and for each theme the numbers of those that carry it."""

    passage_id: str
    text_sha256: str
    coder: str
    sentences: tuple[Span, ...]
    carried_by: dict[str, frozenset[int]]


def sentences(text: str) -> tuple[Span, ...]:
    """Cut a text behind full stops; good enough to point at a part of it, and the same wherever it is done."""
    found, start = [], 0
    for match in _END.finditer(text):
        end = match.end() - len(match.group()) + len(match.group().rstrip())
        if end - start >= LEAST:
            found.append((start, end))
            start = match.end()
    return (*found, (start, len(text)))


def read_evidence(folder: Path) -> dict[str, list[Evidence]]:
    """Read all evidence of a folder by the hash of its text, a coder each, in the order of the files' names.

    Raises LabelError for a line that is none.
    """
    found: dict[str, list[Evidence]] = {}
    for path in sorted(folder.glob("*.jsonl")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            one = _parse(line, f"{path.name}, line {number}")
            found.setdefault(one.text_sha256, []).append(one)
    return found


def _parse(line: str, where: str) -> Evidence:
    try:
        row = json.loads(line)
        spans = tuple((int(start), int(end)) for start, end in row["sentences"])
        carried = {theme: frozenset(map(int, numbers)) for theme, numbers in row["carried_by"].items()}
        if any(not numbers or max(numbers) >= len(spans) or min(numbers) < 0 for numbers in carried.values()):
            raise ValueError("it names a sentence that is not there")
        return Evidence(row["passage_id"], row["text_sha256"], row["coder"], spans, carried)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise LabelError(f"{where} is no evidence: {error}.", "Correct or delete that line.") from error
