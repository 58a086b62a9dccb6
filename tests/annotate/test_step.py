from datetime import datetime
from pathlib import Path

import pytest
import spacy

from klumme.annotate.step import run
from klumme.records import Article, Passage
from klumme.settings import AnnotateSettings
from klumme.tables import Tables
from klumme.workspace import Workspace

SEED = Path(__file__).parents[3] / "shared" / "seed"
BLANK = AnnotateSettings(pipeline="blank", articles_per_part=2)
TABLES = ("tokens", "entities", "annotations")


@pytest.fixture
def workspace(tmp_path):
    return Workspace(tmp_path, tmp_path)


def _article(number):
    at, url = datetime(2024, 1, number), f"https://a.example/{number}"
    known = {"id": f"a{number}", "url": url, "published": at, "updated": at, "fetched_at": at}
    empty = {name: () if name in ("tags", "blocks") else "" for name in Article.__dataclass_fields__}
    return Article(**(empty | known))


def _add(workspace, texts, first=1):
    """Store one article for each text, its passages parted by bars."""
    articles = [_article(first + k) for k in range(len(texts))]
    passages = [
        Passage(f"{article.id}-{k}", article.id, k, "paragraph", part)
        for article, text in zip(articles, texts, strict=True)
        for k, part in enumerate(text.split("|"))
    ]
    Tables(workspace).append({"passages": passages, "articles": articles})


def _rows(workspace):
    tables = Tables(workspace)
    return {name: sorted(map(str, tables.read(f"SELECT * FROM {name}"))) for name in TABLES}


TEXTS = [f"Byrådet i Køge holdt møde nummer {k}.|SF var imod. Venstre var for." for k in range(7)]


def test_every_current_passage_is_annotated_once(workspace):
    _add(workspace, TEXTS)
    counts = run(workspace, BLANK).counts
    tokens = len(_rows(workspace)["tokens"])
    assert counts == {"passages": 14, "tokens": tokens, "sentences": 21, "entities": 21, "linked": 21}
    assert run(workspace, BLANK).counts["passages"] == 0
    assert len(_rows(workspace)["annotations"]) == 14


def test_only_what_is_new_is_annotated(workspace):
    _add(workspace, TEXTS[:3])
    run(workspace, BLANK)
    _add(workspace, ["Nyt fra Skive Kommune."], first=9)
    assert run(workspace, BLANK).counts["passages"] == 1


def test_a_part_holds_the_passages_of_so_many_articles(workspace):
    _add(workspace, TEXTS)
    run(workspace, BLANK)
    assert len(list((workspace.tables / "annotations").rglob("*.parquet"))) == 4


def test_an_empty_corpus_is_annotated_without_complaint(workspace):
    assert run(workspace, BLANK).counts["passages"] == 0


@pytest.mark.parametrize("broken_after", range(1, 13, 2))
def test_a_run_that_was_broken_off_ends_with_the_same_rows_as_one_that_was_not(tmp_path, monkeypatch, broken_after):
    whole, broken = (Workspace(tmp_path / name, tmp_path) for name in ("whole", "broken"))
    for workspace in (whole, broken):
        _add(workspace, TEXTS)
    run(whole, BLANK)
    with monkeypatch.context() as patch:
        _break_at_write(patch, broken_after)
        with pytest.raises(KeyboardInterrupt):
            run(broken, BLANK)
    run(broken, BLANK)
    assert _rows(broken) == _rows(whole)


def _break_at_write(patch, number):
    """Break off in the middle of the given write of a part, its temporary file left behind."""
    left = iter(range(number))
    replace = Path.replace

    def breaking(path, target):
        if Path(target).suffix == ".parquet" and next(left, None) is None:
            raise KeyboardInterrupt
        return replace(path, target)

    patch.setattr(Path, "replace", breaking)


def test_readers_see_the_old_version_until_the_new_one_is_complete(workspace, tmp_path):
    _add(workspace, TEXTS)
    run(workspace, BLANK)
    spacy.blank("da", meta={"name": "da_new", "version": "2.0"}).to_disk(tmp_path / "new")
    better = AnnotateSettings(pipeline=str(tmp_path / "new"), articles_per_part=2)
    seen = []

    def watching(items, total, what):
        for item in items:
            seen.append(Tables(workspace).version("tokens").split("-")[0])
            yield item

    run(workspace, better, watching)
    assert seen == ["da_blank"] * 4
    assert Tables(workspace).version("tokens").startswith("da_new-2.0-")
    assert len(_rows(workspace)["annotations"]) == 14


def test_the_first_version_is_seen_as_it_grows(workspace):
    _add(workspace, TEXTS)
    seen = []

    def watching(items, total, what):
        for item in items:
            seen.append(len(_rows(workspace)["annotations"]))
            yield item

    run(workspace, BLANK, watching)
    assert seen == [4, 8, 12, 14]


def test_the_run_says_when_a_blank_pipeline_stood_in(workspace):
    report = run(workspace, AnnotateSettings())
    assert "da_klumme_sm is not here" in report.notes[0]
    assert run(workspace, BLANK).notes == ()


def test_a_passage_that_is_too_long_is_counted_named_and_not_tried_again(workspace, monkeypatch):
    _add(workspace, ["Kort.|" + "Langt. " * 5])
    load = spacy.blank
    monkeypatch.setattr(spacy, "blank", lambda *a, **k: _short(load(*a, **k)))
    report = run(workspace, BLANK)
    assert report.skipped == {"too long": 1}
    assert Tables(workspace).read("SELECT item, reason, detail FROM skipped") == [
        {"item": "a1-1", "reason": "too long", "detail": "35 characters"}
    ]
    assert run(workspace, BLANK).skipped == {}


def _short(nlp):
    nlp.max_length = 20
    return nlp


@pytest.mark.skipif(not SEED.is_dir(), reason="the seed text is not here")
def test_the_seed_text_is_annotated_without_non_breaking_spaces(workspace):
    text = next(SEED.glob("*.txt")).read_text(encoding="utf-8").replace("\xa0", " ")
    _add(workspace, ["|".join(line for line in text.splitlines() if line.strip())])
    run(workspace, BLANK)
    tables = Tables(workspace)
    assert tables.read("SELECT count(*) AS n FROM tokens WHERE form LIKE '%' || chr(160) || '%'") == [{"n": 0}]
    linked = tables.read("SELECT DISTINCT link_kind, link_id FROM entities WHERE link_id <> '' ORDER BY ALL")
    assert [(row["link_kind"], row["link_id"]) for row in linked] == [
        ("kommune", "259"),
        ("kommune", "851"),
        ("parti", "A"),
    ]
    lemmas = tables.read("SELECT count(*) AS n FROM tokens WHERE lemma = 'samarbejde' AND form <> 'samarbejde'")
    assert lemmas[0]["n"] >= 5
