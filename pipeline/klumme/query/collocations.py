"""What stands near a match more often than chance would have it."""

from dataclasses import dataclass

from klumme.errors import QueryError, did_you_mean
from klumme.query.frames import Rows
from klumme.query.limits import must_be_countable
from klumme.query.matches import matches
from klumme.query.measures import delta_p, log_dice, log_likelihood, mutual_information, t_score
from klumme.query.question import Question
from klumme.query.store import Store, fetch

MEASURES = ("logdice", "log_likelihood", "mi", "t", "delta_p_word", "delta_p_node")

# No passage has more tokens, so that a wider window finds no more.
WIDEST = 2**31

_NEAR = {
    "window": """
SELECT DISTINCT t.passage, t.i, t.lemma, t.pos FROM matches AS x JOIN lemma_index AS t
  ON t.passage = x.passage AND t.i BETWEEN x.b - {window} AND x.e - 1 + {window} AND (t.i < x.b OR t.i >= x.e)
""",
    "sentence": """
SELECT DISTINCT t.passage, t.i, t.lemma, t.pos FROM (
  SELECT x.passage, x.b, x.e, s.sentence FROM matches AS x
  JOIN lemma_index AS s ON s.passage = x.passage AND s.i = x.b) AS x
JOIN lemma_index AS t ON t.passage = x.passage AND t.sentence = x.sentence AND (t.i < x.b OR t.i >= x.e)
""",
}
# `known` has the words of the part of the corpus that the fields of the question leave; all words stand in `lemmas`.
_KNOWN = """
CREATE TEMP TABLE known AS
  SELECT lemma, pos, count(*) AS n FROM lemma_index SEMI JOIN part USING (passage) GROUP BY lemma, pos
"""
_COUNTS = """
WITH near AS ({near}), each AS (SELECT lemma, pos, count(*) AS near FROM near WHERE pos <> 'PUNCT' GROUP BY lemma, pos)
SELECT each.*, (SELECT CAST(sum(n) AS BIGINT) FROM {known} AS k WHERE k.lemma = each.lemma AND k.pos = each.pos)
  AS n, (SELECT count(*) FROM near WHERE pos <> 'PUNCT') AS positions,
  (SELECT CAST(sum(n) AS BIGINT) FROM {known} WHERE pos <> 'PUNCT') AS size
FROM each WHERE near >= ?
"""


@dataclass(frozen=True, slots=True)
class Nearness:
    """How near a lemma must stand to a match (in tokens; None: in its sentence), and how often at least."""

    window: int | None = 5
    least: int = 3


def collocations(store: Store, question: Question, measure: str = "logdice", nearness: Nearness | None = None) -> Rows:
    """List the lemmas that stand near matches, the strongest first.

    A token near two matches counts once; punctuation does not count. Expected frequencies are those of surface
    co-occurrence: Evert (2008), Corpora and collocations, section 5.1, within the part of the corpus that the fields of
    the question leave (`klumme.query.parts`): near what V wrote, words are expected as often as V writes them.
    Columns: lemma, pos, near (how often near), n (how often at all), expected, and all MEASURES. ΔP has two directions
    (Gries 2013): delta_p_word is how much likelier the word is where a match is near, delta_p_node how much likelier a
    match is near where the word stands.
    Raises QueryError for an unknown measure and as `matches` does, UsageError for a nearness that cannot be counted.
    """
    if measure not in MEASURES:
        raise QueryError(f"There is no measure '{measure}'.", did_you_mean(measure, MEASURES))
    nearness = nearness or Nearness()
    must_be_countable(window=nearness.window or 0, least=nearness.least)
    near = _NEAR["sentence" if nearness.window is None else "window"].format(
        window=min(int(nearness.window or 0), WIDEST)
    )
    with matches(store, question) as found:
        if not found.part.whole:
            found.cursor.execute(_KNOWN)
        counts = _COUNTS.format(near=near, known="lemmas" if found.part.whole else "known")
        rows = fetch(found.cursor, counts, [nearness.least])
    scored = [_scored(row, found.total) for row in rows]
    title = f"{question.text}: expected from {found.part}"
    return Rows(sorted(scored, key=lambda row: (-float(row[measure]), row["lemma"])), title)


def _scored(row: dict[str, int], nodes: int) -> dict[str, float]:
    near, positions, n, size = row["near"], row["positions"], row["n"], row["size"]
    expected = positions * n / size
    word, node = delta_p(near, positions, n, size)
    return {
        **{name: row[name] for name in ("lemma", "pos", "near", "n")},
        "expected": expected,
        "logdice": log_dice(near, nodes, n),
        "log_likelihood": log_likelihood(near, positions, n, size),
        "mi": mutual_information(near, expected),
        "t": t_score(near, expected),
        "delta_p_word": word,
        "delta_p_node": node,
    }
