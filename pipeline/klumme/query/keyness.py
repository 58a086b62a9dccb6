"""Which words one part of the corpus uses more than another."""

from klumme.errors import QueryError
from klumme.query.frames import Rows
from klumme.query.measures import log_likelihood, log_ratio, percent_difference
from klumme.query.plan import plan_query
from klumme.query.store import Store, fetch

_COUNTS = """
SELECT lemma, pos, count(*) FILTER (side = 0) AS one, count(*) FILTER (side = 1) AS other
FROM lemma_index JOIN side USING (passage) WHERE pos NOT IN ('PUNCT', 'SPACE') GROUP BY lemma, pos
"""


def keyness(store: Store, one: str, other: str = "", least: int = 3, compounds: bool = False) -> Rows:
    """Compare the lemmas of the passages that two queries find; without the second, with all other passages.

    With `compounds` the words of both are found also as parts of longer ones.

    Columns: lemma, pos, one and other (counts), log_likelihood (negative: rarer in one), log_ratio, diff (%DIFF), and
    q, the chance of error when all words with a q this small are called key: p of the likelihood ratio with one degree
    of freedom, adjusted as by Benjamini & Hochberg (1995), Journal of the Royal Statistical Society B 57.
    Lemmas that occur less than `least` times in both together are left out. The most significant come first.
    Raises QueryError for queries that do not parse, find nothing, or overlap.
    """
    first = plan_query(store, one, compounds)
    second = plan_query(store, other, compounds) if other else None
    with store.cursor() as cursor:
        first.found.store(cursor, "found")
        cursor.execute("CREATE TEMP TABLE side AS SELECT passage, 0 AS side FROM found")
        if second:
            second.found.store(cursor, "found")
            cursor.execute("INSERT INTO side SELECT passage, 1 FROM found")
        else:
            cursor.execute("INSERT INTO side SELECT passage, 1 FROM meta ANTI JOIN side USING (passage)")
        _must_differ(
            fetch(cursor, "SELECT count(*) AS n, count(DISTINCT passage) AS d, sum(side) AS s FROM side", ())[0]
        )
        rows = fetch(cursor, _COUNTS, ())
    return Rows(_scored(rows, least), f"{one} against {other or 'the rest'}")


def _must_differ(found: dict[str, int]) -> None:
    if not found["s"] or found["s"] == found["n"]:
        raise QueryError("One of the two sides has no passages.", "Compare two parts of the corpus that have some.")
    if found["d"] < found["n"]:
        raise QueryError("The two sides share passages.", "Exclude one from the other, as in -tema:x.")


def _scored(rows: list[dict[str, int]], least: int) -> list[dict[str, float]]:
    from scipy.stats import chi2, false_discovery_control

    one, other = (sum(row[side] for row in rows) for side in ("one", "other"))
    kept = [row for row in rows if row["one"] + row["other"] >= least]
    g2 = [log_likelihood(row["one"], one, row["one"] + row["other"], one + other) for row in kept]
    q = false_discovery_control(chi2.sf([abs(value) for value in g2], 1)) if kept else []
    scored = [
        {
            **row,
            "log_likelihood": value,
            "log_ratio": log_ratio(row["one"], one, row["other"], other),
            "diff": percent_difference(row["one"], one, row["other"], other),
            "q": float(chance),
        }
        for row, value, chance in zip(kept, g2, q, strict=True)
    ]
    return sorted(scored, key=lambda row: (-abs(row["log_likelihood"]), row["lemma"]))
