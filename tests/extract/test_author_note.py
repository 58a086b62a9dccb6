"""Author notes against the records that they must give."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from klumme.extract.author_note import parse_author_note
from klumme.extract.text import sentences
from klumme.records import Politician

# Issue 5 asks for .95; what has been reached is held.
FLOOR = 0.995
PERSON = ("name", "born", "education", "party", "municipality")
Field = tuple[str, str, object]


@dataclass(frozen=True)
class Case:
    """One invented note with its record."""

    note: str
    published: datetime
    person: list[str]
    offices: list[list[str]]


def _cases() -> list[Case]:
    text = Path(__file__).with_name("author_notes.txt").read_text(encoding="utf-8")
    blocks = [block.splitlines() for block in text.split("\n\n") if not block.startswith("#")]
    return [_case([line for line in lines if line]) for lines in blocks]


def _case(lines: list[str]) -> Case:
    day, note = lines[0].split(" | ", 1)
    cells = [[cell.strip() for cell in line.split("|")] for line in lines[1:]]
    return Case(note, datetime.fromisoformat(day), cells[0], cells[1:])


CASES = _cases()


def _wanted(case: Case) -> set[Field]:
    fields: set[Field] = {("person", name, value) for name, value in zip(PERSON, case.person, strict=True)}
    for title, body, place, party, start, end, current in case.offices:
        key = f"{title} {body} {place}".strip()
        fields |= {(key, "party", party), (key, "start", start), (key, "end", end), (key, "current", bool(current))}
    return fields


def _found(found: Politician) -> set[Field]:
    person = (found.name, str(found.born or ""), found.education, found.party, found.municipality)
    fields: set[Field] = {("person", name, value) for name, value in zip(PERSON, person, strict=True)}
    for office in found.offices:
        key = f"{office.title} {office.body} {office.place}".replace("  ", " ").strip()
        years = {"start": str(office.start or ""), "end": str(office.end or "")}
        fields |= {(key, "party", office.party), (key, "current", office.current), *((key, *y) for y in years.items())}
    return fields


def _normal(fields: set[Field]) -> set[Field]:
    return {(" ".join(key.split()), name, value) for key, name, value in fields}


def accuracy(cases: list[Case]) -> float:
    """Share of fields that agree, of all that either the table or the parser has."""
    right = total = 0
    for case in cases:
        wanted, found = _normal(_wanted(case)), _normal(_found(parse_author_note(case.note, case.published)))
        right += len(wanted & found)
        total += len({field[:2] for field in wanted | found})
    return right / total


def test_the_table_holds_at_least_sixty_notes():
    assert len(CASES) >= 60
    assert len({case.note for case in CASES}) == len(CASES)


def test_the_fields_of_the_table_are_read():
    assert accuracy(CASES) >= FLOOR


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.person[0])
def test_every_office_names_the_sentence_that_says_so(case):
    for office in parse_author_note(case.note, case.published).offices:
        assert office.evidence in sentences(case.note)
        assert office.start is None or office.end is None or office.start <= office.end


def test_now_and_ages_are_resolved_against_the_day_of_publication():
    note = "Ea Lund er 40 år og har siddet i byrådet i Køge for SF i ti år. I dag er hun viceborgmester."
    early, late = (parse_author_note(note, datetime(year, 5, 1)) for year in (2015, 2022))
    assert (early.born, late.born) == (1975, 1982)
    assert [found.offices[0].start for found in (early, late)] == [2005, 2012]
    assert (early.as_of, early.offices[1].current) == (datetime(2015, 5, 1), True)


def test_without_a_day_nothing_is_counted_back():
    found = parse_author_note("Ea Lund er 40 år og har siddet i byrådet i Køge for SF i ti år.")
    assert (found.born, found.offices[0].start, found.offices[0].current) == (None, None, True)


@pytest.mark.parametrize(("end", "current"), [(2025, True), (2021, False)])
def test_a_term_that_has_not_ended_yet_is_current(end, current):
    found = parse_author_note(f"Ea Lund er medlem af Økonomiudvalget i Køge 2018-{end}.", datetime(2023, 1, 1))
    assert (found.offices[0].end, found.offices[0].current) == (end, current)


def test_a_changed_number_changes_the_record():
    note = "Ea Lund (f. 1980) er smed og har siddet i byrådet i Køge for SF siden 2014."
    assert parse_author_note(note) != parse_author_note(note.replace("2014", "2018"))


VOCABULARY = (
    "Ea Lund (f. 1980) er smed og har siddet i byrådet i Køge for SF siden 2014 formand udvalget Udvalget for Venstre "
    "fra til 2018-2021, ; . tidligere i dag medlem af borgmester valgt 12 år Økonomiudvalget"
)
WORDS = st.sampled_from(VOCABULARY.split())


@settings(derandomize=True, deadline=None, max_examples=300)
@given(st.text() | st.lists(WORDS, max_size=40).map(" ".join), st.none() | st.just(datetime(2020, 1, 1)))
def test_no_note_makes_the_parser_crash(note, published):
    found = parse_author_note(note, published)
    assert found.as_of == published
    assert all(office.title for office in found.offices)
