"""Hang punctuation in a UD tree, as UD dev does: on the clause or phrase it opens or closes."""

from collections.abc import Iterator, Sequence

import numpy as np
from conllu import Word
from sklearn.feature_extraction import FeatureHasher
from sklearn.linear_model import LogisticRegression


class PunctMap:
    """Ranks the words whose phrase ends before or begins after a punctuation mark."""

    def __init__(self) -> None:
        self.hasher = FeatureHasher(2**16, input_type="string")
        self.model = LogisticRegression(C=3.0, max_iter=200)

    def fit(self, sentences: Sequence[Sequence[Word]]) -> None:
        """Learn from UD's own sentences."""
        rows, truth = [], []
        for words in sentences:
            heads, names = [w.head or 0 for w in words], [w.deprel for w in words]
            for at, word in enumerate(words):
                if word.deprel == "punct":
                    for head, row in self._choices(words, heads, names, at):
                        rows.append(row)
                        truth.append(head == word.head)
        self.model.fit(self.hasher.transform(rows), np.array(truth))

    def __call__(self, words: Sequence[Word], tree: Sequence[tuple[int, str]]) -> list[tuple[int, str]]:
        """The tree with its punctuation hung anew; heads count from 1."""
        heads, names = [h for h, _ in tree], [n for _, n in tree]
        for at, name in enumerate(names):
            if name == "punct":
                choices = list(self._choices(words, heads, names, at))
                if choices:
                    odds = self.model.predict_proba(self.hasher.transform([r for _, r in choices]))
                    heads[at] = choices[int(odds[:, 1].argmax())][0]
        return list(zip(heads, names, strict=True))

    def _choices(
        self, words: Sequence[Word], heads: Sequence[int], names: Sequence[str], at: int
    ) -> Iterator[tuple[int, list[str]]]:
        left, right = _chain(heads, names, at, -1), _chain(heads, names, at, +1)
        root = next((i for i, h in enumerate(heads) if h == 0), -1)
        for head in dict.fromkeys([*right, *left, root]):
            if head >= 0 and names[head] != "punct" and at not in _above(heads, head):
                yield head + 1, _describe(words, names, at, head, (left, right, root))


def _chain(heads: Sequence[int], names: Sequence[str], at: int, step: int) -> list[int]:
    """The ancestors of the nearest word on one side, up to the root."""
    near = at + step
    while 0 <= near < len(heads) and names[near] == "punct":
        near += step
    chain: list[int] = []
    while 0 <= near < len(heads) and near not in chain:
        chain.append(near)
        near = heads[near] - 1
    return chain


def _above(heads: Sequence[int], at: int) -> set[int]:
    """A word and all its ancestors, counted from 0."""
    seen: set[int] = set()
    while at >= 0 and at not in seen:
        seen.add(at)
        at = heads[at] - 1
    return seen


def _describe(
    words: Sequence[Word],
    names: Sequence[str],
    at: int,
    head: int,
    ways: tuple[list[int], list[int], int],
) -> list[str]:
    left, right, root = ways
    form = words[at].form
    low = _rank(left, head, at, -1)
    high = _rank(right, head, at, +1)
    name, pos = names[head], words[head].pos
    both = "both" if head in left and head in right else "one"
    last = "last" if at >= len(words) - 2 else "first" if at == 0 else "mid"
    after = words[at + 1].pos if at + 1 < len(words) else "END"
    before = words[at - 1].pos if at else "START"
    kind = f"{form}|{last}"
    return [
        f"a{kind}|{low}|{high}|{both}", f"b{kind}|{low}|{high}|{name}", f"c{kind}|{high}|{name}|{after}",
        f"d{kind}|{low}|{name}|{before}", f"e{kind}|{head == root}|{both}", f"f{kind}|{pos}|{name}",
        f"g{form}|{high}|{low}|{name}|{both}|{head == root}", f"h{kind}|{after}|{high}|{low}",
        f"i{form}|{before}|{after}|{high}|{low}|{name}", f"j{form}|{min(abs(head - at), 6)}|{head < at}",
        f"k{form.count(form[0])}|{high}|{low}|{name}|{both}",
    ]  # fmt: skip


def _rank(chain: Sequence[int], head: int, at: int, step: int) -> str:
    """Where in its chain a word stands, and whether it is the last on its own side of the mark."""
    if head not in chain:
        return "-"
    place = chain.index(head)
    own = [i for i in chain[: place + 2] if (i - at) * step > 0]
    edge = "edge" if len(own) <= place + 1 else "in"
    return f"{min(place, 4)}{edge}{(head - at) * step > 0}"
