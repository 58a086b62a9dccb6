"""Make the list of names from names.toml: `names.py NAMES.toml OUT_DIR` writes names.msgpack.

Adjectives and peoples are MISC, as in DaN+, and are listed in all their forms; a name that stands under two types is
left out of the list.
"""

import argparse
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import srsly

ENDINGS = ("", "e")  # of an adjective: dansk, danske; a genitive's s is taken off where names are looked up


def typed(lists: dict[str, dict[str, list]]) -> Iterator[tuple[str, str]]:
    """Every form of every name with its type."""
    for names in lists["places"].values():
        yield from ((name, "LOC") for name in names)
    yield from ((name, "ORG") for name in lists["organisations"]["names"])
    yield from ((name, "PER") for name in lists["persons"]["first"])
    for adjective in lists["derived"]["adjectives"]:
        yield from ((adjective.lower() + ending, "MISC") for ending in ENDINGS)
    for forms in lists["derived"]["people"]:
        yield from ((form.lower(), "MISC") for form in forms)


def main() -> None:
    """Read, sort out, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", type=Path)
    parser.add_argument("out", type=Path)
    given = parser.parse_args()
    types: dict[str, set[str]] = defaultdict(set)
    for name, label in typed(tomllib.loads(given.names.read_text(encoding="utf-8"))):
        types[" ".join(name.split())].add(label)
    sure = {name: min(labels) for name, labels in sorted(types.items()) if len(labels) == 1}
    given.out.mkdir(parents=True, exist_ok=True)
    srsly.write_msgpack(given.out / "names.msgpack", sure)


if __name__ == "__main__":
    main()
