"""Answer a query of the people's language with the passages that hold it, ranked by BM25 over lemmas.

Score: Robertson & Zaragoza (2009), The Probabilistic Relevance Framework: BM25 and Beyond, eq. 3.15, with the inverse
document frequency ln(1 + (N - n + 0.5) / (n + 0.5)) that is never negative. The forms that one term covers count as one
word. Words are counted in the arrays of the corpus, fields and phrases are asked of DuckDB.
"""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from klumme.query.arrays import UNDATED, Numbers
from klumme.query.binding import Binding
from klumme.query.language import Query, Term, parse_query
from klumme.query.lexicon import Lexicon
from klumme.query.parts import keep
from klumme.query.scope import Scope
from klumme.query.store import Store

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

K1, B = 1.2, 0.75

_WORDS = ("word", "prefix", "phrase")


@dataclass(frozen=True, slots=True)
class Found:
    """The numbers of the passages that a query finds, ascending, and their scores, NaN for those that have none."""

    passages: Numbers
    scores: NDArray[np.float64]

    def store(self, cursor: "DuckDBPyConnection", name: str) -> None:
        """Make a temporary table (passage, score) of it."""
        keep(cursor, name, {"passage": self.passages.astype(np.int32), "score": self.scores})


@dataclass(frozen=True, slots=True)
class _Matcher:
    """What a term looks for: lemmas, or a phrase in passages that have all these words, each with its lemmas."""

    lemmas: tuple[str, ...] = ()
    phrase: str = ""
    words: tuple[tuple[str, ...], ...] = ()
    unknown: str = ""


def plan_query(store: Store, text: str, compounds: bool = False) -> "Plan":
    """Parse a query and look up its words; raises QueryError for what cannot be understood."""
    return Plan(store, parse_query(text), compounds)


class Plan:
    """One query, its words looked up.

    `lemmas` and `phrases` are what to mark in a hit; `notes` name the words that the corpus does not have.
    """

    def __init__(self, store: Store, query: Query, compounds: bool) -> None:
        self.text, self.arrays = query.text, store.arrays
        self._store, self._query, self._lexicon = store, query, Lexicon(store)
        self._scope, self._compounds = Scope(store, query.text, query.p), compounds
        self._matchers: dict[Term, _Matcher] = {
            term: self._matcher(term) for clause in query.clauses for term in clause if term.kind in _WORDS
        }

    @cached_property
    def found(self) -> Found:
        """What the query finds."""
        held = self.part.copy()
        for clause in self._query.clauses:
            if not self._names_fields(clause):
                held &= self._hold(clause)
        passages = held.nonzero()[0]
        return Found(passages, self._scores(passages))

    @cached_property
    def part(self) -> NDArray[np.bool_]:
        """Whether each passage is left by those clauses that name fields alone; one with a word too takes none away."""
        left = self.arrays.in_force.copy()
        for clause in self._query.clauses:
            if self._names_fields(clause):
                left &= self._hold(clause)
        if self._query.p is not None and not any(t.kind == "tema" for c in self._query.clauses for t in c):
            bind = Binding()
            left &= self._passages(self._scope.theme([], bind, self._query.p), bind)
        return left

    def _names_fields(self, clause: tuple[Term, ...]) -> bool:
        return not any(term in self._matchers for term in clause)

    def _hold(self, clause: tuple[Term, ...]) -> NDArray[np.bool_]:
        return np.asarray(np.logical_or.reduce([self._holds(term) for term in clause]))

    @cached_property
    def _counts(self) -> dict[Term, Numbers]:
        """How often each term occurs in each passage."""
        return {
            term: self._count_phrase(m) if m.phrase else self.arrays.count(m.lemmas)
            for term, m in self._matchers.items()
        }

    def _count_phrase(self, matcher: _Matcher) -> Numbers:
        """Count a phrase in the text of those passages that have all its words."""
        among = np.logical_and.reduce([self.arrays.in_force, *(self.arrays.count(w) > 0 for w in matcher.words)])
        bind = Binding()
        pattern, passages = bind(phrase_pattern(matcher.phrase)), bind(among.nonzero()[0].tolist())
        rows = self._store.numbers(
            f"SELECT passage, len(regexp_extract_all(text, {pattern})) AS n FROM texts "  # noqa: S608
            f"WHERE passage IN (SELECT unnest({passages}::INTEGER[]))",
            bind.values,
        )
        return np.bincount(rows["passage"], rows["n"], len(self.arrays)).astype(np.int64)

    def _holds(self, term: Term) -> NDArray[np.bool_]:
        """Tell for each passage whether a term holds."""
        if term in self._matchers:
            held = self._counts[term] > 0
        else:
            bind = Binding()
            held = self._passages(self._scope.condition(term, bind), bind)
        return np.asarray(~held if term.negated else held)

    def _passages(self, condition: str, bind: Binding) -> NDArray[np.bool_]:
        held = np.zeros(len(self.arrays), np.bool_)
        held[self._store.numbers(f"SELECT passage FROM meta AS m WHERE {condition}", bind.values)["passage"]] = True  # noqa: S608
        return held

    def _scores(self, passages: Numbers) -> NDArray[np.float64]:
        counted = [self._counts[term] for term in self._matchers if not term.negated]
        if not counted:
            return self._scores_without_words(passages)
        length = self.arrays.tokens[passages] / self.arrays.mean
        return np.asarray(np.sum([self._bm25(tf, passages, length) for tf in counted], axis=0))

    def _bm25(self, counts: Numbers, passages: Numbers, length: NDArray[np.float64]) -> NDArray[np.float64]:
        df, tf = np.count_nonzero((counts > 0) & self.arrays.in_force), counts[passages]
        idf = np.log(1 + (self.arrays.in_force.sum() - df + 0.5) / (df + 0.5))
        return np.asarray(idf * tf * (K1 + 1) / (tf + K1 * (1 - B + B * length)))

    def _scores_without_words(self, passages: Numbers) -> NDArray[np.float64]:
        asked = [self._scope.theme_ids(t) for c in self._query.clauses for t in c if t.kind == "tema" and not t.negated]
        if not asked:
            day = self.arrays.published[self.arrays.piece[passages]]
            return np.where(day == UNDATED, np.nan, day / 1e18)
        chosen = [self.arrays.themes.index(theme) for ids in asked for theme in ids if theme in self.arrays.themes]
        none = np.full(len(passages), np.nan)
        return np.asarray(np.fmax.reduce([none, *(self.arrays.p[n][passages] for n in chosen)]))

    @property
    def clauses(self) -> list[str]:
        """Each clause as it was written."""
        starts = [min(term.at for term in clause) for clause in self._query.clauses]
        ends = [*starts[1:], len(self.text)]
        return [self.text[start:end].strip() for start, end in zip(starts, ends, strict=True)]

    @property
    def lemmas(self) -> list[str]:
        """The lemmas that were asked for."""
        return [lemma for term, m in self._matchers.items() if not term.negated for lemma in m.lemmas]

    @property
    def wordless(self) -> bool:
        """Whether the query names fields alone."""
        return not self._matchers

    @property
    def phrases(self) -> list[str]:
        """The phrases that were asked for."""
        return [m.phrase for term, m in self._matchers.items() if m.phrase and not term.negated]

    @property
    def notes(self) -> tuple[str, ...]:
        """A sentence for each word that the corpus does not have."""
        return tuple(m.unknown for m in self._matchers.values() if m.unknown)

    def _matcher(self, term: Term) -> _Matcher:
        if term.kind == "phrase":
            return self._phrase(term.values[0])
        look_up = self._lexicon.beginning if term.kind == "prefix" else self._lexicon.lemmas
        lemmas = (self._lexicon.compounds if self._compounds and term.kind == "word" else look_up)(term.values[0])
        return _Matcher(tuple(lemmas), unknown="" if lemmas else self._unknown(term.values[0]))

    def _phrase(self, phrase: str) -> _Matcher:
        words = (tuple(self._lexicon.lemmas(word)) for word in re.findall(r"\w+", phrase))
        return _Matcher(phrase=phrase, words=tuple(lemmas for lemmas in words if lemmas))

    def _unknown(self, word: str) -> str:
        near = self._lexicon.nearest(word)
        return f"The corpus has no word '{word}'." + (f" Did you mean '{near}'?" if near else "")


def phrase_pattern(phrase: str) -> str:
    """Return a regular expression (RE2) for a phrase as whole words, in any case and with any white space."""
    words = r"\s+".join(re.escape(word) for word in phrase.split())
    return rf"(?i)(?:^|[^\pL\pN])({words})(?:$|[^\pL\pN])"
