"""The measures of corpus linguistics as pure functions of counts; each names its source."""

from collections.abc import Hashable, Iterable, Reversible, Sequence
from math import inf, log, log2, sqrt
from statistics import fmean, pstdev

# The type-token ratio at which MTLD closes a factor (McCarthy & Jarvis 2010).
MTLD_THRESHOLD = 0.72


def log_likelihood(both: float, row: float, column: float, size: float) -> float:
    """Return G² of a 2x2 table, signed negative where `both` is less than expected.

    `both` of `size` cases have both properties, `row` have one, `column` the other.
    Dunning (1993), Accurate methods for the statistics of surprise and coincidence, Computational Linguistics 19.
    """
    cells = (
        (both, row * column),
        (row - both, row * (size - column)),
        (column - both, (size - row) * column),
        (size - row - column + both, (size - row) * (size - column)),
    )
    g2 = 2 * sum(seen * log(seen * size / expected) for seen, expected in cells if seen > 0)
    return max(g2, 0.0) if both * size >= row * column else -max(g2, 0.0)


def log_dice(both: float, node: float, collocate: float) -> float:
    """Return logDice, at most 14. Rychlý (2008), A lexicographer-friendly association score, RASLAN."""
    return 14 + log2(2 * both / (node + collocate)) if both else -inf


def mutual_information(both: float, expected: float) -> float:
    """Return MI in bits. Church & Hanks (1990), Word association norms, Computational Linguistics 16."""
    return log2(both / expected) if both else -inf


def t_score(both: float, expected: float) -> float:
    """Return t. Church, Gale, Hanks & Hindle (1991), Using statistics in lexical analysis."""
    return (both - expected) / sqrt(both) if both else 0.0


def delta_p(both: float, row: float, column: float, size: float) -> tuple[float, float]:
    """Return ΔP of column given row, and of row given column.

    Gries (2013), 50-something years of work on collocations, International Journal of Corpus Linguistics 18.
    """
    forward = both / row - (column - both) / (size - row) if 0 < row < size else 0.0
    backward = both / column - (row - both) / (size - column) if 0 < column < size else 0.0
    return forward, backward


def log_ratio(one: float, one_size: float, other: float, other_size: float) -> float:
    """Return the binary logarithm of the ratio of relative frequencies; a count of 0 is taken as 0.5.

    Hardie (2014), Log Ratio: an informal introduction.
    """
    return log2(((one or 0.5) / one_size) / ((other or 0.5) / other_size))


def percent_difference(one: float, one_size: float, other: float, other_size: float) -> float:
    """Return %DIFF, infinite where the other corpus lacks the word.

    Gabrielatos & Marchi (2012), Keyness: appropriate metrics and practical issues.
    """
    reference = other / other_size
    return (one / one_size - reference) * 100 / reference if reference else inf


def deviation_of_proportions(counts: Sequence[float], sizes: Sequence[float]) -> tuple[float, float]:
    """Return DP and its normalised form: 0 is even over the parts, near 1 is in one part only.

    Gries (2008), Dispersions and adjusted frequencies in corpora, International Journal of Corpus Linguistics 13;
    normalised as by Lijffijt & Gries (2012).
    """
    total, size = sum(counts), sum(sizes)
    dp = sum(abs(count / total - part / size) for count, part in zip(counts, sizes, strict=True)) / 2
    least = min(sizes) / size
    return dp, dp / (1 - least) if least < 1 else 0.0


def juilland_d(counts: Sequence[float], sizes: Sequence[float]) -> float:
    """Return Juilland's D over the relative frequencies in the parts: 1 is even, 0 is in one part only.

    Juilland, Brodin & Davidovitch (1970); for parts of unequal size as in Gries (2008).
    """
    if len(counts) < 2:
        return 1.0
    shares = [count / size for count, size in zip(counts, sizes, strict=True)]
    return 1 - pstdev(shares) / fmean(shares) / sqrt(len(counts) - 1)


def mtld(words: Reversible[Hashable], threshold: float = MTLD_THRESHOLD) -> float:
    """Return the mean length of runs whose type-token ratio stays above the threshold, read both ways.

    McCarthy & Jarvis (2010), MTLD, vocd-D, and HD-D, Behavior Research Methods 42. A text without a repetition gives
    its length; an empty one 0.
    """
    return fmean((_run_length(words, threshold), _run_length(reversed(words), threshold)))


def _run_length(words: Iterable[Hashable], threshold: float) -> float:
    """Return the mean length of runs in one direction; no more than one run is held."""
    factors, types, tokens, read = 0.0, set[Hashable](), 0, 0
    for word in words:
        types.add(word)
        tokens += 1
        if len(types) / tokens <= threshold:
            factors, types, tokens, read = factors + 1, set(), 0, read + tokens
    if tokens:
        factors += (1 - len(types) / tokens) / (1 - threshold)
    return (read + tokens) / factors if factors else float(read + tokens)


def lix(words: int, long_words: int, sentences: int) -> float:
    """Return LIX: words for each sentence plus the percentage of words of more than six letters.

    Björnsson (1968), Läsbarhet.
    """
    return words / sentences + 100 * long_words / words if words and sentences else 0.0
