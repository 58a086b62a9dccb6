"""Tell pull quotes from running text, also where only the repeated text gives them away."""

from collections.abc import Sequence

from klumme.extract.text import words

# A pull quote of the press is one or two sentences; what is longer is text.
LONGEST = 60
# How many words longer than the quote the passage may be from which an editor cut it, and in how many cuts.
WIDEST = 2.5
CUTS = 4
# What has fewer words is no cut sentence: chance puts few words in the order of another text.
UNCUT = 6


def repeats(candidate: str, text: str) -> bool:
    """Tell whether a text holds the candidate's words in order, be it that words between them were dropped."""
    quote, running = words(candidate), words(text)
    if not quote or len(running) <= len(quote):
        return False
    return any(_cut_from(quote, running, start) for start, word in enumerate(running) if word == quote[0])


def _cut_from(quote: Sequence[str], running: Sequence[str], start: int) -> bool:
    """Follow the quote through the running words from `start` on, leaving out as little as possible."""
    end = start + int(len(quote) * WIDEST) + 2
    place, gaps = start, 0
    for word in quote:
        try:
            found = running.index(word, place, end)
        except ValueError:
            return False
        gaps += found > place
        place = found + 1
    return gaps == 0 or (len(quote) >= UNCUT and gaps <= min(CUTS, len(quote) // 4))


def is_pull_quote(candidate: str, others: Sequence[str], shortest: int = 3) -> bool:
    """Tell whether a block repeats a longer one among the others, and is of a pull quote's size."""
    count = len(words(candidate))
    return shortest <= count <= LONGEST and any(repeats(candidate, other) for other in others)
