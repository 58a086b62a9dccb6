"""Who reserves text and data mining: the TDM Reservation Protocol (W3C community group report) and `noai` hints.

The report's order is file, header, HTML metadata; the later one that is set supersedes the earlier. A value other
than 0 or 1 counts as not set.
"""

import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from klumme.collect.markup import soup

PATH = "/.well-known/tdmrep.json"
_HINTS = re.compile(r"\b(noai|noml)\b", re.IGNORECASE)
# A meta element that says something stands in the head; what comes after this many bytes is text.
_HEAD = 200_000


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a TDM file: a path pattern as in robots.txt, and whether mining is reserved (None: not set)."""

    location: str
    reserved: bool | None
    policy: str = ""


@dataclass(frozen=True, slots=True)
class Reservation:
    """What was found for one page: reserved or not, by which of the techniques, in which words."""

    reserved: bool
    rule: str
    evidence: str


def parse_file(content: bytes) -> tuple[Rule, ...]:
    """Read a TDM file; what is no rule in it is passed over, what is no JSON array gives none."""
    try:
        rows = json.loads(content)
    except (ValueError, RecursionError):
        return ()
    return tuple(rule for row in (rows if isinstance(rows, list) else ()) if (rule := _rule(row)))


def _rule(row: Any) -> Rule | None:
    if not isinstance(row, dict) or not isinstance(row.get("location"), str):
        return None
    policy = row.get("tdm-policy")
    return Rule(row["location"], value(row.get("tdm-reservation")), policy if isinstance(policy, str) else "")


def value(said: Any) -> bool | None:
    """Read a tdm-reservation: True for 1, False for 0, None for everything else."""
    return {"1": True, "0": False}.get(str(said).strip()) if not isinstance(said, bool) else None


def matching(rules: tuple[Rule, ...], url: str) -> Rule | None:
    """Return the first rule in sequence whose pattern matches the path and query of an address."""
    parts = urlsplit(url)
    path = unquote(parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return next((rule for rule in rules if _matches(rule.location, path)), None)


def _matches(location: str, path: str) -> bool:
    """Match as robots.txt does: from the start, `*` for any characters, `$` at the end for the end of the path."""
    pattern, at_end = (location[:-1], True) if location.endswith("$") else (location, False)
    *starts, last = [unquote(piece) for piece in re.sub(r"\*+", "*", pattern).split("*")]
    place = 0
    for number, piece in enumerate(starts):
        found = path.find(piece, place)
        if found < 0 or (number == 0 and found != 0):
            return False
        place = found + len(piece)
    if at_end:
        return path.endswith(last) and len(path) - len(last) >= place and (bool(starts) or path == last)
    return path.find(last, place) >= 0 if starts else path.startswith(last)


def reservation(url: str, rules: tuple[Rule, ...], headers: dict[str, str], body: bytes) -> Reservation:
    """Decide whether a page is reserved; `headers` have names in lower case, `body` may be no HTML at all."""
    found = Reservation(False, "none", "no TDM file rule, header or metadata for this page, and no noai hint")
    rule = matching(rules, url)
    if rule and rule.reserved is not None:
        found = Reservation(rule.reserved, "tdmrep.json", _quote("location", rule.location, rule.reserved, rule.policy))
    said = value(headers.get("tdm-reservation"))
    if said is not None:
        found = Reservation(said, "tdm-header", _quote("header", "", said, headers.get("tdm-policy", "")))
    metas = _metas(body) if "html" in headers.get("content-type", "html") else {}
    said = value(metas.get("tdm-reservation"))
    if said is not None:
        found = Reservation(said, "tdm-meta", _quote("meta", "", said, metas.get("tdm-policy", "")))
    return found if found.reserved else _hint(headers, metas) or found


def _hint(headers: dict[str, str], metas: dict[str, str]) -> Reservation | None:
    for where, said in (("X-Robots-Tag", headers.get("x-robots-tag", "")), ("meta robots", metas.get("robots", ""))):
        for part in said.split(","):
            agent, _, rest = part.rpartition(":")
            if agent.strip().lower() in ("", "klumme") and _HINTS.search(rest):
                return Reservation(True, "noai", f"{where}: {said[:200]}")
    return None


def _quote(where: str, location: str, reserved: bool, policy: str) -> str:
    place = f"{where} {location[:200]}".strip()
    return f"{place}: tdm-reservation {int(reserved)}" + (f", tdm-policy {policy[:300]}" if policy else "")


def _metas(body: bytes) -> dict[str, str]:
    """Read the meta elements of a page by name in lower case; the first of a name counts."""
    metas: dict[str, str] = {}
    for meta in soup(body[:_HEAD]).find_all("meta"):
        metas.setdefault(str(meta.get("name", "")).strip().lower(), str(meta.get("content", "")))
    return metas
