"""Relations of spans and how they are joined, as the common table expressions of one SQL statement.

A relation has the columns (passage, b, e, s): token b up to but not including e of a passage, and s the sentence it
lies in, -1 when it crosses into another, NULL when a wildcard at its edge leaves that open; and one column for each
attribute of a label that a constraint speaks of.
"""

from dataclasses import dataclass, replace

_SENTENCE = "CASE WHEN {a}.s = {b}.s THEN {a}.s WHEN {a}.s <> {b}.s THEN -1 END"


@dataclass(frozen=True, slots=True)
class Spans:
    """The name of a relation; whether the part may also be empty; whether a wildcard stands at an edge."""

    name: str
    labels: frozenset[str] = frozenset()
    nullable: bool = False
    open_edge: bool = False


@dataclass(frozen=True, slots=True)
class Gap:
    """Any tokens, so many; `most` is None for no bound."""

    least: int = 0
    most: int | None = 0

    def __add__(self, other: "Gap") -> "Gap":
        """Return the gap of one after the other."""
        most = None if self.most is None or other.most is None else self.most + other.most
        return Gap(self.least + other.least, most)

    def holds(self, distance: str) -> str:
        """Return the condition that a distance is that of the gap."""
        if self.most == self.least:
            return f"{distance} = {self.least}"
        return f"{distance} >= {self.least}" + ("" if self.most is None else f" AND {distance} <= {self.most}")


class Relations:
    """The common table expressions so far."""

    def __init__(self) -> None:
        self._tables: list[str] = []

    @property
    def sql(self) -> str:
        """The WITH clause."""
        return f"WITH RECURSIVE {', '.join(self._tables)}"

    def add(self, sql: str) -> str:
        """Add a relation and return its name."""
        name = self._next()
        self._tables.append(f"{name} AS ({sql})")
        return name

    def _next(self) -> str:
        return f"t{len(self._tables)}"

    def pair(self, left: Spans, gap: Gap, right: Spans, same_sentence: bool) -> Spans:
        """Join two parts of which the second begins where the first ends, after a gap."""
        same = " AND l.s = r.s" if same_sentence and not (left.open_edge or right.open_edge) else ""
        columns = _columns(left.labels | right.labels)
        name = self.add(
            f"SELECT DISTINCT l.passage, l.b, r.e, {_SENTENCE.format(a='l', b='r')} AS s{columns} "  # noqa: S608
            f"FROM {left.name} AS l JOIN {right.name} AS r ON l.passage = r.passage AND {gap.holds('r.b - l.e')}{same}"
        )
        return Spans(name, left.labels | right.labels, open_edge=left.open_edge or right.open_edge)

    def widen(self, spans: Spans, gap: Gap, left: bool) -> Spans:
        """Let a part take in the tokens of a wildcard before or after it, within its passage."""
        if gap == Gap():
            return spans
        room = "x.b" if left else "p.tokens - x.e"
        most = room if gap.most is None else f"least({gap.most}, {room})"
        ends = "x.b - k.n AS b, x.e" if left else "x.b, x.e + k.n AS e"
        name = self.add(
            f"SELECT DISTINCT x.passage, {ends}, CASE WHEN k.n = 0 THEN x.s END AS s{_columns(spans.labels)} "  # noqa: S608
            f"FROM {spans.name} AS x JOIN passage_index AS p USING (passage), "
            f"LATERAL (SELECT CAST(unnest(range({gap.least}, {most} + 1)) AS INTEGER) AS n) AS k"
        )
        return replace(spans, name=name, open_edge=True)

    def union(self, options: list[Spans]) -> Spans:
        """Unite relations; labels that one of them lacks are NULL there."""
        if len(options) == 1:
            return options[0]
        labels = frozenset[str]().union(*(option.labels for option in options))
        name = self.add(" UNION ".join(_select(option, sorted(labels)) for option in options))
        nullable, open_edge = any(o.nullable for o in options), any(o.open_edge for o in options)
        return Spans(name, labels, nullable, open_edge)

    def chain(self, name: str, least: int, most: int | None) -> str:
        """Chain a part with itself; the count stops growing where more makes no difference, so that the chain ends."""
        count, go_on = (f"least(r.n + 1, {least})", "") if most is None else ("r.n + 1", f" AND r.n < {most}")
        chain = self.add(
            f"SELECT passage, b, e, s, 1 AS n FROM {name} UNION "  # noqa: S608
            f"SELECT r.passage, r.b, x.e, {_SENTENCE.format(a='r', b='x')}, {count} "
            f"FROM {self._next()} AS r JOIN {name} AS x ON x.passage = r.passage AND x.b = r.e{go_on}"
        )
        return self.add(f"SELECT DISTINCT passage, b, e, s FROM {chain} WHERE n >= {least}")  # noqa: S608

    def keep(self, spans: Spans, condition: str, negated: bool) -> Spans:
        """Keep the spans x for which a condition holds, or does not."""
        sql = f"SELECT * FROM {spans.name} AS x WHERE {'NOT ' if negated else ''}({condition})"  # noqa: S608
        return replace(spans, name=self.add(sql))

    def within_sentence(self, spans: Spans) -> str:
        """Return the condition that a span x lies within one sentence."""
        if not spans.open_edge:
            return "s >= 0"
        return (
            f"CASE WHEN s IS NOT NULL THEN s >= 0 ELSE EXISTS (SELECT 1 FROM {self.sentences(spans)} AS y "  # noqa: S608
            "WHERE y.passage = x.passage AND y.b <= x.b AND y.e >= x.e) END"
        )

    def sentences(self, among: Spans) -> str:
        """Return the sentences of the passages in which a relation has spans."""
        return self.add(
            "SELECT passage, min(i) AS b, max(i) + 1 AS e, sentence AS s FROM lemma_index "  # noqa: S608
            f"WHERE passage IN (SELECT passage FROM {among.name}) GROUP BY passage, sentence"
        )

    def passages(self, among: Spans) -> str:
        """Return the whole passages in which a relation has spans."""
        return self.add(
            "SELECT passage, CAST(0 AS INTEGER) AS b, tokens AS e, CAST(NULL AS INTEGER) AS s FROM passage_index "  # noqa: S608
            f"WHERE passage IN (SELECT passage FROM {among.name})"
        )


def _columns(labels: frozenset[str]) -> str:
    return "".join(f", {label}" for label in sorted(labels))


def _select(spans: Spans, labels: list[str]) -> str:
    columns = "".join(f", {label if label in spans.labels else f'NULL AS {label}'}" for label in labels)
    return f"SELECT passage, b, e, s{columns} FROM {spans.name}"  # noqa: S608
