from dataclasses import replace
from datetime import datetime

import pytest
from distributed import LocalCluster

from klumme.annotate.workers import to_bytes
from klumme.errors import MissingModelError
from klumme.records import Passage
from klumme.settings import TagSettings
from klumme.tables import Tables
from klumme.themes import registry
from klumme.themes.examples import make_examples
from klumme.themes.passages import Labelled
from klumme.themes.readings import Token
from klumme.themes.step import run
from klumme.themes.tagging import tag_texts
from klumme.themes.train import train
from klumme.themes.workers import Job, read_tokens, tag_batch
from klumme.workspace import Workspace

FACTS = {"version": "v1", "encoder": "", "sklearn": "1.0"}
TEXT = "Solsorten sang på taget. I går tog byrådet sagen på sig og viste vilje. Det regnede ved kaffen."


@pytest.fixture
def model(make_passages, reader, workspace):
    known, themes = make_passages(120)
    labelled = [Labelled(p, t, random_draw=True) for p, t in zip(known, themes, strict=True)]
    model = train(make_examples(labelled, ("ejerskab", "penge"), reader), FACTS).model
    registry.save(model, workspace.new_themes / "v1")
    registry.promote(workspace.new_themes, "v1", "the first")
    return model


@pytest.fixture
def tables(workspace, reader):
    """A corpus of three annotated passages and one that is not annotated yet."""
    tables = Tables(workspace)
    texts = {"p1": TEXT, "p2": "Børnene cyklede hjem.", "p3": "Der manglede fem millioner kroner i budgettet."}
    passages = [Passage(name, "a1", i, "paragraph", text) for i, (name, text) in enumerate(texts.items())]
    article = {"id": "a1", "url": "u", "duplicate_of": "", "fetched_at": datetime(2025, 1, 1)}
    tables.append({"passages": [*passages, Passage("p4", "a1", 3, "paragraph", "Nyt.")], "articles": [article]})
    tokens = [
        {"passage_id": name, "i": i, **token._asdict(), "parts": list(token.parts)}
        for name, reading in zip(texts, reader.read(list(texts.values())), strict=True)
        for i, token in enumerate(reading)
    ]
    tables.append({"tokens": tokens, "annotations": [{"passage_id": name} for name in texts]}, "blank-1")
    tables.set_versions({"tokens": "blank-1", "annotations": "blank-1"})
    return tables


def test_every_annotated_passage_gets_a_score_for_each_theme(workspace, model, tables):
    report = run(workspace, TagSettings())
    assert report.counts == {"passages tagged": 3}
    assert report.skipped == {"not annotated yet": 1}
    rows = tables.read("SELECT passage_id, theme FROM theme_scores WHERE tagged ORDER BY 1")
    assert [(row["passage_id"], row["theme"]) for row in rows] == [("p1", "ejerskab"), ("p3", "penge")]
    assert tables.read("SELECT count(*) AS n FROM theme_scores")[0]["n"] == 6


def test_a_second_run_finds_nothing_to_do(workspace, model, tables):
    run(workspace, TagSettings())
    assert run(workspace, TagSettings()).counts == {}
    assert tables.read("SELECT count(*) AS n FROM theme_scores")[0]["n"] == 6


@pytest.fixture(params=["processes", "cluster"])
def spread_out(request):
    """Settings for two processes of this machine, then for a Dask cluster of two."""
    if request.param == "processes":
        yield TagSettings(passages_per_part=1, processes=2)
    else:
        with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as cluster:
            yield TagSettings(passages_per_part=1, scheduler=cluster.scheduler_address)


def test_many_workers_give_the_scores_of_one(workspace, model, tables, spread_out):
    run(workspace, TagSettings())
    alone = tables.read("SELECT * FROM theme_scores ORDER BY ALL")
    registry.save(replace(model, facts=FACTS | {"version": "v2"}), workspace.new_themes / "v2")
    registry.promote(workspace.new_themes, "v2", "newer")
    report = run(workspace, spread_out)
    assert report.counts == {"passages tagged": 3}
    assert tables.version("theme_scores") == "v2"
    assert tables.read("SELECT * FROM theme_scores ORDER BY ALL") == alone


@pytest.fixture
def far(workspace, tmp_path, monkeypatch):
    """Settings for a cluster whose workers have a depot, and see a folder without tables."""

    def job(settings, version, tokens, near):
        return Job(settings, version, tokens, Workspace(tmp_path / "far", workspace.root) if settings.depot else near)

    monkeypatch.setattr("klumme.themes.step.Job", job)
    with LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=":0") as cluster:
        yield TagSettings(passages_per_part=1, scheduler=cluster.scheduler_address, depot=f"local://{tmp_path}/depot")


def test_workers_who_see_no_tables_score_through_a_depot(workspace, model, tables, far, tmp_path):
    assert run(workspace, far).counts == {"passages tagged": 3}
    scores = tables.read("SELECT * FROM theme_scores ORDER BY ALL")
    assert not [path for path in (tmp_path / "depot").rglob("*") if path.is_file()]
    assert not (tmp_path / "far").exists()
    registry.save(replace(model, facts=FACTS | {"version": "v2"}), workspace.new_themes / "v2")
    registry.promote(workspace.new_themes, "v2", "newer")
    run(workspace, TagSettings())
    assert tables.read("SELECT * FROM theme_scores ORDER BY ALL") == scores


def test_a_worker_with_another_model_scores_nothing(workspace, model, tables):
    job = Job(TagSettings(), "v0", "blank-1", workspace)
    with pytest.raises(MissingModelError, match="on every machine"):
        tag_batch(job, to_bytes([("p1", TEXT)]), ())


def test_a_run_that_was_stopped_is_completed_by_the_next(workspace, model, tables):
    def stop(items, total, what):
        yield next(iter(items))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(workspace, TagSettings(passages_per_part=1), stop)
    assert run(workspace, TagSettings()).counts == {"passages tagged": 2}
    assert tables.read("SELECT count(*) AS n FROM theme_scores")[0]["n"] == 6


def test_another_model_scores_anew_and_readers_see_only_its_scores(workspace, model, tables):
    run(workspace, TagSettings())
    registry.save(replace(model, facts=FACTS | {"version": "v2"}), workspace.new_themes / "v2")
    registry.promote(workspace.new_themes, "v2", "newer")
    assert run(workspace, TagSettings()).counts == {"passages tagged": 3}
    assert tables.version("theme_scores") == "v2"
    assert tables.read("SELECT count(*) AS n FROM theme_scores")[0]["n"] == 6


def test_a_tagged_passage_says_which_sentence_and_words_carried_the_decision(workspace, model, tables):
    run(workspace, TagSettings())
    why = tables.read("SELECT why FROM theme_scores WHERE passage_id = 'p1' AND theme = 'ejerskab'")[0]["why"]
    assert why[0]["term"] == "I går tog byrådet sagen på sig og viste vilje."
    assert "byrådet" in [carrier["term"] for carrier in why[1:]]
    assert all(carrier["term"] in TEXT and carrier["weight"] > 0 for carrier in why)


def test_what_is_not_tagged_has_no_reasons(workspace, model, tables):
    run(workspace, TagSettings())
    assert tables.read("SELECT why FROM theme_scores WHERE NOT tagged AND len(why) > 0") == []


def test_without_a_model_nothing_is_written(workspace, tables):
    with pytest.raises(MissingModelError, match="klumme retrain"):
        run(workspace, TagSettings())
    assert tables.read("SELECT * FROM theme_scores") == []


def test_a_model_whose_encoder_is_missing_tags_without_it_and_says_so(workspace, model, tables):
    registry.save(replace(model, facts=FACTS | {"encoder": "nowhere-9"}), workspace.new_themes / "v1")
    report = run(workspace, TagSettings())
    assert report.notes == ("Without the encoder nowhere-9 the theme model decides by words alone.",)
    assert tables.version("theme_scores") == "v1-words"


def test_tokens_of_another_pipeline_than_the_model_knows_are_tagged_and_told(workspace, model, tables):
    registry.save(replace(model, facts=FACTS | {"pipeline": "da_other-1"}), workspace.new_themes / "v1")
    report = run(workspace, TagSettings())
    assert report.counts == {"passages tagged": 3}
    assert "trained on da_other-1, the tokens are of blank-1: `klumme retrain` adapts it" in report.notes[0]


def test_texts_from_anywhere_are_tagged_and_nothing_is_stored(workspace, model):
    tagging = tag_texts([TEXT, "", "Børnene cyklede hjem."], root=workspace.root)
    assert [one.tags for one in tagging] == [("ejerskab",), (), ()]
    assert set(tagging[0].scores) == {"ejerskab", "penge"}
    assert not workspace.tables.exists()


def test_no_texts_give_no_tags(workspace, model):
    assert tag_texts([], root=workspace.root) == []


def _store(tables, key, readings):
    rows = [
        {"passage_id": name, "i": i, **token._asdict(), "parts": list(token.parts)}
        for name, reading in readings.items()
        for i, token in enumerate(reading)
    ]
    tables.append({"tokens": rows, "annotations": [{"passage_id": name} for name in readings]}, "blank-1", key)


def test_a_passage_that_several_parts_have_is_read_in_the_first(tables, reader):
    first, second = reader.read(["Den første.", "Den anden."])
    _store(tables, "0", {"p1": first})
    _store(tables, "1", {"p1": second})
    assert read_tokens(tables, "blank-1", ["1.parquet", "0.parquet"], ["p1", "p9"]) == {"p1": first}


def test_tokens_are_read_as_they_were_stored_with_the_parts_of_compounds(tables, monkeypatch):
    monkeypatch.setattr("klumme.tables.ROW_GROUP", 3)
    compound = Token("Kommunalbyrådet", "kommunalbyråd", "NOUN", ("kommunal", "byråd"), 0, 0)
    plain = [Token(form, form, "VERB", (), 0, 16 + k) for k, form in enumerate("abcd")]
    readings = {"p7": (compound, *plain), "p8": tuple(plain), "p9": (plain[0], compound, compound)}
    _store(tables, "2", readings)
    assert read_tokens(tables, "blank-1", ["2.parquet"], ["p9", "p7"]) == {"p7": readings["p7"], "p9": readings["p9"]}
