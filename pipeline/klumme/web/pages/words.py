"""Ord: how often words are used by year, party, place or author, and what stands near them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from klumme.charts.figures import BREAKDOWNS, UNDATED
from klumme.errors import UsageError
from klumme.query.plan import plan_query
from klumme.query.question import is_pattern
from klumme.web import danish
from klumme.web.addresses import address
from klumme.web.drawings import draw_rates
from klumme.web.room import Asked, Data, Room

# So many lines can be told apart in one chart.
MOST = 6
# So many of the lemmas near a word are shown, each met there at least so often, and of these parts of speech.
NEAREST, LEAST = 20, 2
CONTENT = frozenset({"NOUN", "PROPN", "VERB", "ADJ"})
GROUPS = {"aar": "år", "parti": "parti", "kommune": "kommune", "forfatter": "forfatter", "kilde": "kilde"}
FORMS = ("csv", "xlsx", "jsonl")
EXAMPLES = ("ansvar; samarbejde", "børn; ældre", "skole", '[pos="ADJ"] [lemma="kommune"]')

_NAMES: dict[str, Callable[[Any], str]] = {
    "aar": lambda year: str(year or UNDATED),
    "parti": BREAKDOWNS["parti"].name,
    "kommune": BREAKDOWNS["kommune"].name,
    "forfatter": lambda name: name or "uden forfatter",
    "kilde": lambda source: danish.word(source) or "–",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which words, counted by what; `compounds` finds them also as parts of longer ones."""

    words: tuple[str, ...]
    by: str
    compounds: bool

    def reading(self, word: str) -> bool:
        """Whether a word is looked for as a part of compounds too; a pattern names parts itself."""
        return self.compounds and not is_pattern(word)

    def address(self, ending: str = "", **other: object) -> str:
        """Return the address of this page, or of its file with this ending, with some of it otherwise."""
        given = {"ord": "; ".join(self.words), "efter": self.by, "dele": "1" if self.compounds else ""}
        return address(f"/ord{ending}", **given | other)


@dataclass(frozen=True, slots=True)
class Counted:
    """How often one word is met in one group: matches, in how many tokens, and the query behind the number."""

    word: str
    group: str
    matches: int
    tokens: int
    per_million: float | None
    passages: int
    of: int
    per_thousand: float | None
    address: str


def page(room: Room, asked: Asked) -> Data:
    """Count the words that are asked for; of one alone, tell also what stands near it."""
    wanted = wanted_of(asked)
    counted, whole = count_words(room, wanted), [_whole(room, wanted, word) for word in wanted.words]
    return {
        "text": "; ".join(wanted.words),
        "words": whole,
        "same": len({one["tokens"] for one in whole}) == 1,
        "by": wanted.by,
        "group": GROUPS[wanted.by],
        "groups": [{"key": key, "label": label, "address": wanted.address(efter=key)} for key, label in GROUPS.items()],
        "compounds": wanted.compounds,
        "rows": _table(wanted, counted),
        "chart": draw_rates([asdict(one) for one in counted], wanted.words) if wanted.by == "aar" else "",
        "notes": _notes(room, wanted),
        "near": _near(room, wanted),
        "examples": [{"text": text, "address": address("/ord", ord=text)} for text in EXAMPLES],
        "exports": [{"form": form, "address": wanted.address(f".{form}")} for form in (*FORMS, "json")],
    }


def wanted_of(asked: Asked) -> Wanted:
    """Read which words are asked for, parted by semicolons; raises UsageError for too many or an unknown group."""
    words = tuple(dict.fromkeys(word.strip() for word in asked.get("ord", "").split(";") if word.strip()))
    by = asked.get("efter", "").strip() or "aar"
    if len(words) > MOST:
        raise UsageError(f"Det er {len(words)} ord på én gang.", f"Skriv højst {MOST}, med semikolon imellem.")
    if by not in GROUPS:
        raise UsageError(f"Der kan ikke tælles efter »{by}«.", f"Vælg en af {', '.join(GROUPS)}.")
    return Wanted(words, by, bool(asked.get("dele")))


def count_words(room: Room, wanted: Wanted) -> list[Counted]:
    """Count each word in each group: years upwards, other groups by size."""
    return [
        Counted(
            word, _NAMES[wanted.by](row[wanted.by] or ""), address=_behind(row["hits"], wanted, word), **_numbers(row)
        )
        for word in wanted.words
        for row in _in_order(room.corpus.count(word, wanted.by, compounds=wanted.reading(word)), wanted.by)
    ]


def _numbers(row: Mapping[str, Any]) -> Data:
    return {key: row[key] for key in ("matches", "tokens", "per_million", "passages", "of", "per_thousand")}


def _in_order(rows: Iterable[Mapping[str, Any]], by: str) -> list[Mapping[str, Any]]:
    if by == "aar":
        return sorted(rows, key=lambda row: (row[by] is None, row[by]))
    return sorted(rows, key=lambda row: (-row["tokens"], str(row[by])))


def _behind(query: str, wanted: Wanted, word: str) -> str:
    """Return the address of the lines behind a number, empty where no query finds just those."""
    return address("/soeg", q=query, vis="kwic", dele="1" if wanted.reading(word) else "") if query else ""


def _whole(room: Room, wanted: Wanted, word: str) -> Data:
    """Return how often a word occurs at all, and in what."""
    [row] = room.corpus.count(word, compounds=wanted.reading(word))
    return _numbers(row) | {"word": word, "address": _behind(row["hits"], wanted, word)}


def _table(wanted: Wanted, counted: Sequence[Counted]) -> list[Data]:
    """Lay out a row for each group with a cell for each word, in the order in which the groups come."""
    found = {(one.group, one.word): asdict(one) for one in counted}
    groups = dict.fromkeys(one.group for one in counted)
    return [{"group": group, "cells": [found.get((group, word)) for word in wanted.words]} for group in groups]


def _notes(room: Room, wanted: Wanted) -> list[str]:
    """Return a sentence for each word that the corpus does not have, with what may have been meant."""
    plans = (plan_query(room.store, word, wanted.compounds) for word in wanted.words if not is_pattern(word))
    return [danish.sentence(note) for plan in plans for note in plan.notes]


def _near(room: Room, wanted: Wanted) -> list[Data]:
    """Return the words of content that stand near a word, where one alone is asked for."""
    if len(wanted.words) != 1:
        return []
    [word] = wanted.words
    found = room.corpus.collocations(word, compounds=wanted.reading(word), least=LEAST)
    rows = [row for row in found if row["pos"] in CONTENT][:NEAREST]
    kept = ("lemma", "pos", "near", "n", "expected", "logdice")
    return [
        {key: row[key] for key in kept} | {"address": wanted.address(ord=f"{word}; {row['lemma']}")} for row in rows
    ]
