"""What stands near a match more often than chance would have it."""

from dataclasses import dataclass

from klumme.errors import QueryError, did_you_mean
from klumme.query.frames import Rows
from klumme.query.limits import must_be_countable
from klumme.query.matches import matches, total
from klumme.query.measures import delta_p, log_dice, log_likelihood, mutual_information, t_score
from klumme.query.store import Store, fetch

MEASURES = ("logdice", "log_likelihood", "mi", "t", "delta_p")

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
_COUNTS = """
WITH near AS ({near}), each AS (SELECT lemma, pos, count(*) AS near FROM near WHERE pos <> 'PUNCT' GROUP BY lemma, pos)
SELECT each.*, (SELECT CAST(sum(n) AS BIGINT) FROM lemmas WHERE lemmas.lemma = each.lemma AND lemmas.pos = each.pos)
  AS n, (SELECT count(*) FROM near WHERE pos <> 'PUNCT') AS positions,
  (SELECT CAST(sum(n) AS BIGINT) FROM lemmas WHERE pos <> 'PUNCT') AS size
FROM each WHERE near >= ?
"""


@dataclass(frozen=True, slots=True)
class Nearness:
    """How near a lemma must stand to a match (in tokens; None: in its sentence), and how often at least."""

    window: int | None = 5
    least: int = 3


def collocations(
    store: Store, text: str, measure: str = "logdice", nearness: Nearness | None = None, cql: bool = False
) -> Rows:
    """List the lemmas that stand near matches, the strongest first.

    A token near two matches counts once; punctuation does not count. Expected frequencies are those of surface
    co-occurrence: Evert (2008), Corpora and collocations, section 5.1.
    Columns: lemma, pos, near (how often near), n (how often at all), expected, and all MEASURES.
    Raises QueryError for an unknown measure and as `matches` does, UsageError for a nearness that cannot be counted.
    """
    if measure not in MEASURES:
        raise QueryError(f"There is no measure '{measure}'.", did_you_mean(measure, MEASURES))
    nearness = nearness or Nearness()
    must_be_countable(window=nearness.window or 0, least=nearness.least)
    near = _NEAR["sentence" if nearness.window is None else "window"].format(
        window=min(int(nearness.window or 0), WIDEST)
    )
    with matches(store, text, cql) as cursor:
        nodes = total(cursor)
        rows = fetch(cursor, _COUNTS.format(near=near), [nearness.least])
    scored = [_scored(row, nodes) for row in rows]
    return Rows(sorted(scored, key=lambda row: (-float(row[measure]), row["lemma"])), text)


def _scored(row: dict[str, int], nodes: int) -> dict[str, float]:
    near, positions, n, size = row["near"], row["positions"], row["n"], row["size"]
    expected = positions * n / size
    return {
        **{name: row[name] for name in ("lemma", "pos", "near", "n")},
        "expected": expected,
        "logdice": log_dice(near, nodes, n),
        "log_likelihood": log_likelihood(near, positions, n, size),
        "mi": mutual_information(near, expected),
        "t": t_score(near, expected),
        "delta_p": delta_p(near, positions, n, size)[0],
    }
