"""Turn a query of the people's language into one SQL statement that ranks passages by BM25 over lemmas.

Score: Robertson & Zaragoza (2009), The Probabilistic Relevance Framework: BM25 and Beyond, eq. 3.15, with the inverse
document frequency ln(1 + (N - n + 0.5) / (n + 0.5)) that is never negative. The forms that one term covers count as one
word.
"""

import re
from dataclasses import dataclass

from klumme.query.binding import Binding
from klumme.query.language import Query, Term, parse_query
from klumme.query.lexicon import Lexicon
from klumme.query.scope import Scope
from klumme.query.store import Store

K1, B = 1.2, 0.75

_WORDS = ("word", "prefix", "phrase")


@dataclass(frozen=True)
class _Matcher:
    """What a term looks for: lemmas, or a phrase with the SQL that counts it in each passage."""

    lemmas: tuple[str, ...] = ()
    phrase: str = ""
    sql: str = ""
    unknown: str = ""

    def phrase_sql(self, k: int) -> str:
        """Return the SQL that yields (passage, k, tf) where the phrase occurs."""
        return f"SELECT passage, {k} AS k, tf FROM ({self.sql}) WHERE tf > 0"  # noqa: S608


def plan_query(store: Store, text: str, compounds: bool = False) -> "Plan":
    """Parse a query and look up its words; raises QueryError for what cannot be understood."""
    return Plan(store, parse_query(text), compounds)


class Plan:
    """One query as one SQL statement.

    `sql` yields (passage, score) with the values that `bind` holds; `lemmas` and `phrases` are what to mark in a hit;
    `notes` name the words that the corpus does not have.
    """

    def __init__(self, store: Store, query: Query, compounds: bool) -> None:
        self.text = query.text
        self.bind, self._query, self._lexicon = Binding(), query, Lexicon(store)
        self._scope, self._compounds = Scope(store, query.text, query.p), compounds
        self._matchers: dict[Term, _Matcher] = {
            term: self._matcher(term) for clause in query.clauses for term in clause if term.kind in _WORDS
        }
        self._column = {term: f"t{number}" for number, term in enumerate(self._matchers)}

    @property
    def sql(self) -> str:
        """The statement; ask for it once, since it binds its values anew."""
        wanted = [" OR ".join(self._holds(term) for term in clause) for clause in self._query.clauses]
        if self._query.p is not None and not any(t.kind == "tema" for c in self._query.clauses for t in c):
            wanted.append(self._scope.theme([], self.bind, self._query.p))
        words = " LEFT JOIN tf USING (passage), df" if self._matchers else ""
        return (
            f"WITH {self._frequencies()}size AS (SELECT count(*) AS n, avg(tokens) AS mean FROM meta) "  # noqa: S608
            f"SELECT m.passage, CAST({self._score()} AS DOUBLE) AS score FROM meta AS m{words}, size "
            f"WHERE {' AND '.join(f'({clause})' for clause in wanted) or 'true'}"
        )

    def _frequencies(self) -> str:
        """Return `tf`, with a column for each term, and `df`; one scan of the inverted file serves all words."""
        if not self._matchers:
            return ""
        found = [self._counted(), *(m.phrase_sql(k) for k, m in enumerate(self._matchers.values()) if m.phrase)]
        tf = ", ".join(f"sum(tf) FILTER (k = {k}) AS {name}" for k, name in enumerate(self._column.values()))
        df = ", ".join(f"count({name}) AS {name}" for name in self._column.values())
        return (
            f"tf AS MATERIALIZED (SELECT passage, {tf} FROM ({' UNION ALL '.join(found)}) GROUP BY passage), "  # noqa: S608
            f"df AS (SELECT {df} FROM tf), "
        )

    def _counted(self) -> str:
        """Count the lemmas of all words in each passage; a lemma that serves two terms counts for both."""
        pairs = [(lemma, k) for k, m in enumerate(self._matchers.values()) for lemma in m.lemmas]
        chosen = self.bind.among("lemma", sorted({lemma for lemma, _ in pairs}))
        lemmas, terms = self.bind([lemma for lemma, _ in pairs]), self.bind([k for _, k in pairs])
        return (
            "SELECT passage, k, count(*) AS tf FROM lemma_index "  # noqa: S608
            f"JOIN (SELECT unnest({lemmas}::VARCHAR[]) AS lemma, unnest({terms}::INTEGER[]) AS k) USING (lemma) "
            f"WHERE {chosen} GROUP BY passage, k"
        )

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
    def phrases(self) -> list[str]:
        """The phrases that were asked for."""
        return [m.phrase for term, m in self._matchers.items() if m.phrase and not term.negated]

    @property
    def notes(self) -> tuple[str, ...]:
        """A sentence for each word that the corpus does not have."""
        return tuple(m.unknown for m in self._matchers.values() if m.unknown)

    def _holds(self, term: Term) -> str:
        if term in self._matchers:
            return f"tf.{self._column[term]} IS {'NULL' if term.negated else 'NOT NULL'}"
        condition = self._scope.condition(term, self.bind)
        return f"NOT coalesce({condition}, false)" if term.negated else condition

    def _score(self) -> str:
        names = [self._column[term] for term in self._matchers if not term.negated]
        if not names:
            return self._score_without_words()
        return " + ".join(
            f"coalesce(ln(1 + (size.n - df.{t} + 0.5) / (df.{t} + 0.5)) "
            f"* tf.{t} * {K1 + 1} / (tf.{t} + {K1} * (1 - {B} + {B} * m.tokens / size.mean)), 0)"
            for t in names
        )

    def _score_without_words(self) -> str:
        asked = [self._scope.theme_ids(t) for c in self._query.clauses for t in c if t.kind == "tema" and not t.negated]
        if not asked:
            return "epoch(m.published) / 1e12"
        chosen = self.bind.among("theme", [theme for ids in asked for theme in ids])
        return f"(SELECT max(p) FROM theme WHERE theme.passage = m.passage AND {chosen})"  # noqa: S608

    def _matcher(self, term: Term) -> _Matcher:
        if term.kind == "phrase":
            return self._phrase(term.values[0])
        look_up = self._lexicon.beginning if term.kind == "prefix" else self._lexicon.lemmas
        lemmas = (self._lexicon.compounds if self._compounds and term.kind == "word" else look_up)(term.values[0])
        return _Matcher(tuple(lemmas), unknown="" if lemmas else self._unknown(term.values[0]))

    def _phrase(self, phrase: str) -> _Matcher:
        """Look for the phrase in the text of those passages that have all its words."""
        words = [lemmas for word in re.findall(r"\w+", phrase) if (lemmas := self._lexicon.lemmas(word))]
        with_all = " INTERSECT ".join(
            f"SELECT passage FROM lemma_index WHERE {self.bind.among('lemma', lemmas)}"  # noqa: S608
            for lemmas in words
        )
        among = f" WHERE passage IN ({with_all})" if words else ""
        found = f"len(regexp_extract_all(text, {self.bind(phrase_pattern(phrase))}))"
        return _Matcher(phrase=phrase, sql=f"SELECT passage, {found} AS tf FROM texts{among}")  # noqa: S608

    def _unknown(self, word: str) -> str:
        near = self._lexicon.nearest(word)
        return f"The corpus has no word '{word}'." + (f" Did you mean '{near}'?" if near else "")


def phrase_pattern(phrase: str) -> str:
    """Return a regular expression (RE2) for a phrase as whole words, in any case and with any white space."""
    words = r"\s+".join(re.escape(word) for word in phrase.split())
    return rf"(?i)(?:^|[^\pL\pN])({words})(?:$|[^\pL\pN])"
