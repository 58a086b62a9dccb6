"""The recipes by which the models are made can be run by their names."""

import re
from pathlib import Path

import pytest
from weasel.util.config import load_project_config

from klumme.workspace import find_home

RECIPES = sorted((find_home() / "models").glob("*/project.yml"))


def test_each_model_that_is_trained_has_a_recipe() -> None:
    assert [path.parent.name for path in RECIPES] == ["danish", "encoder"]


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda path: path.parent.name)
def test_weasel_takes_the_recipe_and_its_scripts_are_there(recipe: Path) -> None:
    config = load_project_config(recipe.parent)

    assert "all" in config["workflows"]
    lines = [line for command in config["commands"] for line in command.get("script", ())]
    scripts = {name for line in lines for name in re.findall(r"scripts/[\w/]+\.py", line)}
    assert scripts
    assert [name for name in sorted(scripts) if not (recipe.parent / name).is_file()] == []
