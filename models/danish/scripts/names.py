"""Make the list of names from names.toml: `names.py NAMES.toml OUT_DIR TRAIN.conllu...` writes names.msgpack.

Adjectives and peoples are MISC, as in DaN+, and are listed in all their forms. Left out is a name that stands under two
types, one that is mostly a name of another type in the training text, and one that is an ordinary word there in small
letters.
"""

import argparse
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import srsly
from conllu import Sentence, plain_entity, read_conllu

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


class Uses:
    """How the training text uses single words: as entities of which type, and as ordinary words in small letters."""

    def __init__(self, sentences: Iterable[Sentence]) -> None:
        self.types: dict[str, Counter[str]] = defaultdict(Counter)
        self.ordinary: set[str] = set()
        for sentence in sentences:
            labels = [plain_entity(word.ner) for word in sentence.words]
            for word, label, following in zip(sentence.words, labels, [*labels[1:], "O"], strict=True):
                if label.startswith("B-") and not following.startswith("I-"):
                    self.types[word.form][label[2:]] += 1
                elif label == "O" and word.form.islower():
                    self.ordinary.add(word.form)

    def bear_out(self, name: str, label: str) -> bool:
        """Whether a name is free of other uses."""
        if not name.islower() and not self.ordinary.isdisjoint({name.lower(), name.lower() + "s"}):
            return False
        seen = self.types.get(name, Counter()) + self.types.get(name + "s", Counter())
        return not seen or seen[label] >= seen.total() / 2


def main() -> None:
    """Read, sort out, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("train", type=Path, nargs="+")
    given = parser.parse_args()
    types: dict[str, set[str]] = defaultdict(set)
    for name, label in typed(tomllib.loads(given.names.read_text(encoding="utf-8"))):
        types[" ".join(name.split())].add(label)
    uses = Uses(sentence for path in given.train for sentence in read_conllu(path))
    single = {name: min(labels) for name, labels in sorted(types.items()) if len(labels) == 1}
    sure = {name: label for name, label in single.items() if uses.bear_out(name, label)}
    print(f"{len(types)} names, {len(single)} of one type, {len(sure)} borne out by the training text")
    given.out.mkdir(parents=True, exist_ok=True)
    srsly.write_msgpack(given.out / "names.msgpack", sure)


if __name__ == "__main__":
    main()
