import json
from datetime import datetime

import numpy as np
import pytest
from click.testing import CliRunner

from klumme.cli.main import klumme
from klumme.settings import load_settings
from klumme.tables import Tables
from klumme.themes import registry
from klumme.themes.labels import append_labels, text_hash
from klumme.themes.retrain import retrain
from klumme.themes.share import _Member, _Memory, _share, shares
from klumme.themes.step import run as tag


@pytest.fixture
def say(workspace, label):
    """Store what a coder says of passages, each with its themes."""

    def said(passages, themes, coder="anna", **more):
        rows = zip(passages, themes, strict=True)
        append_labels(workspace.labels, [label(p.id, t, coder, text_sha256=text_hash(p.text), **more) for p, t in rows])

    return said


@pytest.fixture
def tell(workspace):
    """Run `klumme share` on the theme "penge"; returns its rows and its notes."""

    def told(*words):
        words = ("--root", str(workspace.root), "share", "--theme", "penge", *words)
        done = CliRunner().invoke(klumme, [*words, "--format", "json"])
        assert done.exception is None, done.output
        return json.loads(done.stdout), done.stderr

    return told


def _members(count, **columns):
    """Make passages of a group, five in an article; a column says what differs, as a function of the number."""
    plain = {"p": 0.5, "tagged": False, "coded": True, "said": None, "drawn": False}
    for i in range(count):
        given = {name: make(i) for name, make in columns.items()}
        yield _Member(f"k{i}", f"a{i // 5}", **(plain | given))


def _mean(themes):
    return sum(held["penge"] for held in themes) / len(themes)


def test_where_every_passage_is_settled_the_share_is_counted_whether_or_not_chance_drew_any(workspace, fill, say):
    known, themes = fill(count=48, coders=())
    say(known, themes)
    (whole,) = shares(workspace, "penge")
    assert (whole.passages, whole.settled, whole.labelled) == (48, 48, 0)
    assert whole.by_labels == pytest.approx(_mean(themes))
    assert whole.corrected is None
    for share in shares(workspace, "penge", "parti"):
        own = [t for p, t in zip(known, themes, strict=True) if "AV"[int(p.article[1:]) % 2] == share.group]
        assert share.by_labels == pytest.approx(_mean(own))


@pytest.mark.parametrize("other", [None, True, False])
def test_one_passage_that_is_unsure_or_disputed_keeps_a_group_from_being_counted(workspace, fill, say, other):
    known, themes = fill(count=24, coders=())
    say(known, themes)
    say(known[:1], [{"penge": None if other is None else not themes[0]["penge"]}], "bo")
    (whole,) = shares(workspace, "penge")
    assert (whole.settled, whole.open, whole.by_labels) == (23, 1, None)
    say(known[:1], [{"penge": other}], "cille", origin="adjudicated")
    (whole,) = shares(workspace, "penge")
    settled = None if other is None else pytest.approx(_mean([{"penge": other}, *themes[1:]]))
    assert whole.by_labels == settled


def test_one_passage_that_nobody_has_read_keeps_only_its_own_group_from_being_counted(workspace, fill, say):
    known, themes = fill(count=48, coders=())
    say(known[1:], themes[1:])
    found = {share.group: share for share in shares(workspace, "penge", "parti")}
    assert (found["A"].settled, found["A"].by_labels) == (23, None)
    assert (found["V"].settled, found["V"].by_labels is None) == (24, False)


def test_a_theme_for_which_nothing_was_coded_is_neither_settled_nor_open(workspace, fill, say):
    known, _ = fill(count=24, coders=())
    say(known, [{"ejerskab": True}] * 24)
    (whole,) = shares(workspace, "penge")
    assert (whole.settled, whole.open, whole.by_labels) == (0, 0, None)


def test_without_a_model_that_knows_the_theme_labels_still_tell_its_share(workspace, fill):
    _, themes = fill(count=120)
    (whole,) = shares(workspace, "penge")
    assert (whole.raw, whole.untagged, whole.alone) == (None, 120, True)
    assert whole.corrected == pytest.approx(_mean(themes)) == whole.by_labels


def test_passages_that_are_not_tagged_are_counted_and_corrected_then_rests_on_labels_alone():
    members = list(_members(60, tagged=lambda i: None if i == 0 else i < 31, said=lambda i: i % 3 == 0, drawn=bool))
    found = _share("A", members, _Memory({}, known=True))
    assert (found.passages, found.untagged, found.raw) == (60, 1, 30 / 59)
    assert found.alone
    assert found.corrected == pytest.approx(19 / 59)


def test_a_model_that_has_learnt_from_the_random_labels_is_corrected_as_one_that_has_not():
    """Of what it learnt from it says the truth, of what it had not seen .3 too much."""

    def holds(i):
        return i // 2 % 4 == 0

    def unseen(i):
        return 0.3 + 0.6 * holds(i) + 0.01 * (i % 7)

    members = list(
        _members(
            400,
            p=lambda i: float(holds(i)) if i % 2 else unseen(i),
            said=lambda i: holds(i) if i % 2 else None,
            drawn=lambda i: i % 2 == 1,
        )
    )
    remembered = {f"k{i}": unseen(i) for i in range(1, 400, 2)}
    honest = _share("A", members, _Memory(remembered, known=True))
    blind = _share("A", members, _Memory({}, known=True))
    assert honest.corrected == pytest.approx(0.25, abs=0.01)
    assert blind.corrected > 0.3
    assert honest.learnt == 200


def test_by_words_alone_or_without_memory_a_corrected_share_is_that_of_the_labels_whatever_the_scores_say():
    members = list(
        _members(
            60,
            p=lambda _: 0.9,
            tagged=lambda _: True,
            said=lambda i: i % 4 == 0 if i % 2 == 0 else None,
            drawn=lambda i: i % 2 == 0,
        )
    )
    found = _share("A", members, _Memory({}, known=False))
    assert (found.raw, found.labelled, found.alone) == (1.0, 30, True)
    assert found.corrected == pytest.approx(0.5)


def test_a_model_whose_memory_is_gone_corrects_nothing_by_what_it_has_learnt(workspace, fill):
    _, themes = fill(count=120)
    version = retrain(workspace, load_settings(workspace.settings)).version
    tag(workspace, load_settings(workspace.settings).tag)
    (whole,) = shares(workspace, "penge")
    assert (whole.alone, whole.learnt, whole.untagged) == (False, 120, 0)
    (workspace.themes / version / registry.HELD_OUT).unlink()
    (whole,) = shares(workspace, "penge")
    assert whole.alone
    assert whole.corrected == pytest.approx(_mean(themes))


def test_the_command_says_of_what_a_counted_share_is_and_that_the_model_has_learnt_from_its_labels(
    workspace, fill, say, tell
):
    known, themes = fill(count=120, coders=())
    say(known, themes)
    retrain(workspace, load_settings(workspace.settings))
    tag(workspace, load_settings(workspace.settings).tag)
    rows, notes = tell()
    assert list(rows[0]) == ["alt", "of", "read", "by labels", "raw", "drawn", "corrected", "low", "high"]
    assert (rows[0]["of"], rows[0]["read"], rows[0]["drawn"]) == (120, 120, 0)
    assert rows[0]["by labels"] == pytest.approx(_mean(themes))
    assert "no sampling error" in notes
    assert "no estimate for others" in notes
    assert "has learnt from the labels of 120 of these passages" in notes
    assert "no corrected share" not in notes
    assert "klumme label" not in notes


def test_labels_that_nobody_drew_at_random_correct_nothing_and_the_command_that_draws_is_named(fill, say, tell):
    known, themes = fill(count=48, coders=())
    say(known[:30], themes[:30])
    rows, notes = tell()
    assert (rows[0]["read"], rows[0]["by labels"], rows[0]["corrected"]) == (30, None, None)
    assert "no corrected share for the 48 passages of alle: 30 are read and settled" in notes
    assert "none of these is marked as drawn at random" in notes
    assert "`klumme label --coder NAME --theme penge` lays out passages drawn at random" in notes


def test_too_few_random_labels_in_a_group_are_told(fill, say, tell):
    known, themes = fill(count=48, coders=())
    say(known[:9], themes[:9], random_draw=True)
    rows, notes = tell()
    assert (rows[0]["drawn"], rows[0]["corrected"]) == (9, None)
    assert "fewer than 10 settled labels drawn at random, or fewer than 10 articles" in notes
    say(known[9:10], themes[9:10], random_draw=True)
    rows, notes = tell()
    assert rows[0]["low"] <= rows[0]["corrected"] <= rows[0]["high"]
    assert "no corrected share" not in notes
    assert "corrected rests on labels alone" in notes


def test_a_theme_that_nobody_has_coded_here_and_no_model_knows_is_told(fill, tell):
    fill(count=24, coders=())
    rows, notes = tell("--by", "parti")
    assert [row["raw"] for row in rows] == [None, None]
    assert "nobody has coded penge in the 24 passages of 2 groups" in notes
    assert "no passage has been tagged for penge" in notes


def test_open_passages_are_told_with_what_settles_them_and_that_chance_had_drawn_some(fill, say, tell):
    known, themes = fill(count=48, coders=())
    say(known, themes)
    say(known[:1], [{"penge": None}], "bo")
    _, notes = tell()
    assert "1 passages are open" in notes
    assert "`klumme adjudicate --coder NAME --theme penge` settles them: nothing else is missing to count" in notes
    assert "drawn at random" not in notes
    say(known[1:2], [{"penge": None}], "bo", random_draw=True)
    _, notes = tell()
    assert "2 passages are open" in notes
    assert "1 of them were drawn at random, and corrected leaves them out" in notes


def test_passages_that_came_after_the_tagging_are_told_and_left_out_of_raw_alone(workspace, fill, tell):
    _, themes = fill(count=120)
    retrain(workspace, load_settings(workspace.settings))
    tag(workspace, load_settings(workspace.settings).tag)
    article = {"id": "new", "url": "https://a.example/new", "duplicate_of": ""}
    passage = {"id": "new-1", "article_id": "new", "ordinal": 0, "kind": "paragraph", "text": "Nyt."}
    Tables(workspace).append({"passages": [passage], "articles": [article]})
    rows, notes = tell()
    assert (rows[0]["of"], rows[0]["read"], rows[0]["by labels"]) == (121, 120, None)
    assert rows[0]["raw"] == pytest.approx(np.mean([held["penge"] for held in themes]), abs=0.1)
    assert "1 passages have not been tagged, and raw leaves them out" in notes


@pytest.fixture
def come(workspace):
    """Let an article of one passage come at a time; the same address again is a revision, which adds a passage."""

    def came(name, at, *texts):
        article = {"id": f"{name}-{at}", "url": f"https://a.example/{name}", "duplicate_of": "", "fetched_at": at}
        rows = [
            {"id": text, "article_id": article["id"], "ordinal": n, "kind": "paragraph", "text": text}
            for n, text in enumerate(texts)
        ]
        Tables(workspace).append({"passages": rows, "articles": [article]})

    return came


def test_passages_that_came_after_the_last_draw_are_told_where_a_share_is_corrected(fill, come, tell):
    fill(count=48)  # drawn and labelled on New Year's Day of 2025
    come("old", datetime(2024, 12, 31), "gammelt", "ældre")
    _, notes = tell()
    assert "came after" not in notes
    come("old", datetime(2025, 1, 2), "gammelt", "ældre", "nyt")
    _, notes = tell()
    assert "1 passages came after the last was drawn at random" in notes


def test_where_the_corpus_was_collected_anew_since_the_draw_nobody_is_told_that_all_of_it_came_after(
    workspace, fill, come, label, tell
):
    fill(count=48)
    drawn = label("trukket", {"penge": True}, random_draw=True)
    append_labels(workspace.labels, [drawn])
    come("old", datetime(2025, 1, 2), "trukket", "andet")
    rows, notes = tell()
    assert rows[0]["drawn"] == 49
    assert "came after" not in notes
