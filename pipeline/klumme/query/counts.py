"""Count themes by year, party, municipality, author and source, with what each number is a share of."""

from collections.abc import Sequence

from klumme.errors import QueryError, did_you_mean
from klumme.query.frames import Rows
from klumme.query.plan import plan_query
from klumme.query.store import Store, fetch

GROUPS = {
    "aar": "year",
    "maaned": "strftime(published, '%Y-%m')",
    "parti": "party",
    "kommune": "municipality",
    "forfatter": "author",
    "kilde": "source",
}


def group_column(name: str) -> str:
    """Return the SQL for one of GROUPS over `meta`; raises QueryError for an unknown one."""
    key = name.lower().replace("å", "aa")
    if key not in GROUPS:
        raise QueryError(f"Nothing can be counted by '{name}'.", did_you_mean(key, GROUPS))
    return GROUPS[key]


def count_themes(store: Store, by: Sequence[str] = (), query: str = "", compounds: bool = False) -> Rows:
    """Count, for each theme and each group, the passages that the model tags.

    Columns: the groups, theme, passages (tagged), of (all passages of the group), share (of those, 0 to 1), mean_p
    (the mean probability, which is the expected share when the model is calibrated) and articles. Passages that no
    model has tagged count in no column. An empty query counts the whole corpus; with `compounds` its words are found
    also as parts of longer ones.
    Raises QueryError for an unknown group or a query that does not parse, MissingError for an empty corpus.
    """
    columns = [(name, group_column(name)) for name in by]
    named = "".join(f'{sql} AS "{name}", ' for name, sql in columns)
    groups = "".join(f'"{name}", ' for name, _ in columns)
    plan = plan_query(store, query, compounds)
    with store.cursor() as cursor:
        plan.found.store(cursor, "found")
        rows = fetch(
            cursor,
            f"SELECT {named}theme, count(*) FILTER (tagged) AS passages, count(*) AS of, "  # noqa: S608
            "count(*) FILTER (tagged) / count(*) AS share, avg(p) AS mean_p, "
            "count(DISTINCT article_id) FILTER (tagged) AS articles "
            f"FROM found JOIN meta USING (passage) JOIN theme USING (passage) GROUP BY {groups}theme ORDER BY ALL",
            (),
        )
    return Rows(rows, "Themes by " + " and ".join(by) if by else "Themes")


def co_occurrence(store: Store) -> Rows:
    """Count for each pair of themes the passages that carry both, and how much that exceeds chance.

    Columns: theme, other, together (passages with both), expected (under independence), phi (the correlation of two
    yes-no variables).
    """
    rows = store.read(
        """
        WITH tagged AS (SELECT passage, theme FROM theme WHERE tagged),
        each AS (SELECT theme, count(*) AS n FROM tagged GROUP BY theme),
        size AS (SELECT count(DISTINCT passage) AS total FROM theme),
        pair AS (SELECT a.theme, b.theme AS other, count(*) AS n FROM tagged AS a JOIN tagged AS b USING (passage)
                 WHERE a.theme < b.theme GROUP BY ALL)
        SELECT x.theme, y.theme AS other, coalesce(pair.n, 0) AS together, x.n * y.n / total AS expected,
          (total * coalesce(pair.n, 0) - x.n * y.n)
            / nullif(sqrt(x.n * y.n * (total - x.n)::DOUBLE * (total - y.n)), 0) AS phi
        FROM each AS x JOIN each AS y ON x.theme < y.theme
        LEFT JOIN pair ON pair.theme = x.theme AND pair.other = y.theme, size ORDER BY together DESC, x.theme, other
        """
    )
    return Rows(rows, "Themes that share passages")
