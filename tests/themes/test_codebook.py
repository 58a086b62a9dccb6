import pytest

from klumme.errors import CodebookError
from klumme.themes.codebook import load_codebook
from klumme.workspace import find_home


@pytest.fixture
def codebook(workspace):
    return load_codebook(workspace.codebook)


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
