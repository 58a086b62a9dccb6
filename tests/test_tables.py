import errno
import os
from datetime import datetime
from pathlib import Path

import pytest

from klumme.errors import StorageError
from klumme.records import Passage, Skipped
from klumme.tables import Tables
from klumme.workspace import Workspace


@pytest.fixture
def tables(tmp_path):
    return Tables(Workspace(tmp_path, tmp_path))


def _passage(name="p1"):
    return Passage(name, "a1", 0, "paragraph", "Byrådet sov.")


def _article(name, fetched, **changes):
    row = {"id": name, "url": "https://a.example/1", "fetched_at": fetched, "duplicate_of": "", "title": name}
    return row | changes


def test_an_empty_corpus_has_all_tables_and_no_rows(tables):
    assert tables.read("SELECT count(*) AS n FROM tokens") == [{"n": 0}]
    assert tables.read("SELECT * FROM current_passages") == []


def test_a_row_that_was_appended_is_read_back_whole(tables):
    row = Skipped("collect", "sample", "https://a.example/", "reserved", "tdm-reservation: 1", datetime(2025, 1, 2))
    tables.append({"skipped": [row]})
    assert tables.read("SELECT * FROM skipped")[0] == {
        "stage": "collect",
        "source": "sample",
        "item": "https://a.example/",
        "reason": "reserved",
        "detail": "tdm-reservation: 1",
        "at": datetime(2025, 1, 2),
    }


def test_a_part_without_its_anchor_is_cleared_away_by_the_next_writer(tables):
    tables.append({"passages": [_passage()]})
    with tables.writing():
        assert tables.read("SELECT * FROM passages") == []


def test_parts_that_were_written_with_their_anchor_stay(tables):
    tables.append({"passages": [_passage()], "articles": [_article("a1", datetime(2025, 1, 1))]})
    with tables.writing():
        assert len(tables.read("SELECT * FROM current_passages")) == 1


def test_the_version_of_an_article_that_was_fetched_last_is_in_force(tables):
    old, new = _article("old", datetime(2025, 1, 1)), _article("new", datetime(2025, 2, 1))
    tables.append({"articles": [new, old]})
    assert [row["id"] for row in tables.read("SELECT id FROM current_articles")] == ["new"]


def test_a_piece_that_repeats_another_is_shown_once(tables):
    again = _article("again", datetime(2025, 3, 1), url="https://b.example/1", duplicate_of="first")
    tables.append({"articles": [_article("first", datetime(2025, 1, 1)), again]})
    assert [row["id"] for row in tables.read("SELECT id FROM current_articles")] == ["first"]


def test_readers_see_only_the_version_in_force(tables):
    done = {"passage_id": "p1", "tokens": 3, "sentences": 1}
    tables.append({"annotations": [done]}, version="blank-1")
    tables.append({"annotations": [done | {"passage_id": "p2"}]}, version="better-1")
    assert tables.read("SELECT * FROM annotations") == []
    tables.set_version("annotations", "better-1")
    assert [row["passage_id"] for row in tables.read("SELECT * FROM annotations")] == ["p2"]


def test_two_runs_do_not_write_at_once(tables, monkeypatch):
    monkeypatch.setattr("klumme.tables.PATIENCE", 0)
    with (
        tables.writing(),
        pytest.raises(StorageError, match="Another run"),
        Tables(Workspace(tables.folder.parents[1], tables.folder.parents[1])).writing(),
    ):
        pass


def test_a_full_disk_leaves_no_half_part_and_says_what_to_do(tables, monkeypatch):
    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError, match="disk is full") as caught:
        tables.append({"passages": [_passage()]})
    assert "Free some space" in str(caught.value)
    assert [path for path in Path(tables.folder).rglob("*") if path.is_file()] == []


def test_a_damaged_part_is_named(tables):
    (tables.folder / "skipped").mkdir(parents=True)
    (tables.folder / "skipped" / "x.parquet").write_bytes(b"not parquet")
    with pytest.raises(StorageError, match=r"x\.parquet"):
        tables.read("SELECT * FROM skipped")
