"""Find pieces that repeat another: MinHash over word shingles, near ones by locality-sensitive hashing."""

import zlib

from datasketch import MinHash, MinHashLSH

from klumme.extract.text import words

# Two pieces are one when so much of their shingles is common: a syndicated piece keeps its text, and may lose an end.
LIKENESS = 0.6
_PERMUTATIONS = 128
_SHINGLE = 5


class Duplicates:
    """The pieces known so far; the first one seen of a text is the original."""

    def __init__(self) -> None:
        self._index = MinHashLSH(threshold=LIKENESS, num_perm=_PERMUTATIONS)
        self._known: dict[str, tuple[str, MinHash]] = {}

    def original(self, name: str, url: str, text: str) -> str:
        """Return the name of the piece that this one repeats under another address, else remember it and return "".

        A new version of the same address repeats nothing: it is a revision.
        """
        sketch = _sketch(text)
        near = [other for other in self._index.query(sketch) if self._known[other][0] != url]
        best = max(near, key=lambda other: (self._likeness(other, sketch), other), default="")
        if best and self._likeness(best, sketch) >= LIKENESS:
            return best
        if name not in self._known:
            self._known[name] = url, sketch
            self._index.insert(name, sketch)
        return ""

    def _likeness(self, other: str, sketch: MinHash) -> float:
        return float(self._known[other][1].jaccard(sketch))


def _sketch(text: str) -> MinHash:
    sketch = MinHash(num_perm=_PERMUTATIONS, hashfunc=zlib.crc32)
    running = words(text)
    shingles = {" ".join(running[i : i + _SHINGLE]).encode() for i in range(max(1, len(running) - _SHINGLE + 1))}
    sketch.update_batch(sorted(shingles))
    return sketch
