"""Turn an author note into a dated record of a politician: who, born when, trained as what, which offices when."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from klumme.extract.life import read_birth, read_education, read_name
from klumme.extract.offices import COUNCILS, Post, find_posts
from klumme.extract.terms import Term, has_year, is_past, read_term
from klumme.extract.text import clean_text, sentences
from klumme.gazetteer import find_municipalities, find_parties, municipality
from klumme.records import Office, Politician

_LIST = re.compile(
    r"\b(?:(?:den )?lokale liste|listen|lokallisten) (?P<a>[A-ZÆØÅ][\w-]+(?: [A-ZÆØÅ][\w-]+)?)|"
    r"\b(?P<b>[A-ZÆØÅ]\w+(?:listen|gruppen))\b"
)
_REGION = re.compile(r"\bRegion (?:Hovedstaden|Sjælland|Syddanmark|Midtjylland|Nordjylland|Østdanmark)\b")
_MOVED = re.compile(r"først i (?P<old>[A-ZÆØÅ]\w+),? (?:og )?(?:fra|siden) (?P<year>\d{4}) i (?P<new>[A-ZÆØÅ][\w-]+)")
_AGAIN = re.compile(r"\bog igen (?:fra|siden) (\d{4})")
_AT = re.compile(r"\s(?:i|på)\s(?:den tidligere |daværende )?([A-ZÆØÅ][\w-]+)")
_OF = re.compile(r"\b([A-ZÆØÅ][\w-]+?)s? (?:[Bb]yråd|[Kk]ommunalbestyrelse)(?:en)?$")


def parse_author_note(note: str, published: datetime | None = None) -> Politician:
    """Read a note; "now", ages and "for ten years" are resolved against the day it was published.

    A birth year from an age is the year of publication less the age, so it may be one too late. A term starts in the
    year that the note gives, be it that of the election or of taking office. `party` is the letter on the ballot, or
    the name of a local list; an office without a party of its own has the person's.
    """
    note = clean_text(note)
    parts = sentences(note)
    party, place = _party_now(note, parts), _place(note)
    offices = tuple(_merged(list(_offices(parts, published, party, place))))
    return Politician(
        name=read_name(note),
        as_of=published,
        born=read_birth(note, published),
        education=read_education(note),
        party=party,
        municipality=place,
        offices=offices,
        evidence=note,
    )


def _parties(text: str) -> list[str]:
    """List the letters of the parties and the names of the local lists in a text."""
    lists = [(match.start(), match["a"] or match["b"]) for match in _LIST.finditer(text) if match[0] != "Enhedslisten"]
    known = [(mention.start, mention.id) for mention in find_parties(text)]
    return [name for _, name in sorted(known + lists)]


def _party_now(note: str, parts: Sequence[str]) -> str:
    """Return the party that a person belongs to on the day of the note, empty for one who left all parties."""
    if re.search(r"(?<!tidligere )\b(?:løsgænger|uden for partierne|partiløs|uafhængig)\b", note):
        return ""
    present = [party for part in parts for party in _parties(part) if not re.search(r"\b(?:tidligere|fhv\.)\b", part)]
    return next(reversed(present or _parties(note)), "")


def _place(note: str) -> str:
    """Return the municipality of a person: the first that is named with its council, else the first named."""
    mentions = find_municipalities(note)
    councils = [mention for mention in mentions if mention.scope == "kommune"]
    found = municipality((councils or mentions)[0].id) if mentions else None
    if not found and re.search(r"[Bb]orgerrepræsentation", note):
        return "København"
    return found.name if found else ""


def _offices(parts: Sequence[str], as_of: datetime | None, party: str, place: str) -> Iterator[Office]:
    for part in parts:
        posts = find_posts(part)
        for i, post in enumerate(posts):
            term = _term(post, posts[i + 1 :], as_of)
            office = _office(post, term, party, place, part)
            yield from _moved(office, part) if office.body in COUNCILS else (office,)


def _term(post: Post, later: Sequence[Post], as_of: datetime | None) -> Term:
    """Read when: from the words behind the office, else before it, else from the office it is joined to."""
    joined = next((other for other in later[:1] if other.clause == post.clause and len(other.before) < 6), None)
    joined = None if is_past(post.clause[: post.start]) else joined
    for words in (post.after, post.before, joined.after if joined else ""):
        if has_year(words):
            return read_term(f"{_tense(post)} {words}", as_of)
    return read_term(_tense(post), as_of)


def _tense(post: Post) -> str:
    """Return the words of a clause that tell past from present, without its years."""
    head = post.clause[: post.start] if post.start else ""
    return re.sub(r"\d{4}|\bi \w+ år\b", "", head if len(head) < 200 else post.before)


def _office(post: Post, term: Term, party: str, place: str, evidence: str) -> Office:
    around = f"{post.before} {post.clause[post.start : post.end]} {post.after}"
    own_party = next(iter(_parties(around)), "")
    return Office(
        title=post.title,
        body=post.body,
        place=_place_of(post, around, place),
        party=own_party or party,
        start=term.start,
        end=term.end,
        current=term.current,
        evidence=evidence,
    )


def _place_of(post: Post, around: str, place: str) -> str:
    """Return where an office is held: a region, a municipality, or nothing for a body of the whole country."""
    if post.body == "regionsrådet":
        region = _REGION.search(post.clause)
        return region[0] if region else ""
    local = not post.body or post.body in COUNCILS or "rådmand" in post.title or "udvalg" in post.body.lower()
    local = local and not post.body.startswith("KL") and not post.title.startswith(("folketing", "ep-", "amts"))
    if not local or post.body in ("Folketinget", "Europa-Parlamentet") or "minister" in post.title:
        return ""
    return _place(around) or _old_place(post) or place


def _old_place(post: Post) -> str:
    """Return the place that is named with a council, though there is no such municipality any more."""
    match = _AT.match(post.after) or _OF.search(post.clause[: post.end])
    named = post.body in COUNCILS and match and not find_parties(match[1])
    return match[1] if named and match else ""


def _moved(seat: Office, sentence: str) -> Iterator[Office]:
    """Part a seat that was kept through a merger ("først i Skagen og fra 2007 i Frederikshavn") or taken again."""
    match, again = _MOVED.search(sentence), _AGAIN.search(sentence)
    if not match:
        yield seat
        if again and seat.end:
            yield replace(seat, start=int(again[1]), end=None, current=True)
        return
    year = int(match["year"])
    yield replace(seat, place=match["old"], end=year, current=False)
    yield replace(seat, place=match["new"], start=year)


def _merged(offices: list[Office]) -> list[Office]:
    """Join what a note tells twice of one office: "er medlem af byrådet. Han blev valgt ind i 2017"."""
    kept: list[Office] = []
    for office in offices:
        same = next((k for k, other in enumerate(kept) if _same(other, office)), None)
        if same is None:
            kept.append(office)
        elif kept[same].start is None:
            kept[same] = replace(kept[same], start=office.start, end=office.end)
    return kept


def _same(one: Office, other: Office) -> bool:
    key = (one.title, one.place, one.current) == (other.title, other.place, other.current)
    bodies = one.body == other.body or (one.body in COUNCILS and not other.body)
    return key and bodies and (one.start is None or other.start is None or one.start == other.start)
