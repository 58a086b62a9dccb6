"""First guess of a UD tree by rule: content words are lifted over DDT's function-word heads."""

from collections.abc import Sequence

CONTENT = {"nobj", "possd", "vobj"}  # what a preposition, determiner, genitive, auxiliary governs
NOMINAL = ("SP", "PI", "PD", "PO", "PT", "PP", "AC", "AO", "NP", "NC", "AN", "CS", "U=", "RG")


def lifted(pos: Sequence[str], msd: Sequence[str], rel: Sequence[str], parent: Sequence[int]) -> list[int]:
    """UD-like parents from DDT-like ones, both counted from 0 with -1 for none."""
    down = [_content(at, pos, msd, rel, parent) for at in range(len(pos))]
    tops = [_top(at, down) for at in range(len(pos))]
    return [_parent(at, parent, down, tops) for at in range(len(pos))]


def _content(at: int, pos: Sequence[str], msd: Sequence[str], rel: Sequence[str], parent: Sequence[int]) -> int:
    """The child that is the content of a function word, or the word itself."""
    children = [i for i, p in enumerate(parent) if p == at]
    wanted = _wanted(at, pos, msd)
    return next((c for w in wanted for c in children if rel[c] == w), at)


def _wanted(at: int, pos: Sequence[str], msd: Sequence[str]) -> tuple[str, ...]:
    if msd[at].startswith("VA"):
        return ("vobj", "pred") if pos[at] == "AUX" else ()
    if (msd[at].startswith("N") and "G" in msd[at][2:6]) or msd[at].startswith("PO"):
        return ("possd", "nobj")
    if msd[at].startswith("CC"):
        return ("conj", "vobj", "nobj")
    return ("nobj", "vobj", "possd", "pred") if msd[at].startswith(NOMINAL) else ()


def _top(at: int, down: Sequence[int]) -> int:
    """The word that finally carries the content."""
    for _ in range(len(down)):
        if down[at] == at:
            return at
        at = down[at]
    return at


def _parent(
    at: int,
    parent: Sequence[int],
    down: Sequence[int],
    tops: Sequence[int],
) -> int:
    if tops[at] != at:
        return tops[at]
    for _ in range(len(parent)):  # climb out of the function words this word is the content of
        above = parent[at] if at >= 0 else -1
        if above < 0 or down[above] != at:
            break
        at = above
    above = parent[at] if at >= 0 else -1
    return tops[above] if above >= 0 else -1
