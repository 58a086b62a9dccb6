"""Try a source without storing anything: what its listings show, and what its first articles answer."""

from collections.abc import Mapping
from dataclasses import dataclass

from klumme.collect.discover import find
from klumme.collect.entries import Entry, wanted
from klumme.collect.fetch import Answer, Fetcher
from klumme.collect.permission import Gate, check_reason
from klumme.collect.problems import FetchError
from klumme.collect.sources import Source
from klumme.collect.step import new_pace, today
from klumme.settings import CollectSettings


@dataclass(frozen=True, slots=True)
class Try:
    """One article that was tried: its entry, the answer, and why it would not be kept, if so."""

    entry: Entry
    answer: Answer | None
    problem: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What a source would give: how many pieces it lists and wants, what failed, and the first few tried."""

    listed: int
    wanted: int
    failed: tuple[str, ...]
    tries: tuple[Try, ...]


def preview(
    source: Source, settings: CollectSettings, via: Mapping[str, str] | None = None, number: int = 3
) -> Preview:
    """Read the listings of a source and its first articles, as politely as a run would, and keep nothing."""
    check_reason(settings)
    fetcher = Fetcher(source, settings, new_pace(source, settings), via)
    gate = Gate(source, settings, fetcher, lambda _: None)
    try:
        found = find(source, lambda url: fetcher.get(url, allow=gate.allow), today())
        kept = [entry for entry in found.entries if wanted(entry, source.filter)]
        tries = tuple(_try(entry, fetcher, gate) for entry in kept[:number])
    finally:
        fetcher.close()
    failed = tuple(f"{listing}: {error.reason} ({error.detail})" for listing, error in found.failed)
    return Preview(len(found.entries), len(kept), failed, tries)


def _try(entry: Entry, fetcher: Fetcher, gate: Gate) -> Try:
    try:
        answer = fetcher.get(entry.url, allow=gate.allow)
    except FetchError as error:
        return Try(entry, None, f"{error.reason}: {error.detail}")
    decision = gate.decide(answer)
    return Try(entry, answer, "" if decision.allowed else f"reserved by {decision.rule}: {decision.evidence}")
