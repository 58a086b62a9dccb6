import json

import pytest
from click.testing import CliRunner

from klumme.cli.main import klumme
from klumme.cli.main import run as command
from klumme.errors import LabelError, MissingModelError
from klumme.settings import load_settings
from klumme.tables import Tables
from klumme.themes import registry
from klumme.themes.codebook import load_codebook
from klumme.themes.labels import ADJUDICATED, append_labels, text_hash
from klumme.themes.retrain import Terms, retrain
from klumme.themes.share import shares
from klumme.themes.step import run as tag
from klumme.themes.suspicious import suspicious
from klumme.workspace import Workspace


@pytest.fixture
def go(workspace):
    settings = load_settings(workspace.settings)
    return lambda **terms: retrain(workspace, settings, Terms(**terms))


@pytest.fixture
def trained(fill, go):
    fill()
    return go().version


def test_the_first_model_is_used_and_has_its_figures_and_card_beside_it(workspace, fill, go):
    fill(coders=("anna", "bo"))
    done = go()
    folder = workspace.themes / done.version
    assert done.promoted
    assert registry.current(workspace.themes) == done.version
    assert {path.name for path in folder.iterdir()} == {"model.skops", "metrics.json", "README.md", "held-out.jsonl"}
    facts = registry.metrics(folder)["facts"]
    assert (facts["passages"], facts["coders"], facts["codebook"]) == (120, ["anna", "bo"], 3)
    assert facts["pipeline"].startswith("da_blank")
    assert len(facts["labels"]) == 64
    card = (folder / "README.md").read_text(encoding="utf-8")
    assert "anna, bo" in card
    assert "| ejerskab |" in card


def test_what_a_model_says_of_passages_it_has_learnt_from_stands_apart_from_honest_figures(workspace, fill, go):
    fill()
    folder = workspace.themes / go().version
    known = registry.metrics(folder)
    (honest,) = known["sets"].values()
    assert known["in_sample"]["micro"]["f1"][0] > honest["micro"]["f1"][0] - 1e-9
    card = (folder / "README.md").read_text(encoding="utf-8")
    assert card.index("In-sample, for comparison") > card.index("held-out passages")


def test_the_same_labels_give_the_same_version_and_more_labels_another(workspace, fill, go, label):
    known, _ = fill()
    first = go().version
    assert go().version == first
    change = label(
        known[0].id, {"penge": True, "ejerskab": True}, at="2025-02-01", text_sha256=text_hash(known[0].text)
    )
    append_labels(workspace.labels, [change])
    assert go().version != first


def test_a_worse_model_is_kept_but_not_used_unless_forced(workspace, fill, go, label):
    known, themes = fill()
    good = go().version
    wrong = [
        label(p.id, {"ejerskab": i % 2 == 0, "penge": i % 3 == 0}, at="2025-02-01", text_sha256=text_hash(p.text))
        for i, p in enumerate(known[:60])
    ]
    folder = workspace.new_themes / good
    append_labels(workspace.labels, wrong)
    held = {
        p.id: {"ejerskab": float(t["ejerskab"]), "penge": float(t["penge"])} for p, t in zip(known, themes, strict=True)
    }
    held |= {x.passage_id: {k: float(v) for k, v in x.themes.items()} for x in wrong}
    lines = [json.dumps({"id": name, "p": p}) for name, p in held.items()]
    (folder / registry.HELD_OUT).write_text("\n".join(lines))
    done = go()
    assert not done.promoted
    assert done.why.startswith("worse: micro-F1 -")
    assert registry.current(workspace.themes) == good
    assert done.version in registry.versions(workspace.themes)
    assert any(done.comparison.lost.values())
    assert go(force=True).promoted


def test_a_model_that_is_not_worse_is_used_and_says_by_how_much(fill, go, label, workspace):
    fill()
    go()
    done = go()
    assert done.promoted
    assert done.why.startswith("not worse: micro-F1 +0.000 [+0.000, +0.000]")


def test_labels_without_text_and_labels_of_changed_text_are_told_and_not_used(workspace, fill, go, label):
    known, _ = fill()
    lost = label("gone", {"penge": True})
    changed = label(known[0].id, {"penge": True}, coder="bo", at="2026-01-01", text_sha256=text_hash("anders"))
    append_labels(workspace.labels, [lost, changed])
    notes = " ".join(go().notes)
    assert "1 labelled passages have no text here" in notes
    assert "1 labels are of a text that has changed since" in notes


def test_contradictory_labels_are_told(workspace, fill, go, label):
    known, themes = fill()
    other = {"penge": not themes[0]["penge"], "ejerskab": themes[0]["ejerskab"]}
    append_labels(workspace.labels, [label(known[0].id, other, coder="bo", text_sha256=text_hash(known[0].text))])
    assert any("coders disagree on 1 passages" in note for note in go().notes)


def test_what_an_adjudicator_leaves_unsure_waits_for_nobody(workspace, fill, go, label):
    known, themes = fill()
    place = {"text_sha256": text_hash(known[0].text)}
    other = label(known[0].id, {"penge": not themes[0]["penge"]}, coder="bo", **place)
    judge = label(known[0].id, {"penge": None}, coder="cille", origin=ADJUDICATED, at="2026-01-01", **place)
    append_labels(workspace.labels, [other, judge])
    assert not any("adjudicate" in note for note in go().notes)


def test_without_labels_there_is_nothing_to_train(go):
    with pytest.raises(LabelError, match=r"There are no labels.*klumme label"):
        go()


def test_too_few_labels_for_any_theme_say_so(fill, go):
    fill(count=8)
    with pytest.raises(LabelError, match="No theme has enough labels"):
        go()


def test_a_corpus_elsewhere_takes_the_model_it_was_given_along(workspace, written, go, label, tmp_path):
    labels = [
        label(i, {theme: theme in held for theme in ("ejerskab", "penge")}, text_sha256=text_hash(text))
        for i, text, held in written()
    ]
    append_labels(workspace.labels, labels[10:])
    given = go().version
    elsewhere = Workspace(tmp_path / "elsewhere", workspace.root)
    append_labels(elsewhere.labels, labels[:10])
    done = retrain(elsewhere, load_settings(workspace.settings))
    assert registry.versions(elsewhere.new_themes) == sorted({given, done.version})
    assert [one["version"] for one in registry.promotions(elsewhere.new_themes)] == [given, done.version]
    assert registry.current(workspace.themes) == given
    assert done.comparison.passages == 160


def test_the_models_command_lists_compares_and_rolls_back(workspace, fill, go, label):
    known, _ = fill()
    first = go().version
    change = label(
        known[0].id, {"penge": True, "ejerskab": True}, at="2025-02-01", text_sha256=text_hash(known[0].text)
    )
    append_labels(workspace.labels, [change])
    second = go().version

    def say(*words):
        done = CliRunner().invoke(klumme, ["--root", str(workspace.root), "models", *words])
        assert done.exception is None, done.output
        return done.output

    listed = {row["version"]: row["in use"] for row in json.loads(say("list", "--format", "json"))}
    assert listed == {first: "", second: "*"}
    assert f"Theme model {second}" in say("show")
    assert "New against old" in say("compare", first)
    assert f"In use again: {first}" in say("rollback")
    assert f"In use now: {second}" in say("promote", second)


def test_a_label_that_everything_speaks_against_is_suspicious(workspace, fill, go, label):
    known, themes = fill()
    wrong = next(i for i, held in enumerate(themes) if held == {"ejerskab": False, "penge": True})
    change = label(known[wrong].id, {"penge": False}, at="2025-02-01", text_sha256=text_hash(known[wrong].text))
    append_labels(workspace.labels, [change])
    go()
    first = suspicious(workspace)[0]
    assert (first.passage.id, first.theme, first.said) == (known[wrong].id, "penge", False)
    assert first.surprise > 0.5


def test_shares_are_given_by_group_with_the_passages_behind_them(workspace, fill, go, label):
    _, themes = fill(count=240)
    go()
    tag(workspace, load_settings(workspace.settings).tag)
    whole = shares(workspace, "penge")[0]
    assert (whole.passages, whole.labelled) == (240, 240)
    assert whole.corrected == pytest.approx(sum(held["penge"] for held in themes) / 240)
    by_party = shares(workspace, "penge", "parti")
    assert {share.group for share in by_party} == {"A", "V"}
    assert sum(share.passages for share in by_party) == 240
    by_place = shares(workspace, "penge", "kommune")
    assert all(share.corrected is None for share in by_place if share.labelled < 10)


def test_an_unknown_grouping_is_met_with_the_nearest_one(workspace, capsys):
    assert command(["--root", str(workspace.root), "share", "--theme", "penge", "--by", "partier"]) == 2
    assert "Did you mean 'parti'" in capsys.readouterr().err


def test_texts_in_a_file_are_tagged_into_another(workspace, trained, tmp_path):
    source, out = tmp_path / "texts.jsonl", tmp_path / "scores.jsonl"
    source.write_text('{"id": 7, "text": "I går manglede der fem millioner kroner i budgettet."}\n\n', encoding="utf-8")
    arguments = ["--quiet", "--root", str(workspace.root), "tag", "--in", str(source), "--out", str(out)]
    assert CliRunner().invoke(klumme, arguments).exit_code == 0
    row = json.loads(out.read_text(encoding="utf-8"))
    assert (row["id"], row["tags"], row["model"]) == (7, ["penge"], trained)
    assert set(row["scores"]) == {"ejerskab", "penge"}
    assert Tables(workspace).read("SELECT count(*) AS n FROM theme_scores")[0]["n"] == 0


def test_a_text_with_a_line_end_that_is_none_in_json_is_one_text(workspace, trained, tmp_path):
    lines = [json.dumps({"id": n, "text": "Byrådet\u2028tog\x85sagen."}, ensure_ascii=False) for n in (1, 2)]
    (tmp_path / "texts.jsonl").write_text("\ufeff" + "\n".join(lines), encoding="utf-8")
    arguments = ["--quiet", "--root", str(workspace.root), "tag", "--in", str(tmp_path / "texts.jsonl")]
    done = CliRunner().invoke(klumme, arguments)
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == [1, 2]


@pytest.mark.parametrize("line", ["{", "[]", '{"id": 1}', '{"id": 1, "text": 2}'])
def test_a_line_that_is_no_passage_is_named_and_nothing_is_written(workspace, trained, tmp_path, line, capsys):
    (tmp_path / "texts.jsonl").write_text('{"id": 1, "text": "a"}\n' + line)
    out = tmp_path / "scores.jsonl"
    arguments = ["--root", str(workspace.root), "tag", "--in", str(tmp_path / "texts.jsonl"), "--out", str(out)]
    assert command(arguments) == 1
    assert "Line 2 is no passage" in capsys.readouterr().err
    assert not out.exists()


def test_an_import_with_one_unknown_theme_adds_nothing(workspace, written, tmp_path):
    rows = written(2)
    lines = [
        {"passage_id": i, "coder": "bo", "themes": [theme]}
        for (i, *_), theme in zip(rows, ("penge", "vejr"), strict=True)
    ]
    (tmp_path / "in.jsonl").write_text("\n".join(map(json.dumps, lines)))
    arguments = ["--root", str(workspace.root), "labels", "import", str(tmp_path / "in.jsonl")]
    assert command(arguments) == 2
    assert not workspace.labels.exists()


def test_a_renamed_theme_goes_on_with_its_labels(workspace, fill, go):
    fill()
    book = workspace.codebook.read_text(encoding="utf-8").replace(
        'id = "penge"', 'id = "midler"\nrenamed_from = ["penge"]'
    )
    workspace.codebook.write_text(book, encoding="utf-8")
    assert load_codebook(workspace.codebook).ids == ("ejerskab", "midler")
    go()
    assert registry.load_model(workspace).themes == ("ejerskab", "midler")


def test_a_model_that_is_gone_says_how_to_get_one(workspace, fill, go):
    fill()
    version = go().version
    (workspace.themes / version / "model.skops").unlink()
    with pytest.raises(MissingModelError, match="klumme retrain"):
        registry.load_model(workspace)
