"""Keep what dev and test hold out of everything that is trained."""

from collections.abc import Iterable, Iterator, Sequence

from sources import letters

RUN = 6


class HeldOut:
    """The held-out sentences, and every run of six of their words."""

    def __init__(self, sentences: Iterable[Sequence[str]]) -> None:
        self.whole: set[str] = set()
        self.runs: set[tuple[str, ...]] = set()
        for forms in sentences:
            words = _words(forms)
            self.whole.add("".join(words))
            self.runs |= set(_runs(words))

    def touches(self, forms: Sequence[str]) -> bool:
        """Whether a sentence equals a held-out one or shares a run of six words with one."""
        words = _words(forms)
        return "".join(words) in self.whole or any(run in self.runs for run in _runs(words))


def _words(forms: Sequence[str]) -> list[str]:
    pieces = [letters(piece) for form in forms for piece in form.split("_") if piece]
    return [piece for piece in pieces if any(c.isalnum() for c in piece)]


def _runs(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    for start in range(len(words) - RUN + 1):
        yield tuple(words[start : start + RUN])
