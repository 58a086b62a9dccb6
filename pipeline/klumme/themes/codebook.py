"""The codebook as data: the themes, what counts and what does not, read from one TOML file."""

import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from klumme.errors import CodebookError, did_you_mean

_REPAIR = "See corpus/codebook.toml for the form of an entry."
_FIELDS = {"in": "counts", "out": "counts_not", "in_en": "counts_en", "out_en": "counts_not_en"}
_ENGLISH = {
    "definition_en": "definition_da",
    "in_en": "in",
    "out_en": "out",
    "example_en": "example_da",
    "example_not_en": "example_not_da",
}


@dataclass(frozen=True, slots=True)
class Theme:
    """One theme: its names and rules in Danish and English, examples, and the words a dictionary method would use."""

    id: str
    da: str
    en: str
    definition_da: str
    definition_en: str = ""
    core: bool = False
    counts: tuple[str, ...] = ()
    counts_not: tuple[str, ...] = ()
    counts_en: tuple[str, ...] = ()
    counts_not_en: tuple[str, ...] = ()
    example_da: str = ""
    example_not_da: str = ""
    example_en: str = ""
    example_not_en: str = ""
    keywords: tuple[str, ...] = ()
    renamed_from: tuple[str, ...] = ()

    @property
    def untranslated(self) -> tuple[str, ...]:
        """The keys of the codebook file under which the English of something said in Danish is missing."""
        return tuple(en for en, da in _ENGLISH.items() if self._said(da) and not self._said(en))

    def _said(self, key: str) -> Any:
        return getattr(self, _FIELDS.get(key, key))


@dataclass(frozen=True)
class Codebook:
    """All themes in their order, the general rules by language, and the version a label was given under."""

    version: int
    themes: tuple[Theme, ...]
    rules: dict[str, tuple[str, ...]]

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of all themes, in the order of the codebook."""
        return tuple(theme.id for theme in self.themes)

    @property
    def core(self) -> tuple[str, ...]:
        """The ids of the core themes."""
        return tuple(theme.id for theme in self.themes if theme.core)

    def theme(self, name: str) -> Theme:
        """Return a theme by its id or a former id; raises CodebookError when there is none."""
        return self._by_id[self.current_id(name)]

    def current_id(self, name: str) -> str:
        """Return the id that a theme has today; raises CodebookError when the codebook never had it."""
        if name not in self._ids:
            raise CodebookError(f"The codebook has no theme '{name}'.", did_you_mean(name, self.ids))
        return self._ids[name]

    @cached_property
    def _by_id(self) -> dict[str, Theme]:
        return {theme.id: theme for theme in self.themes}

    @cached_property
    def _ids(self) -> dict[str, str]:
        former = {old: theme.id for theme in self.themes for old in theme.renamed_from}
        return former | {theme.id: theme.id for theme in self.themes}


def load_codebook(path: Path) -> Codebook:
    """Read a codebook; raises CodebookError for a file that is missing, no TOML, or lacks or repeats a part."""
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CodebookError(f"The codebook {path.name} cannot be read: {error}.", _REPAIR) from error
    if type(given.get("version")) is not int or not isinstance(given.get("theme"), list):
        raise CodebookError(f"The codebook {path.name} has no version or no [[theme]].", _REPAIR)
    themes = tuple(_theme(entry) for entry in given["theme"])
    _refuse_doubles([name for theme in themes for name in (theme.id, *theme.renamed_from)])
    rules = {language: tuple(lines) for language, lines in given.get("rules", {}).items()}
    return Codebook(given["version"], themes, rules)


_KNOWN = set(Theme.__dataclass_fields__) - set(_FIELDS.values()) | set(_FIELDS)


def _theme(entry: dict[str, Any]) -> Theme:
    name = entry.get("id", "without id")
    for key in entry:
        if key not in _KNOWN:
            raise CodebookError(f"The theme '{name}' has an unknown key '{key}'.", did_you_mean(key, _KNOWN))
    values: dict[str, Any] = {_FIELDS.get(k, k): tuple(v) if isinstance(v, list) else v for k, v in entry.items()}
    try:
        return Theme(**values)
    except TypeError as error:
        raise CodebookError(f"The theme '{name}' is incomplete: {error}.", _REPAIR) from error


def _refuse_doubles(names: list[str]) -> None:
    doubles = sorted({name for name in names if names.count(name) > 1})
    if doubles:
        raise CodebookError(f"The codebook has two themes called '{doubles[0]}'.", "Give each theme its own id.")
