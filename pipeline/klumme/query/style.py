"""How evenly words are spread, and how varied and how heavy the language of authors and parties is."""

from collections.abc import Iterator
from itertools import chain

import duckdb
import numpy as np

from klumme.errors import QueryError
from klumme.query.arrays import Numbers
from klumme.query.counts import group_column
from klumme.query.frames import Rows
from klumme.query.matches import matches
from klumme.query.measures import deviation_of_proportions, juilland_d, lix, mtld
from klumme.query.question import Question
from klumme.query.store import Store, fetch

LONG = 6

# So many words are read into Python at a time.
CHUNK = 50_000

_PARTS = """
SELECT {part}, sum(tokens) AS size, sum(coalesce(n, 0)) AS n
FROM {table} LEFT JOIN (SELECT passage, count(*) AS n FROM matches GROUP BY passage) USING (passage)
GROUP BY {part} ORDER BY {part}
"""
# What is a word, and its number; `code` is the same for all forms that differ in case alone.
_CODES = """
CREATE TEMP TABLE codes AS
  SELECT form, CAST(dense_rank() OVER (ORDER BY form_key) - 1 AS INTEGER) AS code, length(form_key) > {long} AS long
  FROM words WHERE regexp_matches(form, '[\\pL\\pN]') GROUP BY form, form_key
"""
# Where each passage begins when all are read in order.
_SPOTS = """
CREATE TEMP TABLE spots AS
  SELECT passage, tokens, {group} AS "group", CAST(sum(tokens) OVER (
    ORDER BY "group", published, article_id, ordinal ROWS UNBOUNDED PRECEDING) - tokens AS BIGINT) AS first
  FROM meta
"""
_GROUPS = """
WITH spoken AS (
  SELECT passage, count(*) AS words, count(DISTINCT sentence) AS sentences, count(*) FILTER (long) AS long_words
  FROM lemma_index JOIN codes USING (form) GROUP BY passage)
SELECT "group", CAST(sum(words) AS BIGINT) AS words, CAST(sum(sentences) AS BIGINT) AS sentences,
  CAST(sum(long_words) AS BIGINT) AS long_words, min(first) AS first, max(first + tokens) AS last
FROM spots JOIN spoken USING (passage) GROUP BY "group" ORDER BY first
"""
_READ = "SELECT first + i AS place, code FROM lemma_index JOIN codes USING (form) JOIN spots USING (passage)"


class _Words:
    """Words in order as numbers, one for each form in lower case; read a chunk at a time, from either end."""

    def __init__(self, codes: Numbers) -> None:
        self._codes = codes

    def __iter__(self) -> Iterator[int]:
        """Yield them from the first to the last."""
        chunks = (self._codes[n : n + CHUNK] for n in range(0, len(self._codes), CHUNK))
        return chain.from_iterable(chunk.tolist() for chunk in chunks)

    def __reversed__(self) -> Iterator[int]:
        """Yield them from the last to the first."""
        return iter(_Words(self._codes[::-1]))


def dispersion(store: Store, question: Question, over: str = "artikel") -> Rows:
    """Say how evenly matches are spread over articles, or over the groups of `klumme.query.counts.GROUPS`.

    Parts are those articles or groups that the fields of the question leave: where only V is asked for, what others
    wrote makes V's words no less even.
    Columns: parts, range (parts with a match), n, dp and dp_norm (0 is even), juilland_d (1 is even).
    Raises QueryError when there is no match, and as `matches` does.
    """
    part = "article_id" if over == "artikel" else group_column(over)
    with matches(store, question) as found:
        rows = fetch(found.cursor, _PARTS.format(part=part, table=found.part.table), ())
    counts, sizes = [int(row["n"]) for row in rows], [int(row["size"]) for row in rows]
    if not sum(counts):
        raise QueryError("There is no match whose spread could be measured.", "Ask for a word that occurs.")
    dp, dp_norm = deviation_of_proportions(counts, sizes)
    row = {"parts": len(rows), "range": sum(map(bool, counts)), "n": sum(counts), "dp": dp, "dp_norm": dp_norm}
    title = f"{question.text}: over the parts of {found.part}"
    return Rows([{**row, "juilland_d": juilland_d(counts, sizes)}], title)


def style(store: Store, by: str = "forfatter") -> Rows:
    """Measure the language of each group of `klumme.query.counts.GROUPS`.

    Words are tokens with a letter or digit, in the order of publication, in lower case. Columns: the group, words,
    types, mtld, lix, words_per_sentence and long_words (the share of words with more than six letters).
    Of each token four bytes are held, the number of its word.
    """
    with store.cursor() as cursor:
        cursor.execute(_CODES.format(long=LONG))
        cursor.execute(_SPOTS.format(group=group_column(by)))
        groups, codes = fetch(cursor, _GROUPS, ()), _read(cursor, store.arrays.size[0])
    return Rows([_measured(by, row, codes[row["first"] : row["last"]]) for row in groups], by)


def _read(cursor: duckdb.DuckDBPyConnection, tokens: int) -> Numbers:
    """Return the number of the word at each place, -1 for what is no word."""
    codes = np.full(tokens, -1, np.int32)
    for batch in cursor.sql(_READ).to_arrow_reader():
        codes[batch.column("place")] = batch.column("code")
    return codes


def _measured(by: str, row: dict[str, int], places: Numbers) -> dict[str, object]:
    codes = places[places >= 0]
    return {
        by: row["group"],
        "words": row["words"],
        "types": len(np.unique(codes)),
        "mtld": mtld(_Words(codes)),
        "lix": lix(row["words"], row["long_words"], row["sentences"]),
        "words_per_sentence": row["words"] / row["sentences"],
        "long_words": row["long_words"] / row["words"],
    }
