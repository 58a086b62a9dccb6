import json

import pytest
from click.testing import CliRunner

from klumme.cli.main import klumme
from klumme.errors import CodebookError
from klumme.themes.codebook import load_codebook
from klumme.workspace import find_home

ENGLISH = """
definition_en = "Money in a common task."
in = ["gæld"]
in_en = ["debt"]
out = ["en pung"]
out_en = ["a purse"]
example_da = "Vi lånte."
example_en = "We borrowed."
example_not_da = "Han betalte."
example_not_en = "He paid."
"""


@pytest.fixture
def codebook(workspace):
    return load_codebook(workspace.codebook)


def _append(workspace, lines):
    """Add keys to the last theme of the codebook, which is "penge"."""
    with workspace.codebook.open("a", encoding="utf-8") as file:
        file.write(lines)


def _codebook(workspace, *words):
    return CliRunner().invoke(klumme, ["--root", str(workspace.root), "codebook", *words], catch_exceptions=False)


def _broken(workspace, text):
    workspace.codebook.write_text(text, encoding="utf-8")
    with pytest.raises(CodebookError) as caught:
        load_codebook(workspace.codebook)
    return str(caught.value)


def test_the_codebook_of_the_project_names_three_core_themes_and_explains_each():
    codebook = load_codebook(find_home() / "corpus" / "codebook.toml")
    assert codebook.core == ("politisk-ejerskab", "tvaersektorielt-samarbejde", "ansvarsfordeling")
    for theme in codebook.themes:
        assert all([theme.da, theme.en, theme.definition_da, theme.definition_en, theme.counts, theme.counts_not])
        assert theme.keywords
        assert theme.example_da != theme.example_not_da


def test_the_codebook_of_the_project_says_in_english_line_for_line_what_it_says_in_danish():
    for theme in load_codebook(find_home() / "corpus" / "codebook.toml").themes:
        assert theme.untranslated == ()
        assert len(theme.counts_en) == len(theme.counts)
        assert len(theme.counts_not_en) == len(theme.counts_not)
        assert all([theme.example_da, theme.example_not_da, theme.example_en, theme.example_not_en])
        assert all(line.strip() for line in (*theme.counts_en, *theme.counts_not_en))
        assert not {*theme.counts_en, *theme.counts_not_en} & {*theme.counts, *theme.counts_not}
        assert theme.example_en not in (theme.example_da, theme.example_not_en)
        assert theme.example_not_en != theme.example_not_da


def test_english_is_optional_and_what_is_missing_is_named(workspace):
    assert load_codebook(workspace.codebook).theme("ejerskab").untranslated == ("definition_en",)
    _append(workspace, 'in = ["gæld"]\nexample_da = "Vi lånte."\nexample_en = "We borrowed."\n')
    assert load_codebook(workspace.codebook).theme("penge").untranslated == ("definition_en", "in_en")


def test_the_command_shows_an_entry_in_english_and_names_what_has_none(workspace):
    _append(workspace, ENGLISH)
    shown = _codebook(workspace, "penge", "--english")
    assert shown.stdout.splitlines() == [
        "Money: Money in a common task.",
        "  + debt",
        "  - a purse",
        "  Example: We borrowed.",
        "  Not an example: He paid.",
    ]
    assert shown.stderr == ""
    bare = _codebook(workspace, "ejerskab", "--english")
    assert "'ejerskab' lacks English: write definition_en" in bare.stderr


def test_the_command_lists_the_definitions_in_the_language_asked_for(workspace):
    _append(workspace, ENGLISH)
    danish, english = (
        [row["definition"] for row in json.loads(_codebook(workspace, "--format", "json", *words).stdout)]
        for words in ([], ["--english"])
    )
    assert danish == ["Byrådet tager sagen på sig.", "Penge i en fælles opgave."]
    assert english == ["", "Money in a common task."]


def test_a_theme_is_found_by_its_former_name(codebook):
    assert codebook.theme("politisk-vilje").id == "ejerskab"
    assert codebook.current_id("politisk-vilje") == "ejerskab"


def test_an_unknown_theme_is_met_with_the_nearest_one(codebook):
    with pytest.raises(CodebookError, match="Did you mean 'ejerskab'"):
        codebook.theme("ejerskap")


def test_a_codebook_that_is_no_toml_names_the_file(workspace):
    assert "codebook.toml cannot be read" in _broken(workspace, "version = = 1")


def test_a_codebook_without_themes_is_refused(workspace):
    assert "no version or no [[theme]]" in _broken(workspace, "version = 1")


def test_two_themes_of_one_name_are_refused_also_when_one_had_it_formerly(workspace):
    theme = '[[theme]]\nid = "{}"\nda = "A"\nen = "A"\ndefinition_da = "A"\n{}'
    double = "version = 1\n" + theme.format("a", "") + theme.format("b", 'renamed_from = ["a"]')
    assert "two themes called 'a'" in _broken(workspace, double)


def test_a_misspelt_key_is_met_with_the_right_one(workspace):
    assert "Did you mean 'keywords'" in _broken(workspace, 'version = 1\n[[theme]]\nid = "a"\nkeyword = ["x"]\n')


def test_a_theme_without_definition_is_incomplete(workspace):
    assert "'a' is incomplete" in _broken(workspace, 'version = 1\n[[theme]]\nid = "a"\nda = "A"\nen = "A"\n')
