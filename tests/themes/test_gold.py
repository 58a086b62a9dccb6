import hashlib
from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest

from klumme.errors import InputError
from klumme.themes.evaluate import AUTHORS, LATER, PLACES
from klumme.themes.examples import labels_hash
from klumme.themes.gold import file_hash, gold_hashes, held_out_hash

FRESH, CORE = np.ones(240, dtype=bool), ["ejerskab"]


@pytest.fixture
def before(labelled):
    return held_out_hash(labelled, FRESH, CORE)


def _changed(labelled, **change):
    return [replace(labelled[0], passage=replace(labelled[0].passage, **change)), *labelled[1:]]


@pytest.mark.parametrize(
    "change",
    [
        {"text": "En anden tekst under samme navn."},
        {"group": "en anden forfatter"},
        {"municipality": "Odense"},
        {"published": datetime(2024, 5, 1)},
        {"source": "another"},
        {"natural": False},
    ],
    ids=lambda change: next(iter(change)),
)
def test_passages_that_changed_behind_unchanged_labels_are_seen(labelled, before, change):
    changed = _changed(labelled, **change)
    assert labels_hash(changed) == labels_hash(labelled)
    assert held_out_hash(changed, FRESH, CORE) != before


def test_another_answer_another_core_theme_or_a_passage_that_is_not_tested_any_more_is_seen(labelled, before):
    other = [replace(labelled[0], themes={"ejerskab": None, "penge": None}), *labelled[1:]]
    learnt = np.array([False, *FRESH[1:]])
    found = {before, held_out_hash(other, FRESH, CORE), held_out_hash(labelled, learnt, CORE)}
    assert len(found | {held_out_hash(labelled, FRESH, ["penge"])}) == 4


def test_neither_the_order_of_labels_nor_the_name_of_an_article_makes_other_data(labelled, before):
    assert held_out_hash(_changed(labelled, article="https://a.example/0")[::-1], FRESH, CORE) == before


def test_each_set_has_the_hash_of_its_data_and_a_file_that_is_not_there_has_none(tmp_path):
    (tmp_path / "columns.jsonl").write_bytes(b"{}\n")
    outside = {"independent columns": hashlib.sha256(b"{}\n").hexdigest()}
    assert gold_hashes("held", tmp_path) == dict.fromkeys((AUTHORS, PLACES, LATER), "held") | outside
    assert gold_hashes("held", None) == dict.fromkeys((AUTHORS, PLACES, LATER), "held")


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    (tmp_path / "columns.jsonl").mkdir()
    with pytest.raises(InputError, match=r"columns.jsonl cannot be read.*readable files"):
        file_hash(tmp_path / "columns.jsonl")
