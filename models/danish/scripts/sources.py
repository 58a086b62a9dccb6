"""Read the treebank folder's own formats and lay DDT's tokens beside UD's."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import accumulate
from pathlib import Path


@dataclass(frozen=True)
class Token:
    """One DDT or PAROLE token; `head` counts within the sentence from 0, -1 is none given."""

    form: str
    lemma: str
    msd: str
    head: int = -1
    rel: str = ""


def read_parole(path: Path) -> list[tuple[str, list[Token]]]:
    """The sentences of parole-dk.tsv, each with the name of its file."""
    return [(name, [Token(*row[:3]) for row in rows]) for name, rows in _blocks(path)]


def read_ddt(path: Path) -> list[tuple[str, list[Token]]]:
    """The sentences of ddt.tsv with heads inside the sentence (others become -1)."""
    return [(name, _local(rows)) for name, rows in _blocks(path)]


def _blocks(path: Path) -> list[tuple[str, list[list[str]]]]:
    blocks: list[tuple[str, list[list[str]]]] = []
    name, rows = "", []
    for line in path.read_text(encoding="utf-8").splitlines() + [""]:  # noqa: RUF005
        if line.startswith("# file="):
            name = line.removeprefix("# file=")
        elif line:
            rows.append(line.split("\t"))
        elif rows:
            blocks.append((name, rows))
            rows = []
    return blocks


def _local(rows: Sequence[Sequence[str]]) -> list[Token]:
    place = {row[0]: i for i, row in enumerate(rows)}
    return [Token(row[1], row[2], row[3], place.get(row[4], -1), row[5]) for row in rows]


def letters(form: str) -> str:
    """The form without what UD and DDT write differently: case, `_` and `-`."""
    bare = form.lower().replace("_", "").replace("-", "").replace(" ", "")
    return bare or form


def align(forms: Sequence[str], tokens: Sequence[Token]) -> list[tuple[int, int, int]] | None:
    """For each form its token, its place in that token and the token's number of forms.

    None where the letters differ by more than one word in five.
    """
    left, right = [letters(f) for f in forms], _pieces(tokens)
    matcher = SequenceMatcher(None, left, [p for p, _ in right], autojunk=False)
    owner: list[int | None] = [None] * len(forms)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal" or (tag == "replace" and i2 - i1 == j2 - j1):
            for i, j in zip(range(i1, i2), range(j1, j2), strict=True):
                owner[i] = right[j][1]
        elif tag == "replace":
            _by_letters(owner, left, right, (i1, i2, j1, j2))
    if sum(o is None for o in owner) * 5 > len(forms):
        return None
    return _places(owner)


def _pieces(tokens: Sequence[Token]) -> list[tuple[str, int]]:
    pieces = []
    for number, token in enumerate(tokens):
        pieces += [(letters(p), number) for p in token.form.split("_") if p]
    return pieces


def _by_letters(
    owner: list[int | None],
    left: Sequence[str],
    right: Sequence[tuple[str, int]],
    span: tuple[int, int, int, int],
) -> None:
    i1, i2, j1, j2 = span
    stream = [number for piece, number in right[j1:j2] for _ in piece]
    at = 0
    for i in range(i1, i2):
        if stream:
            owner[i] = stream[min(at, len(stream) - 1)]
        at += len(left[i])


def _places(owner: Sequence[int | None]) -> list[tuple[int, int, int]]:
    places = []
    for i, own in enumerate(owner):
        mates = [k for k, other in enumerate(owner) if other == own] if own is not None else [i]
        places.append((-1 if own is None else own, mates.index(i), len(mates)))
    return places


class Finder:
    """Finds the tokens of a UD sentence in the running files, by its letters."""

    def __init__(self, sentences: Sequence[tuple[str, Sequence[Token]]]) -> None:
        self.tokens: list[Token] = []
        self.starts: list[int] = []
        self.by_word: dict[str, set[int]] = {}
        for number, (_, tokens) in enumerate(sentences):
            self._add(number, tokens)
        self.starts.append(len(self.tokens))
        self._letters = [letters(t.form) for t in self.tokens]
        self._text = "".join(self._letters)
        self._offsets = list(accumulate((len(p) for p in self._letters), initial=0))

    def _add(self, number: int, tokens: Sequence[Token]) -> None:
        first = len(self.tokens)
        self.starts.append(first)
        for token in tokens:
            head = token.head if token.head < 0 else token.head + first
            self.tokens.append(replace(token, head=head))
        for piece, _ in _pieces(tokens):
            self.by_word.setdefault(piece, set()).add(number)

    def find(self, forms: Sequence[str]) -> list[Token] | None:
        """The tokens with these words, heads counted within them; None where there are none."""
        key = "".join(letters(f) for f in forms)
        spans = list(self._exact(key)) or list(self._similar(forms, key))
        return self._cut(*max(spans, key=self._whole)) if spans else None

    def _exact(self, key: str) -> Iterator[tuple[int, int]]:
        at = self._text.find(key)
        while at >= 0:
            start, end = (bisect_left(self._offsets, x) for x in (at, at + len(key)))
            if self._offsets[start] == at and self._offsets[end] == at + len(key):
                yield start, end
            at = self._text.find(key, at + 1)

    def _whole(self, span: tuple[int, int]) -> bool:
        return all(self.starts[bisect_left(self.starts, edge)] == edge for edge in span)

    def _similar(self, forms: Sequence[str], key: str) -> Iterator[tuple[int, int]]:
        votes: dict[int, float] = {}
        for word in {letters(f) for f in forms}:
            for number in (found := self.by_word.get(word, set())):
                votes[number] = votes.get(number, 0.0) + 1 / len(found)
        for number in sorted(votes, key=votes.__getitem__, reverse=True)[:5]:
            start, end = self.starts[number], self.starts[number + 1]
            other = "".join(self._letters[start:end])
            if SequenceMatcher(None, key, other, autojunk=False).ratio() > 0.85:
                yield start, end
                return

    def _cut(self, start: int, end: int) -> list[Token]:
        return [replace(t, head=t.head - start if start <= t.head < end else -1) for t in self.tokens[start:end]]
