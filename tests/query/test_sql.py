import pytest

from klumme.errors import QueryError
from klumme.query.sql import run_sql

REFUSED = [
    "DELETE FROM tokens",
    "INSERT INTO tokens VALUES (1)",
    "CREATE TABLE x AS SELECT 1",
    "DROP VIEW tokens",
    "COPY tokens TO 'x.csv'",
    "COPY (SELECT 1) TO '{folder}/x.parquet'",
    "ATTACH '{folder}/x.db'",
    "SELECT 1; SELECT 2",
    "SET threads = 1",
    "SET enable_external_access = true",
    "PRAGMA database_list",
    "INSTALL httpfs",
    "LOAD httpfs",
    "EXPORT DATABASE '{folder}'",
    "SELECT * FROM read_text('{folder}/secret.txt')",
    "SELECT * FROM read_csv('{folder}/secret.txt')",
    "SELECT * FROM '{folder}/secret.txt'",
    "SELECT * FROM glob('{folder}/*')",
    "SELECT * FROM read_csv('https://example.org/x.csv')",
    "SELECT * FROM local_variable",
    "SELECT * FROM query('COPY tokens TO ''x.csv''')",
    "SELECT 1) ; DROP VIEW tokens; --",
    "nonsense",
    "",
]


def test_a_select_is_answered(shared):
    assert list(run_sql(shared, "SELECT count(*) AS n FROM current_articles;")) == [{"n": 3}]
    assert len(run_sql(shared, "SHOW TABLES")) > 10


@pytest.mark.parametrize("statement", REFUSED)
def test_anything_that_writes_or_leaves_the_corpus_is_refused(shared, statement):
    local_variable = [1]  # noqa: F841 - DuckDB would find it by its name
    (shared.root / "secret.txt").write_text("secret")
    before = sorted(shared.root.rglob("*"))
    with pytest.raises(QueryError):
        run_sql(shared, statement.format(folder=shared.root))
    assert sorted(shared.root.rglob("*")) == before


def test_the_rows_keep_their_order_and_end_at_the_limit(shared):
    rows = run_sql(shared, "SELECT i FROM tokens WHERE passage_id = 'a1-0' ORDER BY i DESC", rows=3)
    assert [row["i"] for row in rows] == [13, 12, 11]


def test_an_endless_question_is_stopped(shared):
    endless = "SELECT count(*) FROM range(10000000000) AS a, range(10000) AS b WHERE (a.range * b.range) % 7 = 1"
    with pytest.raises(QueryError, match="stopped"):
        run_sql(shared, endless, seconds=0.2)
