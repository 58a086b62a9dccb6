"""Settings: defaults here, overridden by `klumme.toml` in the root; what is not known is refused."""

import tomllib
from dataclasses import dataclass, field, fields, is_dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from klumme.errors import SettingsError, did_you_mean

if TYPE_CHECKING:
    from pathlib import Path

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class CollectSettings:
    """How pages are fetched. Times are in seconds, sizes in bytes."""

    contact: str = ""
    tdm: str = "honour"
    tdm_reason: str = ""
    delay: float = 1.0
    timeout: float = 20.0
    retries: int = 3
    max_pages: int = 2000
    max_bytes: int = 20_000_000


@dataclass(frozen=True, slots=True)
class AnnotateSettings:
    """Which spaCy pipeline reads the passages, how many articles go into one part of the tables, and who works.

    `scheduler` is the address of a Dask cluster; without one, so many processes of this machine work. `depot` is the
    address of an object store, as in s3://bucket/folder, for workers who share no folder with this machine.
    """

    pipeline: str = "da_klumme_sm"
    articles_per_part: int = 64
    processes: int = 1
    scheduler: str = ""
    depot: str = field(default="", repr=False)  # an address may hold a password


@dataclass(frozen=True, slots=True)
class TagSettings:
    """Which theme model tags, and who works; "current" is the one that `models/themes/current` names.

    `words_only` leaves the encoder out: several times as fast, with the figures of the smaller model.
    """

    model: str = "current"
    words_only: bool = False
    passages_per_part: int = 2000
    processes: int = 1
    scheduler: str = ""
    depot: str = field(default="", repr=False)  # an address may hold a password


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings, one group for each room that has any."""

    collect: CollectSettings = field(default_factory=CollectSettings)
    annotate: AnnotateSettings = field(default_factory=AnnotateSettings)
    tag: TagSettings = field(default_factory=TagSettings)


def load_settings(path: "Path") -> Settings:
    """Read a settings file; a file that is not there means the defaults.

    Raises SettingsError for a file that is no TOML, an unknown key, or a value of the wrong type.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Settings()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path.name} cannot be read: {error}.", "Save it as UTF-8 text.") from error
    try:
        return fill(Settings, tomllib.loads(text), path.name)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path.name} is not valid TOML: {error}.", "Correct that line.") from error


def fill(record: type[T], given: dict[str, Any], where: str, error: type[SettingsError] = SettingsError) -> T:
    """Make a record from a TOML table, group by group, refusing what the record does not have."""
    default = record()
    known = {f.name: getattr(default, f.name) for f in fields(record)}  # type: ignore[arg-type]
    for key in given:
        if key not in known:
            raise error(f"{where} has an unknown setting '{key}'.", did_you_mean(key, known))
    return record(**{key: _value(known[key], value, f"{where} [{key}]", error) for key, value in given.items()})


def _value(default: Any, value: Any, where: str, error: type[SettingsError]) -> Any:
    if is_dataclass(default):
        if not isinstance(value, dict):
            raise error(f"{where} must be a table.", "Write it as a [group] with keys below it.")
        return fill(type(default), value, where, error)
    if isinstance(default, float) and type(value) is int:
        return float(value)
    if type(value) is not type(default):
        raise error(f"{where} must be of type {type(default).__name__}, not {value!r}.", "Correct the value.")
    return value
