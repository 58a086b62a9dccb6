"""Compile a pattern to one SQL statement over the inverted file.

Each part of a pattern becomes a relation of spans: (passage, b, e, s), token b up to but not including e, and s the
sentence it lies in, -1 when it crosses into another, NULL when a wildcard at its edge leaves that open. Sequences are
joins, choices unions, repetitions recursive unions. All spans are found, not only the longest or first.
"""

from dataclasses import dataclass
from itertools import product

from klumme.errors import QueryError
from klumme.query.binding import Binding
from klumme.query.cql.conditions import Constraint, attributes, label_column, labels_used, lexical, token_sql
from klumme.query.cql.tree import Choice, Element, Node, Pattern, Repeat, Scope, Sequence, Token
from klumme.query.store import Store

# With more lemmas than this in a condition, a scan is quicker than looking each up.
LEMMAS = 500

# So many parts of a sequence may be optional: each doubles the number of joins.
OPTIONAL = 6

_WIDE = 'Name at least one word or attribute, as in [lemma="ansvar"].'


@dataclass(frozen=True)
class _Spans:
    """The name of a relation; whether the part may also be empty; whether a wildcard stands at an edge."""

    name: str
    labels: frozenset[str] = frozenset()
    nullable: bool = False
    open_edge: bool = False


@dataclass(frozen=True)
class _Gap:
    """Any tokens, so many; `most` is None for no bound."""

    least: int
    most: int | None


class Compiler:
    """Builds the common table expressions of one pattern; `sql` yields (passage, b, e) of each match once."""

    def __init__(self, store: Store, pattern: Pattern) -> None:
        self._store, self._pattern, self._text = store, pattern, pattern.text
        self.bind = Binding()
        self._tables: list[str] = []
        self._constraint = Constraint(store, pattern.text)
        self._used = labels_used(pattern.constraint)
        self._in_sentence = any(_is_sentence(scope) for scope in pattern.scopes)
        self._near = ""

    @property
    def sql(self) -> str:
        """The statement; ask for it once. Raises QueryError for what cannot be answered."""
        body = self._pattern.body
        if not isinstance(body, Element):
            self._near = self._near_words(body)
        spans = self._element(body) if isinstance(body, Element) else self._spans(body)
        self._must_know_labels(spans)
        self._in_sentence = False  # it holds for the match, not for what lies around it
        self._near = ""
        for scope in self._pattern.scopes:
            spans = self._scope(spans, scope)
        where = self._where()
        return (
            f"WITH RECURSIVE {', '.join(self._tables)} "  # noqa: S608
            f"SELECT DISTINCT x.passage, x.b, x.e FROM {spans.name} AS x JOIN meta AS m USING (passage){where}"
        )

    def _where(self) -> str:
        themes = [s for s in self._pattern.scopes if isinstance(s.what, Element) and s.what.name == "tema"]
        conditions = [
            ("NOT " if scope.negated else "") + self._constraint.element(scope.what, self.bind)
            for scope in themes
            if isinstance(scope.what, Element)
        ]
        if self._pattern.constraint is not None:
            conditions.append(self._constraint.sql(self._pattern.constraint, self.bind))
        return f" WHERE {' AND '.join(conditions)}" if conditions else ""

    def _must_know_labels(self, spans: _Spans) -> None:
        for side in self._used:
            if label_column(side) not in spans.labels:
                raise self._fail(f"The label '{side.label}' names no token that must occur.", "Write it before one.", 0)

    def _add(self, sql: str, kind: str = "t") -> str:
        name = f"{kind}{len(self._tables)}"
        self._tables.append(f"{name} AS ({sql})")
        return name

    def _spans(self, node: Node) -> _Spans:
        match node:
            case Token():
                return self._token(node)
            case Sequence():
                return self._sequence(node.items)
            case Choice():
                return self._union([self._spans(option) for option in node.options])
            case Repeat():
                return self._repeat(node)

    def _token(self, token: Token) -> _Spans:
        if token.condition is None and not token.label:
            raise self._fail("The pattern would match every token.", _WIDE, token.at)
        used = sorted((side for side in self._used if side.label == token.label), key=label_column)
        columns = "".join(f", {side.value} AS {label_column(side)}" for side in used if token.label)
        where = self._token_where(token)
        name = self._add(f"SELECT passage, i AS b, i + 1 AS e, sentence AS s{columns} FROM lemma_index{where}")  # noqa: S608
        return _Spans(name, frozenset(label_column(side) for side in used if token.label))

    def _token_where(self, token: Token) -> str:
        """Return the conditions on a token; one that names no word is only looked for near those that do."""
        lemmas = self._lemmas(token)
        conditions = [] if token.condition is None else [token_sql(token.condition, self.bind, self._text)]
        if lemmas is not None:
            conditions.insert(0, f"lemma IN {self.bind.choice(lemmas)}")
        elif self._near:
            conditions.append(f"passage IN (SELECT passage FROM {self._near})")  # noqa: S608
        return f" WHERE {' AND '.join(conditions)}" if conditions else ""

    def _lemmas(self, token: Token) -> list[str] | None:
        """Return the lemmas to which a condition limits a token, None when it does not or there are too many."""
        weaker = lexical(token.condition) if token.condition else None
        if weaker is None or not attributes(weaker) - {"pos"}:
            return None
        look_up, table = Binding(), "words" if "form" in attributes(weaker) else "lemmas"
        where = token_sql(weaker, look_up, self._text, keyed=True)
        sql = f"SELECT DISTINCT lemma FROM {table} WHERE {where} LIMIT {LEMMAS + 1}"  # noqa: S608
        lemmas = [str(row["lemma"]) for row in self._store.read(sql, look_up.values)]
        return lemmas if len(lemmas) <= LEMMAS else None

    def _near_words(self, body: Node) -> str:
        """Return a relation of the passages that have all words a match must have, empty when it names none."""
        chosen = [lemmas for token in _obligatory(body) if (lemmas := self._lemmas(token)) is not None]
        if not chosen:
            return ""
        selects = (f"SELECT passage FROM lemma_index WHERE lemma IN {self.bind.choice(lemmas)}" for lemmas in chosen)  # noqa: S608
        return self._add(" INTERSECT ".join(selects))

    def _sequence(self, items: tuple[Node, ...]) -> _Spans:
        """Join the parts; where some may be empty, unite the joins with and without them."""
        parts = [_gap(item) or self._spans(item) for item in items]
        choices = [(True, False) if _nullable(part) else (True,) for part in parts]
        if sum(len(choice) - 1 for choice in choices) > OPTIONAL:
            raise self._fail(
                f"More than {OPTIONAL} parts in a row may be left out.", "Make some obligatory.", _at(items[0])
            )
        ways = [[part for part, taken in zip(parts, way, strict=True) if taken] for way in product(*choices)]
        joined = [self._join(way, _at(items[0])) for way in ways if way]
        united = self._union(joined)
        return _Spans(united.name, united.labels, any(not way for way in ways), united.open_edge)

    def _join(self, parts: "list[_Spans | _Gap]", at: int) -> _Spans:
        if all(isinstance(part, _Gap) for part in parts):
            raise self._fail("The pattern would match any tokens.", _WIDE, at)
        joined: _Spans | None = None
        gap = _Gap(0, 0)
        for part in parts:
            if isinstance(part, _Gap):
                gap = _sum(gap, part)
            elif joined is None:
                joined, gap = self._widen(part, gap, left=True), _Gap(0, 0)
            else:
                joined, gap = self._pair(joined, gap, part), _Gap(0, 0)
        assert joined is not None  # noqa: S101
        return self._widen(joined, gap, left=False)

    def _pair(self, left: _Spans, gap: _Gap, right: _Spans) -> _Spans:
        """Join two parts of which the second begins where the first ends, after a gap."""
        if left.labels & right.labels:
            raise self._fail("A label stands before two tokens.", "Give each its own.", 0)
        columns = "".join(f", {column}" for column in sorted(left.labels | right.labels))
        near = _distance("r.b - l.e", gap)
        same = " AND l.s = r.s" if self._in_sentence and not (left.open_edge or right.open_edge) else ""
        name = self._add(
            f"SELECT DISTINCT l.passage, l.b, r.e, CASE WHEN l.s = r.s THEN l.s WHEN l.s <> r.s THEN -1 END AS s{columns} "  # noqa: S608
            f"FROM {left.name} AS l JOIN {right.name} AS r ON l.passage = r.passage AND {near}{same}"
        )
        return _Spans(name, left.labels | right.labels, open_edge=left.open_edge or right.open_edge)

    def _widen(self, spans: _Spans, gap: _Gap, left: bool) -> _Spans:
        """Let a part take in the tokens of a wildcard before or after it, within its passage."""
        if gap == _Gap(0, 0):
            return spans
        columns = "".join(f", {column}" for column in sorted(spans.labels))
        room = "x.b" if left else "p.tokens - x.e"
        most = room if gap.most is None else f"least({gap.most}, {room})"
        ends = "x.b - k.n AS b, x.e" if left else "x.b, x.e + k.n AS e"
        name = self._add(
            f"SELECT DISTINCT x.passage, {ends}, CASE WHEN k.n = 0 THEN x.s END AS s{columns} "  # noqa: S608
            f"FROM {spans.name} AS x JOIN passage_index AS p USING (passage), "
            f"LATERAL (SELECT CAST(unnest(range({gap.least}, {most} + 1)) AS INTEGER) AS n) AS k"
        )
        return _Spans(name, spans.labels, spans.nullable, open_edge=True)

    def _union(self, options: list[_Spans]) -> _Spans:
        if len(options) == 1:
            return options[0]
        labels = sorted(frozenset().union(*(option.labels for option in options)))
        name = self._add(" UNION ".join(_select(option, labels) for option in options))
        nullable, open_edge = any(o.nullable for o in options), any(o.open_edge for o in options)
        return _Spans(name, frozenset(labels), nullable, open_edge)

    def _repeat(self, repeat: Repeat) -> _Spans:
        item = repeat.item
        if isinstance(item, Token) and item.condition is None:
            raise self._fail("The pattern would match any tokens.", _WIDE, item.at)
        spans = self._spans(item)
        if spans.labels:
            raise self._fail("A label stands inside a repetition.", "Take it out of there.", repeat.at)
        nullable = repeat.least == 0 or spans.nullable
        if repeat.most == 1:
            return _Spans(spans.name, spans.labels, nullable, spans.open_edge)
        least = 1 if spans.nullable else max(repeat.least, 1)
        return _Spans(self._repeated(spans.name, least, repeat.most), frozenset(), nullable, spans.open_edge)

    def _repeated(self, name: str, least: int, most: int | None) -> str:
        """Chain a part with itself; the count stops growing where more of it makes no difference, so that it ends."""
        count, go_on = (f"least(r.n + 1, {least})", "") if most is None else ("r.n + 1", f" AND r.n < {most}")
        chain = self._add(
            f"SELECT passage, b, e, s, 1 AS n FROM {name} UNION "  # noqa: S608
            f"SELECT r.passage, r.b, x.e, CASE WHEN r.s = x.s THEN r.s WHEN r.s <> x.s THEN -1 END, {count} "
            f"FROM r{len(self._tables)} AS r JOIN {name} AS x ON x.passage = r.passage AND x.b = r.e{go_on}",
            "r",
        )
        return self._add(f"SELECT DISTINCT passage, b, e, s FROM {chain} WHERE n >= {least}")  # noqa: S608

    def _scope(self, spans: _Spans, scope: Scope) -> _Spans:
        if isinstance(scope.what, Element):
            return self._within_sentence(spans, scope) if scope.what.name == "s" else self._within_passage(spans, scope)
        other = self._spans(scope.what)
        inside, outside = ("y", "x") if scope.how == "containing" else ("x", "y")
        name = self._add(
            f"SELECT * FROM {spans.name} AS x WHERE {'NOT ' if scope.negated else ''}EXISTS (SELECT 1 FROM {other.name} AS y "  # noqa: S608
            f"WHERE y.passage = x.passage AND {inside}.b >= {outside}.b AND {inside}.e <= {outside}.e)"
        )
        return _Spans(name, spans.labels, spans.nullable, spans.open_edge)

    def _within_passage(self, spans: _Spans, scope: Scope) -> _Spans:
        if scope.negated and isinstance(scope.what, Element) and scope.what.name == "passage":
            raise self._fail("Every match lies within a passage.", "Leave `!within passage` out.", scope.what.at)
        return spans

    def _within_sentence(self, spans: _Spans, scope: Scope) -> _Spans:
        inside = "s >= 0"
        if spans.open_edge:
            bounds = self._sentences(spans)
            inside = (
                f"CASE WHEN s IS NOT NULL THEN s >= 0 ELSE EXISTS (SELECT 1 FROM {bounds} AS y WHERE "  # noqa: S608
                "y.passage = x.passage AND y.b <= x.b AND y.e >= x.e) END"
            )
        name = self._add(f"SELECT * FROM {spans.name} AS x WHERE {'NOT ' if scope.negated else ''}({inside})")  # noqa: S608
        return _Spans(name, spans.labels, spans.nullable, spans.open_edge)

    def _sentences(self, among: _Spans) -> str:
        """Return the sentences of the passages in which a relation has spans."""
        return self._add(
            "SELECT passage, min(i) AS b, max(i) + 1 AS e, sentence AS s FROM lemma_index "  # noqa: S608
            f"WHERE passage IN (SELECT passage FROM {among.name}) GROUP BY passage, sentence"
        )

    def _element(self, element: Element) -> _Spans:
        """Return whole sentences or passages, of those passages that have what they must contain."""
        wanted = [s for s in self._pattern.scopes if s.how == "containing" and not s.negated]
        if element.name == "tema" or not wanted or isinstance(wanted[0].what, Element):
            raise self._fail("A region needs what it contains.", 'Write <s/> containing [lemma="x"].', element.at)
        among = self._spans(wanted[0].what)
        if element.name == "s":
            return _Spans(self._sentences(among))
        return _Spans(
            self._add(
                "SELECT passage, CAST(0 AS INTEGER) AS b, tokens AS e, CAST(NULL AS INTEGER) AS s FROM passage_index "  # noqa: S608
                f"WHERE passage IN (SELECT passage FROM {among.name})"
            ),
            open_edge=True,
        )

    def _fail(self, what: str, way_out: str, at: int) -> QueryError:
        return QueryError(what, way_out, self._text, at)


def _select(spans: _Spans, labels: list[str]) -> str:
    columns = "".join(f", {label if label in spans.labels else f'NULL AS {label}'}" for label in labels)
    return f"SELECT passage, b, e, s{columns} FROM {spans.name}"  # noqa: S608


def _is_sentence(scope: Scope) -> bool:
    return isinstance(scope.what, Element) and scope.what.name == "s" and not scope.negated


def _obligatory(node: Node) -> list[Token]:
    """Return the tokens that every match has."""
    match node:
        case Token():
            return [node]
        case Sequence():
            return [token for item in node.items for token in _obligatory(item)]
        case Repeat() if node.least:
            return _obligatory(node.item)
    return []


def _gap(item: Node) -> _Gap | None:
    match item:
        case Token(condition=None, label=""):
            return _Gap(1, 1)
        case Repeat(item=Token(condition=None, label="")):
            return _Gap(item.least, item.most)
    return None


def _sum(one: _Gap, other: _Gap) -> _Gap:
    most = None if one.most is None or other.most is None else one.most + other.most
    return _Gap(one.least + other.least, most)


def _distance(distance: str, gap: _Gap) -> str:
    if gap.most == gap.least:
        return f"{distance} = {gap.least}"
    return f"{distance} >= {gap.least}" if gap.most is None else f"{distance} BETWEEN {gap.least} AND {gap.most}"


def _nullable(part: "_Spans | _Gap") -> bool:
    return isinstance(part, _Spans) and part.nullable


def _at(node: Node) -> int:
    match node:
        case Token() | Repeat():
            return node.at
        case Sequence():
            return _at(node.items[0])
        case Choice():
            return _at(node.options[0])
