"""The gate: floors that a model's figures must not fall below, pinned to the data they were measured on."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from klumme.errors import InputError, KlummeError
from klumme.themes.evaluate import OUTSIDE
from klumme.themes.registry import write

# How far below the measured figure a floor lies: what another processor or library may change.
SLACK = 0.01
PINNED = (("micro", "f1"), ("core", "f1"), ("macro", "ap"))

_PIN = "klumme evaluate --pin"


@dataclass(frozen=True, slots=True)
class Floors:
    """By set: the hash of the data it was measured on, and the floor of each figure."""

    gold: dict[str, str]
    floors: dict[str, dict[str, float]]


@dataclass(frozen=True, slots=True)
class Check:
    """One figure of one system against its floor."""

    set: str
    system: str
    figure: str
    value: float
    floor: float

    @property
    def holds(self) -> bool:
        """Whether the figure is not below its floor."""
        return self.value >= self.floor


class FloorError(KlummeError):
    """A figure fell below its floor, or the gold data or the model in use is not what the floors speak of."""


def read_floors(path: Path) -> Floors:
    """Read the floors; raises InputError when there are none or the file is broken.

    Floors under one hash of the labels for all sets, as klumme wrote them before, are read (so that none of them is
    lowered unseen), but say of no set on what data it was measured.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        gold, floors = content["gold"], content["floors"]
        return Floors({} if isinstance(gold, str) else dict(gold), {name: dict(row) for name, row in floors.items()})
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"The floors {path.name} cannot be read: {error}.", f"Pin them with `{_PIN}`.") from error


def must_fit(floors: Floors, gold: Mapping[str, str]) -> None:
    """Raise FloorError when the data of a set is not what its floors were pinned to; of other sets nothing is asked."""
    for name in floors.floors:
        if name in gold and floors.gold.get(name) != gold[name]:
            raise _changed(name) if name in floors.gold else _unknown(name)


def _changed(name: str) -> FloorError:
    file = next((file for file, outside in OUTSIDE.items() if outside == name), None)
    if file:
        return FloorError(
            f"The file {file} is not the one on which the floors of '{name}' were pinned.",
            f"Put back the one that was measured, or pin them anew: {_PIN} --passages FOLDER.",
        )
    return FloorError(
        f"The labels, or the passages they speak of, changed since the floors of '{name}' were pinned.",
        f"Pin them anew: {_PIN}.",
    )


def _unknown(name: str) -> FloorError:
    return FloorError(f"The floors of '{name}' do not say on what data they were pinned.", f"Pin them anew: {_PIN}.")


def check(floors: Floors, measured: Mapping[str, Mapping[str, Any]], gold: Mapping[str, str]) -> list[Check]:
    """Hold measured figures, by set and system, against the floors of the sets that were measured.

    Raises FloorError when the gold data is not what the floors were pinned to, or a measured figure has no floor.
    """
    must_fit(floors, {name: gold[name] for name in measured})
    found = [(name, system, pinned(row)) for name, rows in measured.items() for system, row in rows.items()]
    bare = {f"{k} on {name}" for name, _, row in found for k in row if k not in floors.floors.get(name, {})}
    if bare:
        raise FloorError(f"There is no floor of {', '.join(sorted(bare))}.", f"Pin it: {_PIN}.")
    # What is not measured any more counts as nothing: a floor is not passed by leaving its figure out.
    return [
        Check(name, system, figure, row.get(figure, 0.0), floor)
        for name, system, row in found
        for figure, floor in floors.floors[name].items()
    ]


def pinned(found: Mapping[str, Any]) -> dict[str, float]:
    """Return the figures that floors are set for."""
    return {f"{over} {name}": float(found[over][name][0]) for over, name in PINNED if over in found}


def require(checks: list[Check]) -> None:
    """Raise FloorError, naming each figure that fell below its floor."""
    fallen = [
        f"{c.figure} on {c.set} ({c.system}) is {c.value:.3f}, below {c.floor:.3f}" for c in checks if not c.holds
    ]
    if fallen:
        raise FloorError("; ".join(fallen) + ".", f"Find out why, or lower the floors: {_PIN} --allow-regression.")


def pin(path: Path, measured: Mapping[str, Any], gold: Mapping[str, str], *, allow_regression: bool = False) -> None:
    """Write floors a little below the measured figures of each set; those of other sets stay as they are.

    Raises FloorError rather than lower one, unless allowed.
    """
    new = {name: {k: round(v - SLACK, 3) for k, v in pinned(found).items()} for name, found in measured.items()}
    old = read_floors(path) if path.exists() else Floors({}, {})
    lower = [
        f"{k} on {name}" for name, row in new.items() for k, v in row.items() if v < old.floors.get(name, {}).get(k, 0)
    ]
    if lower and not allow_regression:
        raise FloorError(f"This would lower the floor of {', '.join(lower)}.", "If it must be, say --allow-regression.")
    floors = Floors(old.gold | {name: gold[name] for name in new}, old.floors | new)
    write(path, json.dumps(asdict(floors), indent=1, ensure_ascii=False) + "\n")
