"""The best dependency tree for given edge scores (Chu-Liu 1965, Edmonds 1967), with one root."""

import numpy as np

NEVER = -1e9


def best_tree(scores: np.ndarray) -> list[int]:
    """Heads, 1-based with 0 for the root, of the best single-root tree.

    `scores` has shape (words, words + 1): the score of column j as the head of row i, column 0
    the root.
    """
    size = len(scores)
    matrix = np.full((size + 1, size + 1), NEVER)
    matrix[1:, :] = scores
    np.fill_diagonal(matrix, NEVER)
    free = _arborescence(matrix)
    if (free[1:] == 0).sum() == 1:
        return [int(h) for h in free[1:]]
    return max((_rooted(matrix, int(r) + 1) for r in _likely_roots(matrix)), key=lambda t: t[0])[1]


def _likely_roots(matrix: np.ndarray) -> np.ndarray:
    return np.argsort(-matrix[1:, 0], kind="stable")[:5]


def _rooted(matrix: np.ndarray, root: int) -> tuple[float, list[int]]:
    held = matrix.copy()
    held[1:, 0] = NEVER
    held[root, 0] = matrix[root, 0]
    heads = _arborescence(held)
    total = float(sum(held[i, heads[i]] for i in range(1, len(heads))))
    return total, [int(h) for h in heads[1:]]


def _arborescence(matrix: np.ndarray) -> np.ndarray:
    heads = matrix.argmax(axis=1)
    heads[0] = -1
    cycle = _find_cycle(heads)
    return heads if cycle is None else _contract(matrix, heads, cycle)


def _find_cycle(heads: np.ndarray) -> list[int] | None:
    done: set[int] = set()
    for start in range(1, len(heads)):
        trail: list[int] = []
        at = start
        while at > 0 and at not in done and at not in trail:
            trail.append(at)
            at = int(heads[at])
        if at > 0 and at in trail:
            return trail[trail.index(at) :]
        done.update(trail)
    return None


def _contract(matrix: np.ndarray, heads: np.ndarray, cycle: list[int]) -> np.ndarray:
    rest = [i for i in range(len(heads)) if i not in cycle]
    new = len(rest)
    small = np.full((new + 1, new + 1), NEVER)
    small[:new, :new] = matrix[np.ix_(rest, rest)]
    inner = matrix[cycle, heads[cycle]]
    gain = matrix[np.ix_(cycle, rest)] - inner[:, None]
    small[new, :new] = gain.max(axis=0)
    leaving = matrix[np.ix_(rest, cycle)]
    small[:new, new] = leaving.max(axis=1)
    return _expand(_arborescence(small), heads, cycle, rest, (gain.argmax(0), leaving.argmax(1)))


def _expand(
    small: np.ndarray,
    heads: np.ndarray,
    cycle: list[int],
    rest: list[int],
    choice: tuple[np.ndarray, np.ndarray],
) -> np.ndarray:
    entry, leave = choice
    full = heads.copy()
    new = len(rest)
    for i, node in enumerate(rest[1:], 1):
        full[node] = cycle[leave[i]] if small[i] == new else rest[small[i]]
    outer = int(small[new])
    full[cycle[entry[outer]]] = rest[outer]
    return full
