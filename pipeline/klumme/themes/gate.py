"""The gate: floors that a model's figures must not fall below, pinned to the labels they were measured on."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from klumme.errors import InputError, KlummeError
from klumme.themes.registry import write

# How far below the measured figure a floor lies: what another processor or library may change.
SLACK = 0.01
PINNED = (("micro", "f1"), ("core", "f1"), ("macro", "ap"))


@dataclass(frozen=True, slots=True)
class Check:
    """One figure against its floor."""

    set: str
    figure: str
    value: float
    floor: float

    @property
    def holds(self) -> bool:
        """Whether the figure is not below its floor."""
        return self.value >= self.floor


class FloorError(KlummeError):
    """A figure fell below its floor, or the gold data changed under the floors."""


def read_floors(path: Path) -> dict[str, Any]:
    """Read the floors; raises InputError when there are none or the file is broken."""
    try:
        floors = json.loads(path.read_text(encoding="utf-8"))
        return {"gold": str(floors["gold"]), "floors": dict(floors["floors"])}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"The floors {path.name} cannot be read: {error}.", "Pin them with `klumme evaluate --pin`."
        ) from error


def check(floors: Mapping[str, Any], measured: Mapping[str, Any], gold: str) -> list[Check]:
    """Hold measured figures against the floors of the sets that were measured.

    Raises FloorError when the gold data is not what the floors were pinned to.
    """
    if floors["gold"] != gold:
        raise FloorError("The labels changed since the floors were pinned.", "Pin them anew: klumme evaluate --pin.")
    return [
        Check(name, figure, value, floors["floors"][name][figure])
        for name, found in measured.items()
        for figure, value in pinned(found).items()
        if figure in floors["floors"].get(name, {})
    ]


def pinned(found: Mapping[str, Any]) -> dict[str, float]:
    """Return the figures that floors are set for."""
    return {f"{over} {name}": float(found[over][name][0]) for over, name in PINNED if over in found}


def require(checks: list[Check]) -> None:
    """Raise FloorError, naming each figure that fell below its floor."""
    fallen = [f"{c.figure} on {c.set} is {c.value:.3f}, below {c.floor:.3f}" for c in checks if not c.holds]
    if fallen:
        raise FloorError(
            "; ".join(fallen) + ".", "Find out why, or lower the floors: klumme evaluate --pin --allow-regression."
        )


def pin(path: Path, measured: Mapping[str, Any], gold: str, *, allow_regression: bool = False) -> None:
    """Write floors a little below the measured figures; raises FloorError rather than lower one, unless allowed."""
    new = {name: {k: round(v - SLACK, 3) for k, v in pinned(found).items()} for name, found in measured.items()}
    old = read_floors(path)["floors"] if path.exists() else {}
    lower = [f"{k} on {name}" for name, row in new.items() for k, v in row.items() if v < old.get(name, {}).get(k, 0)]
    if lower and not allow_regression:
        raise FloorError(f"This would lower the floor of {', '.join(lower)}.", "If it must be, say --allow-regression.")
    write(path, json.dumps({"gold": gold, "floors": old | new}, indent=1, ensure_ascii=False) + "\n")
