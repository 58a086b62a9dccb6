"""Turn DDT's trees into UD's: a ranker of heads and a classifier of relations, learnt on UD dev.

Each word chooses its head among the words near it in DDT's tree and in the sentence; how often a
kind of path between two words was a UD edge on dev is what the ranker knows.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from conllu import Word
from lift import lifted
from mst import best_tree
from ranker import Ranker
from sklearn.feature_extraction import FeatureHasher
from sklearn.linear_model import LogisticRegression
from sources import Token
from tag_map import Aligned

NEAR = 3
FUNCTION = frozenset(["ADP", "AUX", "CCONJ", "SCONJ", "DET", "PRON", "PUNCT", "ADV", "PART"])


@dataclass
class Graph:
    """A sentence as the converter sees it: UD words, and for each its parent in DDT's tree."""

    forms: list[str]
    pos: list[str]
    msd: list[str]
    rel: list[str]
    parent: list[int]
    children: list[list[int]]
    lifted: list[int]

    def up(self, at: int) -> Iterator[int]:
        """The word and its ancestors, at most seven."""
        for _ in range(8):
            if at < 0:
                return
            yield at
            at = self.parent[at]


def make_graph(words: Sequence[Aligned], tokens: Sequence[Token], pos: Sequence[str]) -> Graph:
    """Lay DDT's edges on the UD words; later pieces of a multiword unit hang on its first."""
    first = {id(w.whole): i for i, w in reversed(list(enumerate(words)))}
    parent, rel = [], []
    for i, word in enumerate(words):
        own = first[id(word.whole)]
        head = tokens[word.whole.head] if word.whole.head >= 0 else None
        parent.append(own if own < i else first.get(id(head), -1) if head else -1)
        rel.append("unit" if own < i else word.whole.rel or "-")
    children: list[list[int]] = [[] for _ in words]
    for i, head_at in enumerate(parent):
        if head_at >= 0:
            children[head_at].append(i)
    msd = [w.token.msd for w in words]
    lift = lifted(pos, msd, rel, parent)
    return Graph([w.form for w in words], list(pos), msd, rel, parent, children, lift)


def candidates(graph: Graph, at: int) -> list[int]:
    """The possible heads of a word; -1 is the root."""
    size = len(graph.forms)
    found = {i for i in range(at - NEAR, at + NEAR + 1) if 0 <= i < size}
    for step in graph.up(at):
        found.add(step)
        for child in graph.children[step]:
            found |= {child, *graph.children[child]}
            for grandchild in graph.children[child]:
                found |= set(graph.children[grandchild])
    found |= {i for i in range(size) if graph.parent[i] < 0 and graph.rel[i] != "pnct"}
    found |= set(_climb(graph.lifted, at)[:4])
    return [-1, *sorted(found - {at})]


def path(graph: Graph, low: int, high: int) -> tuple[str, str]:
    """The way from one word to another in DDT's tree: with relations, and directions only."""
    if high < 0:
        return "root", "root"
    ups, downs = list(graph.up(low)), list(graph.up(high))
    meet = next((i for i in ups if i in downs), None)
    if meet is None:
        return f"apart {len(ups)} {graph.rel[ups[-1]]} {len(downs)}", "apart"
    rise, fall = ups[: ups.index(meet)], downs[: downs.index(meet)]
    steps = [f"<{graph.rel[i]}" for i in rise] + [f">{graph.rel[i]}" for i in reversed(fall)]
    return " ".join(steps), "<" * len(rise) + ">" * len(fall)


def _climb(parent: Sequence[int], at: int) -> list[int]:
    chain: list[int] = []
    while at >= 0 and at not in chain:
        chain.append(at)
        at = parent[at]
    return chain


def lifted_path(graph: Graph, low: int, high: int) -> str:
    """Where a candidate stands in the tree made by rule, seen from the word."""
    ups = _climb(graph.lifted, low)
    if high < 0:
        return f"root{min(len(ups), 3)}"
    downs = _climb(graph.lifted, high)
    if high in ups:
        return "<" * ups.index(high)
    meet = next((i for i in ups if i in downs), None)
    if meet is None:
        return f"{min(len(ups), 3)}apart{min(len(downs), 3)}"
    return "<" * ups.index(meet) + ">" * downs.index(meet)


def keys(graph: Graph, low: int, high: int) -> list[str]:
    """The kinds a pair belongs to, from the finest to the coarsest."""
    way, turns = path(graph, low, high)
    pos, above = graph.pos[low], graph.pos[high] if high >= 0 else "ROOT"
    word = graph.forms[low].lower() if pos in FUNCTION else pos
    over = graph.forms[high].lower() if above in FUNCTION else above
    under = _below(graph, low)
    side = "L" if high < low else "R"
    near = min(abs(low - high), 4)
    lift = lifted_path(graph, low, high)
    rel = graph.rel[low]
    return [
        f"{lift}|{word}|{over}|{rel}",
        f"{lift}|{pos}|{above}|{rel}|{side}",
        f"{lift}|{pos}|{rel}",
        f"{lift}|{pos}|{above}|{side}{near}",
        f"{lift}|{turns}|{rel}",
        f"{way}|{word}|{over}|{_below(graph, high)}",
        f"{way}|{pos}|{above}|{under}|{_below(graph, high)}",
        f"{way}|{pos}|{above}|{side}",
        f"{turns}|{graph.rel[low]}|{pos}|{above}|{graph.rel[high] if high >= 0 else ''}",
        f"{pos}|{above}|{side}{near}|{graph.rel[low]}",
        f"{way}",
        f"{word}|{over}|{turns}",
        f"{lift}|{rel}|{graph.rel[high] if high >= 0 else ''}",
        f"{lift}",
        f"{pos}|{above}|{side}",
        f"{lift}|{under}|{_below(graph, high)}|{pos}",
        f"{graph.msd[low]}|{graph.msd[high] if high >= 0 else ''}|{lift}",
        f"{word}|{over}|{side}{near}",
        f"{pos}|{above}|{_span(graph, low, high)}|{side}",
        f"{way}|{pos}|{_span(graph, low, high)}",
    ]


def _span(graph: Graph, low: int, high: int) -> str:
    if high < 0:
        return ""
    between = graph.pos[min(low, high) + 1 : max(low, high)]
    return "".join(k[0] for k in ("PUNCT", "VERB", "NOUN", "CCONJ") if k in between)


def _below(graph: Graph, at: int) -> str:
    if at < 0:
        return ""
    telling = {"vobj", "nobj", "pred", "conj", "subj", "possd", "dobj", "coord", "namef"}
    return ",".join(sorted({graph.rel[c] for c in graph.children[at]} & telling))


class TreeMap:
    """Learns on dev how UD hangs what DDT hangs otherwise, and converts trees."""

    def __init__(self, seed: int = 0) -> None:
        self.ranker = Ranker(seed)
        self.hasher = FeatureHasher(2**16, input_type="string")
        self.labels = LogisticRegression(C=10.0, max_iter=150)

    def fit(self, graphs: Sequence[Graph], gold: Sequence[Sequence[Word]]) -> None:
        """Learn from graphs and UD's own words for the same sentences."""
        groups, right = [], []
        for graph, words in zip(graphs, gold, strict=True):
            for low, word in enumerate(words):
                options = candidates(graph, low)
                if word.head is not None and word.head - 1 in options:
                    groups.append([keys(graph, low, high) for high in options])
                    right.append(options.index(word.head - 1))
        self.ranker.fit(groups, right)
        self._fit_labels(graphs, gold)

    def _fit_labels(self, graphs: Sequence[Graph], gold: Sequence[Sequence[Word]]) -> None:
        rows, truth = [], []
        for graph, words in zip(graphs, gold, strict=True):
            heads = [(w.head or 0) - 1 for w in words]
            rows += [label_keys(graph, i, heads) for i in range(len(words))]
            truth += [w.deprel for w in words]
        self.labels.fit(self.hasher.transform(rows), truth)

    def __call__(self, graph: Graph) -> list[tuple[int, str]]:
        """Head (1-based, 0 is the root) and relation of each word; always one tree, one root."""
        size = len(graph.forms)
        scores = np.full((size, size + 1), -30.0)
        for low in range(size):
            options = candidates(graph, low)
            chance = self.ranker([keys(graph, low, high) for high in options])
            scores[low, np.array(options) + 1] = chance
        heads = best_tree(scores)
        rows = [label_keys(graph, i, [h - 1 for h in heads]) for i in range(size)]
        labels = self.labels.predict(self.hasher.transform(rows))
        return [(h, "root" if h == 0 else _no_root(str(n))) for h, n in zip(heads, labels, strict=True)]


def _no_root(label: str) -> str:
    return "dep" if label == "root" else label


def label_keys(graph: Graph, at: int, heads: Sequence[int]) -> list[str]:
    """What the name of an edge may depend on; `heads` counts from 0, -1 is the root."""
    head = heads[at]
    way, turns = path(graph, at, head)
    pos, above = graph.pos[at], graph.pos[head] if head >= 0 else "ROOT"
    word = graph.forms[at].lower() if pos in FUNCTION else graph.msd[at]
    over = graph.forms[head].lower() if head >= 0 else ""
    side, rel = "L" if head < at else "R", graph.rel[at]
    mates = ",".join(sorted({graph.pos[i] for i, h in enumerate(heads) if h == at} & FUNCTION))
    case = ",".join(graph.forms[i].lower() for i, h in enumerate(heads) if h == at and graph.pos[i] == "ADP")
    return [
        f"a{way}|{word}|{above}|{_below(graph, at)}", f"b{way}|{pos}|{above}|{side}",
        f"c{rel}|{word}|{above}|{side}", f"d{rel}|{turns}|{pos}|{above}",
        f"e{word}|{above}|{side}", f"f{rel}|{pos}|{_below(graph, head)}",
        f"g{rel}|{pos}|{mates}|{above}", f"h{graph.forms[at].lower()}|{rel}", f"i{word}|{over}",
        f"j{pos}|{case}|{above}", f"k{rel}|{word}", f"l{pos}|{above}|{side}", f"m{graph.msd[at]}|{rel}|{above}",
        f"n{mates}|{pos}|{above}|{side}|{rel}",
    ]  # fmt: skip
