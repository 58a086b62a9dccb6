"""Find the offices that a sentence of an author note names: seats in councils, chairs, mayors, candidates."""

import re
from dataclasses import dataclass, replace

from klumme.gazetteer import find_parties

_COUNCIL = (
    r"[Bb]yråd(?:et)?|[Kk]ommunalbestyrelsen?|[Bb]orgerrepræsentation(?:en)?|[Rr]egionsråd(?:et)?|[Ff]olketinget|"
    r"[Ee]uropa-?[Pp]arlamentet|EU-[Pp]arlamentet|[Aa]mtsråd(?:et)?"
)
_NO_VERB = r"(?!(?:har|er|var|i|siden|medlem|formand|næstformand|fra|byråd\w*|borgmester|leder|bor)\b)"
_COMMITTEE = (
    rf"[Uu]dvalget for [\wæøå-]+(?:(?:, | og | af (?=[A-ZÆØÅ])){_NO_VERB}[\wæøå-]+)*|"
    r"[A-ZÆØÅ][a-zæøå]+ [Uu]dvalg|"
    r"(?:KL's )?(?:\w+-(?:, | og |,? & |/)|[A-ZÆØÅ][a-zæøå]+ (?:og|&) (?=[A-ZÆØÅ]))*\w+udvalg(?:et)?"
)
_TITLE = (
    r"(?:(?:1|2|3)\. |første |anden )?vice\w*borgmester|(?:\w+-(?: og )?)*\w*borgmester(?:kandidat)?|"
    r"gruppe(?:næst)?formand|\w*formand|\w*forperson|\w*rådmand|\w*kandidat|"
    r"(?:byråds|kommunalbestyrelses|regionsråds|folketings|borgerrepræsentations|amtsråds)medlem|menigt medlem|medlem|"
    r"(?:politisk )?\w*ordfører|\w*minister|(?:(?:1|2)\. )?\w*suppleant|stedfortræder|i spidsen|borgerrepræsentant"
)
_ANCHOR = re.compile(
    rf"(?<![\w-])(?:(?P<title>(?i:{_TITLE}))|(?P<committee>{_COMMITTEE})|(?P<council>{_COUNCIL}))(?![\w-])"
)
# What may stand between a title and its body: "medlem af Slagelse Byråd".
_LINK = re.compile(
    r",?\s*(?:(?:for|af|i|til|på)\s+)?(?:(?:kommunens|byens|det|den)\s+)?(?:[A-ZÆØÅ][\wæøå.-]*s?\s+(?:Kommunes\s+)?){0,2}"
)
_NAME = r"[A-ZÆØÅ][\w&’'.-]*"
_OTHER_BODY = re.compile(
    rf"\s+(?:for|af|i|på)\s+(?P<body>(?:bestyrelsen (?:for|i|på) )?(?:{_NAME}|(?:et|en) (?:lokal\w* )?\w+)"
    rf"(?:(?: (?:for|og|af|på))? (?:{_NAME}|\([A-ZÆØÅ]+\)))*)"
)
_PLAIN_BODY = re.compile(
    r"\s+(?:for|i|af)\s+(?P<body>(?:den |det |en |et |sin |sit )?[\w-]+(?: [\w-]+){0,2}?)"
    r"(?=[,.;]|\s(?:og|siden|i|fra|på)\s|$)"
)
_WHOSE = re.compile(rf"({_COUNCIL})s (?:\w+ )?$")
# The words with which a new statement begins behind "og" or a comma.
_VERBS = "har|er|var|blev|sidder|sad|ledede|repræsenterer|fungerer|stiller|bor|genopstiller|skiftede|arbejder|driver"
_TIMES = r"siden|i dag|i perioden|fra|før|tidligere|nu|derefter|herefter|senere|de seneste|i \d{4}|fhv"
_CLAUSE = re.compile(
    rf";\s|,?\s(?:og|samt|men)\s(?=(?:(?:han|hun) )?(?:{_VERBS}|{_TIMES})\b)|"
    r",\s(?=(?:hvor|der|som|før|tidligere|i dag|nu|fhv|først|siden|derefter|senere|har|er|var|blev)\b)|"
    r"(?<=\)),?\s(?=og\b)"
)
# Clauses that tell of life and not of office: their years are not those of an office.
_OUTSIDE = re.compile(r"\b(?:skiftede|flyttede|født|opvokset|uddannet|driver|arbejder|bor|løsgænger|gift)\b")
_SEATED = re.compile(
    r"\b(?:sidde[tr]|sad|valgt|indvalgt|repræsenter\w+|plads|mandat|optaget|kom ind|stemt|"
    r"trådte ud|udtrådte|forlod|indtrådte|trådte ind)\b",
    re.IGNORECASE,
)
_ELECTED = re.compile(r"\b[Vv]algt\b(?: ind)?(?= .*(?:Kommune\b|\d{4}))")
_MEMBERS = {
    "byrådsmedlem": "byrådet",
    "kommunalbestyrelsesmedlem": "kommunalbestyrelsen",
    "regionsrådsmedlem": "regionsrådet",
    "folketingsmedlem": "Folketinget",
    "amtsrådsmedlem": "amtsrådet",
    "borgerrepræsentationsmedlem": "Borgerrepræsentationen",
    "borgerrepræsentant": "Borgerrepræsentationen",
}
_COUNCILS = {
    "byr": "byrådet",
    "kom": "kommunalbestyrelsen",
    "bor": "Borgerrepræsentationen",
    "reg": "regionsrådet",
    "fol": "Folketinget",
    "eur": "Europa-Parlamentet",
    "eu-": "Europa-Parlamentet",
    "amt": "amtsrådet",
}
COUNCILS = frozenset(_COUNCILS.values())
# Offices that have no body of their own beside the municipality.
_ALONE = re.compile(r"borgmester|gruppe|kandidat|ordfører")
_CHAIRS = {"formand", "næstformand", "forperson", "næstforperson"}
_LOCAL_LIST = re.compile(r"(?i:\bliste\b)|\w(?:listen|gruppen)\b")


@dataclass(frozen=True, slots=True)
class Post:
    """One office as a clause names it: `before` are the words since the last one, `after` those up to the next."""

    title: str
    body: str
    before: str
    after: str
    clause: str
    start: int = 0
    end: int = 0


def find_posts(sentence: str) -> list[Post]:
    """List the offices of one sentence in their order."""
    posts: list[Post] = []
    for clause in _clauses(sentence):
        posts.extend(_posts_of(clause, posts[-1] if posts else None))
    return posts


def _clauses(sentence: str) -> list[str]:
    """Cut a sentence where a new statement begins; a clause that names no office goes with its neighbour."""
    parts: list[str] = []
    for part in _CLAUSE.split(sentence):
        if not parts or (_names_office(part) and _names_office(parts[-1])):
            parts.append(part)
        elif _names_office(parts[-1]):
            parts[-1] += "" if _OUTSIDE.search(part) else f", {part}"
        else:
            parts[-1] = part if _OUTSIDE.search(parts[-1]) else f"{parts[-1]} {part}"
    return parts


def _names_office(clause: str) -> bool:
    return bool(_ANCHOR.search(clause) or _ELECTED.search(clause))


def _posts_of(clause: str, last: Post | None) -> list[Post]:
    found: list[Post] = []
    end = 0
    for match in _ANCHOR.finditer(clause):
        if match.start() < end:
            continue
        post = _titled(clause, match) if match["title"] else _untitled(clause, match, found[-1] if found else last)
        if post:
            found.append(post)
            end = post.end
    elected = _ELECTED.search(clause)
    if elected and not found and not _ANCHOR.search(clause):
        found.append(Post("medlem", "", "", "", clause, elected.start(), elected.end()))
    return [_with_words(post, found, i) for i, post in enumerate(found)]


def _titled(clause: str, match: re.Match[str]) -> Post | None:
    """Read an office that has a title, and the body that follows it."""
    title = match["title"].lower()
    if body := _MEMBERS.get(title):
        return Post("medlem", body, "", "", clause, match.start(), match.end())
    following = _ANCHOR.search(clause, match.end())
    if title == "medlem" and (own := _WHOSE.search(clause[: match.start()])):
        return Post(title, _COUNCILS[own[1][:3].lower()], "", "", clause, match.start(), match.end())
    title = {"i spidsen": "formand", "menigt medlem": "medlem"}.get(title, title)
    if following and not following["title"] and _links(clause[match.end() : following.start()]):
        return Post(title, _body(following), "", "", clause, match.start(), following.end())
    body = "" if _ALONE.search(title) else _other_body(clause[match.end() :], title)
    if names_party(body) and (title == "medlem" or title in _CHAIRS):
        return None
    if title == "medlem" and not body and "menigt" not in match["title"]:
        return None
    return Post(title, "" if names_party(body) else body, "", "", clause, match.start(), match.end())


def _other_body(behind: str, title: str) -> str:
    """Read a body that is neither council nor committee: a club, a board, an association, as the note calls it."""
    found = _OTHER_BODY.match(behind) or (_PLAIN_BODY.match(behind) if title in _CHAIRS else None)
    return found["body"].rstrip(".") if found else ""


def names_party(text: str) -> bool:
    """Tell whether a text is the name of a party or of a local list, and not of a body."""
    mentions = find_parties(text)
    return bool(_LOCAL_LIST.search(text)) or any(mention.start <= 4 for mention in mentions)


def _links(between: str) -> bool:
    return bool(_LINK.fullmatch(between)) or bool(re.fullmatch(r"\s+for (?:kommunens )?", between))


def _untitled(clause: str, match: re.Match[str], last: Post | None) -> Post | None:
    """Read a seat that only its body names: "har siddet i byrådet", "medlem af X og Y"."""
    beside = last is not None and bool(
        re.fullmatch(
            r".{0,60}?(?:,| og| samt)(?: (?:i|af|for))? (?:[A-ZÆØÅ][\w-]+s? )?", clause[last.end : match.start()]
        )
    )
    if match["council"] and not _SEATED.search(clause[: match.start()]) and not beside:
        return None
    title = last.title if last and beside and last.clause == clause else "medlem"
    return Post(title, _body(match), "", "", clause, match.start(), match.end())


def _body(match: re.Match[str]) -> str:
    if match["council"]:
        return _COUNCILS[match["council"][:3].lower()]
    return match["committee"][0].upper() + match["committee"][1:]


def _with_words(post: Post, found: list[Post], i: int) -> Post:
    """Give a post the words around it; those between two posts are parted at the last comma or "og"."""
    left = found[i - 1].end if i else 0
    right = found[i + 1].start if i + 1 < len(found) else len(post.clause)
    before, after = post.clause[left : post.start], post.clause[post.end : right]
    return replace(
        post, before=_parted(before)[1] if i else before, after=_parted(after)[0] if right < len(post.clause) else after
    )


def _parted(gap: str) -> tuple[str, str]:
    places = [match.start() for match in re.finditer(r",\s| og ", gap)]
    return (gap[: places[-1]], gap[places[-1] :]) if places else (gap, "")
