"""A question ends within its time and memory, leaves no file behind, and no error of the database reaches people."""

from pathlib import Path

import duckdb
import pytest

from klumme.errors import QueryError, StorageError, UsageError
from klumme.query.corpus import Corpus
from klumme.query.limits import MOST
from klumme.query.sql import run_sql
from klumme.tables import Tables

WIDE = "SELECT count(*) AS n FROM (SELECT DISTINCT repeat('x', 60) || range AS text FROM range(2000000))"


@pytest.fixture
def nowhere(tmp_path, monkeypatch):
    """An empty working directory, and an empty one for what is temporary."""
    for name in ("here", "temporary"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    return tmp_path


@pytest.fixture
def cramped(monkeypatch):
    """Little memory for each question."""
    monkeypatch.setattr("klumme.query.limits.MEMORY", "40MB")


def _written(folder):
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


@pytest.mark.usefixtures("cramped")
def test_a_question_that_needs_too_much_memory_is_stopped_and_writes_nothing(shared, nowhere):
    with Corpus(shared.root) as corpus:
        with pytest.raises(QueryError, match=r"more memory.*Ask for rarer words"):
            corpus.store.read(WIDE)
        assert corpus.search("ansvar").total == 3
        assert _written(nowhere) == 0
    assert not list((nowhere / "here").iterdir())
    assert not list((nowhere / "temporary").iterdir())


@pytest.mark.usefixtures("cramped")
def test_sql_that_needs_too_much_memory_is_stopped_and_writes_nothing(shared, nowhere):
    with pytest.raises(QueryError, match=r"more memory.*Ask for rarer words"):
        run_sql(shared, WIDE)
    assert not list((nowhere / "here").iterdir())
    assert not list((nowhere / "temporary").iterdir())


@pytest.mark.parametrize("setting", ["memory_limit = '9GB'", "max_temp_directory_size = '9GB'"])
def test_sql_may_not_lift_its_limits(shared, setting):
    with pytest.raises(QueryError, match="one SELECT"):
        run_sql(shared, f"SET {setting}")
    assert list(run_sql(shared, "SELECT current_setting('max_temp_directory_size') AS s")) == [{"s": "0 bytes"}]


def test_what_other_work_puts_aside_does_not_lie_in_the_working_directory(shared, nowhere):
    with Tables(shared).connect() as connection:
        connection.execute("SET memory_limit = '60MB'")
        connection.execute("CREATE TEMP TABLE wide AS SELECT repeat('x', 60) || range AS text FROM range(2000000)")
        assert _written(nowhere / "temporary") > 0
        assert not list((nowhere / "here").iterdir())
    assert not list((nowhere / "temporary").iterdir())


@pytest.mark.parametrize("sql", ["SELECT nothing FROM meta", "SELECT 1 LIMIT -1", "SELECT error('x')", "nonsense"])
def test_an_error_of_the_database_says_what_to_do(corpus, sql):
    with pytest.raises(QueryError, match=r"cannot answer this question: .*Ask it in another way"):
        corpus.store.read(sql)
    assert corpus.store.read("SELECT 1 AS n") == [{"n": 1}]


def test_a_table_that_was_damaged_since_is_named(workspace, build, piece):
    build(workspace, [piece("a1", ["Et ansvar."])])
    with Corpus(workspace.root) as corpus:
        assert corpus.count('"ansvar"')[0]["matches"] == 1
        for part in Path(workspace.tables).glob("lemma_index/*/*.parquet"):
            part.write_bytes(part.read_bytes()[:-8])
        with pytest.raises(StorageError, match=r"lemma_index.*klumme run"):
            corpus.count('"ansvar"')


def test_an_index_that_cannot_be_opened_is_named(workspace, build, piece):
    build(workspace, [piece("a1", ["Et ansvar."])])
    for database in Path(workspace.tables).glob("ready/*/ready.duckdb"):
        database.write_bytes(b"x" * 9000)
    with Corpus(workspace.root) as corpus, pytest.raises(StorageError, match=r"ready\.duckdb.*klumme run"):
        corpus.search("ansvar")


def test_after_an_error_that_ends_the_database_the_next_question_opens_it_again(corpus):
    with pytest.raises(QueryError), corpus.store.cursor():
        raise duckdb.FatalException("the database has been invalidated")
    assert corpus.search("ansvar").total == 3


@pytest.mark.parametrize("number", [-1, 2**63, 10**20, 10**5000], ids=["negative", "one too many", "large", "huge"])
@pytest.mark.parametrize("name", ["offset", "limit", "context"])
def test_a_page_that_nobody_can_count_to_is_refused(corpus, name, number):
    with pytest.raises(UsageError, match=rf"'{name}' is .*Give a whole number"):
        corpus.concordance("ansvar", **{name: number})


def test_other_numbers_that_nobody_can_count_to_are_refused(corpus):
    for ask in (
        lambda: corpus.frequencies(limit=10**20),
        lambda: corpus.collocations("ansvar", window=-1),
        lambda: corpus.collocations("ansvar", least=10**20),
        lambda: corpus.concordance("ansvar", sample=10**40),
        lambda: corpus.concordance("ansvar", sample=-1),
        lambda: corpus.concordance("ansvar", sample=1, seed=10**40),
    ):
        with pytest.raises(UsageError, match="Give a whole number"):
            ask()


def test_the_largest_numbers_are_answered(corpus):
    assert corpus.concordance("ansvar", offset=MOST, limit=MOST, context=MOST).lines == ()
    assert len(corpus.concordance("ansvar", limit=MOST, context=MOST).lines) == 3
    assert corpus.frequencies(limit=MOST)
    assert corpus.collocations("ansvar", window=MOST, least=1)
    assert len(corpus.concordance("ansvar", sample=MOST, seed=-MOST).lines) == 3
    assert len(corpus.concordance("ansvar", sort="random", seed=MOST).lines) == 3
