"""Guess from the words alone where the running text has no space."""

from collections.abc import Sequence

CLOSING = frozenset([",", ".", ";", ":", "!", "?", ")", "]", "}", "%", "...", "'"])
OPENING = frozenset(["(", "[", "{"])
QUOTES = frozenset(['"', "»", "«"])


def spaces(forms: Sequence[str]) -> list[bool]:
    """For each word whether a space follows it; the last word always has one."""
    after = [True] * len(forms)
    inside = False
    for at, form in enumerate(forms):
        if form in QUOTES:
            inside = not inside
        opens = form in OPENING or (form in QUOTES and inside)
        following = forms[at + 1] if at + 1 < len(forms) else ""
        closes = following in CLOSING or (following in QUOTES and inside and at >= 0)
        after[at] = not (opens or closes) or not following
    return after
