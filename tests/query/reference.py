"""A slow and obvious matcher, to hold the compiler against: it tries every pattern at every token."""

import operator
import re
import unicodedata
from datetime import date

from klumme.query.cql import tree

ORDERS = {"=": operator.eq, "!=": operator.ne}
ORDERS |= {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
FOLDED = ("form", "lemma", "parts")
FIELDS = {"parti": "party", "kommune": "municipality", "forfatter": "author", "kilde": "source"}


class Reference:
    """`passages` has the tokens of each passage, `meta` the fields of its article, `themes` its probabilities."""

    def __init__(self, passages, meta, themes):
        self.passages, self.meta, self.themes = passages, meta, themes

    def find(self, pattern):
        """Return all matches as (passage, first token, token behind the last)."""
        return {
            (name, b, e)
            for name, tokens in self.passages.items()
            for b, e in self._matches(pattern, name, tokens)
            if all(self._inside(scope, b, e, name, tokens) for scope in pattern.scopes)
        }

    def _matches(self, pattern, name, tokens):
        for b in range(len(tokens)):
            for e, labels in self._ends(pattern.body, tokens, b):
                if e > b and (pattern.constraint is None or self._fact(pattern.constraint, name, tokens, dict(labels))):
                    yield b, e

    def _ends(self, node, tokens, b):
        match node:
            case tree.Token():
                if b < len(tokens) and (node.condition is None or self._holds(node.condition, tokens[b])):
                    yield b + 1, ((node.label, b),) if node.label else ()
            case tree.Sequence():
                yield from self._chain(node.items, tokens, b)
            case tree.Choice():
                for option in node.options:
                    yield from self._ends(option, tokens, b)
            case tree.Repeat():
                yield from self._repeated(node, tokens, b)
            case tree.Element():
                yield from _region(node, tokens, b)

    def _repeated(self, node, tokens, b):
        reached = {(b, ())}
        for count in range(len(tokens) + 1 if node.most is None else node.most + 1):
            if count >= node.least:
                yield from reached
            reached = {(e, old + new) for at, old in reached for e, new in self._ends(node.item, tokens, at)}
            if not reached:
                return

    def _chain(self, items, tokens, b):
        reached = {(b, ())}
        for item in items:
            reached = {(e, old + new) for at, old in reached for e, new in self._ends(item, tokens, at)}
        yield from reached

    def _holds(self, condition, token):
        match condition:
            case tree.All():
                return all(self._holds(part, token) for part in condition.parts)
            case tree.Any():
                return any(self._holds(part, token) for part in condition.parts)
            case tree.Not():
                return not self._holds(condition.part, token)
        value = token[condition.attribute]
        if condition.attribute == "morph":
            value = value.split("|")
        return any(_alike(v, condition) for v in (value if isinstance(value, list) else [value])) == condition.equal

    def _fact(self, condition, name, tokens, labels):
        match condition:
            case tree.All():
                return all(self._fact(part, name, tokens, labels) for part in condition.parts)
            case tree.Any():
                return any(self._fact(part, name, tokens, labels) for part in condition.parts)
            case tree.Not():
                return not self._fact(condition.part, name, tokens, labels)
        if condition.left.kind == "label":
            left, right = (self._side(side, tokens, labels) for side in (condition.left, condition.right))
        else:
            left, right = self._field(condition.left.value, condition.right.value, name)
        return left is not None and right is not None and ORDERS[condition.order](left, right)

    def _side(self, side, tokens, labels):
        if side.kind != "label":
            return side.value.lower()
        return tokens[labels[side.label]][side.value].lower() if side.label in labels else None

    def _field(self, field, value, name):
        """Return both sides of a comparison of a field: what the article has, and what is asked for."""
        meta = self.meta[name]
        match field:
            case "år" | "aar":
                return meta["published"].year, int(value)
            case "dato":
                return meta["published"].date(), date.fromisoformat(value)
            case "tema":
                return self.themes[name].get(value, 0) >= 0.5, True
        return meta[FIELDS[field]], value

    def _inside(self, scope, b, e, name, tokens):
        return self._holds_scope(scope, b, e, name, tokens) != scope.negated

    def _holds_scope(self, scope, b, e, name, tokens):
        match scope.what:
            case tree.Element(name="s"):
                return tokens[b]["sentence"] == tokens[e - 1]["sentence"]
            case tree.Element(name="tema"):
                return self._carries(scope.what, self.themes[name])
            case tree.Element():
                return True
        spans = [(x, y) for x in range(len(tokens)) for y, _ in self._ends(scope.what, tokens, x) if y > x]
        if scope.how == "containing":
            return any(b <= x and y <= e for x, y in spans)
        return any(x <= b and e <= y for x, y in spans)

    def _carries(self, element, scores):
        order, bound = (">=", 0.5) if element.p is None else (element.order, element.p)
        wanted = scores if not element.theme else {element.theme} & set(scores)
        return any(ORDERS[order](scores[theme], bound) for theme in wanted)


def _region(element, tokens, b):
    """Yield the end of the sentence or passage that begins at a token."""
    if element.name == "passage" and b == 0:
        yield len(tokens), ()
    number = tokens[b]["sentence"]
    if element.name == "s" and (b == 0 or tokens[b - 1]["sentence"] != number):
        yield b + sum(token["sentence"] == number for token in tokens), ()


def _alike(value, test):
    """Whether one value of a token is what a test asks for."""
    fold = "s" not in test.flags and (test.attribute in FOLDED or "c" in test.flags)
    wanted = test.value
    if "d" in test.flags:
        value, wanted = _bare(value), _bare(wanted)
    if "l" in test.flags:
        return value.lower() == wanted.lower() if fold else value == wanted
    return re.fullmatch(wanted, value, re.IGNORECASE if fold else 0) is not None


def _bare(text):
    """Take the accents off all letters but æ, ø and å."""
    letters = (c if c in "åÅ" else unicodedata.normalize("NFD", c) for c in text)
    return "".join(c for letter in letters for c in letter if not unicodedata.combining(c))
