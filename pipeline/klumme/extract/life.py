"""Read from an author note who a person is: name, year of birth, education."""

import re
from datetime import datetime

_PARTICLE = r"(?:af|de|von|van|el|al|[A-ZÆØÅÉ][\w’'.-]*)"
_NAME = re.compile(
    rf"(?:Om (?:skribenten|forfatteren):? )?(?P<name>[A-ZÆØÅÉ][\w’'.-]+(?: {_PARTICLE}){{0,5}}?)"
    r"(?=,? \(|,| (?:er|har|var|blev|sidder|driver|arbejder|bor|underviser|repræsenterer|stiller) |\.$|$)"
)
_YEAR = r"((?:19|20)\d\d)"
_BORN = re.compile(rf"\b(?:f\.|født)(?: (?:i|den))?(?: \d{{1,2}}\. \w+| \w+ i)? ?{_YEAR}|\({_YEAR}\)|\bårgang {_YEAR}")
_AGE = re.compile(r"\b(?:er |på |, |\()([1-9]\d)(?: år|-årig|(?=[,)]))")
_NO_VERB = r"(?!(?:har|er|var|blev|bor|medlem|formand|næstformand|sidder|arbejder|byråds\w+)\b)"
_EDUCATED = re.compile(
    r"\b(?:uddannet|udlært|læser til|uddannelse som)(?: som)? (?P<what>.+?)"
    r"(?=[,;)]|\.(?:\s|$)| og (?!\w+(?: fra)? [A-ZÆØÅ])| i [A-ZÆØÅ]| (?:fra|med|samt|siden|ved|på|hos) |$)"
)
_DEGREE = re.compile(
    r"\b(?:(?:cand|stud|mag|dr|lic)\.\s?(?:\w+\.)*\w*\.?|ph\.d\.|HA|HD|MBA|master|bachelor)"
    rf"(?: i (?!byrådet)[a-zæøå]+(?: og {_NO_VERB}[a-zæøå]+)?(?= |,|\.|$))?",
)
# Trades that one is trained for; the last word of a compound decides, so "gymnasielærer" is met by "lærer".
_TRADES = (
    "lærer plejerske pædagog jurist advokat økonom ingeniør maskinmester læge tandplejer socialrådgiver arkitekt "
    "byplanlægger landinspektør agronom journalist elektriker tømrer tømrermester murer murermester maler malermester "
    "smed mekaniker kok bager frisør typograf revisor fysioterapeut ergoterapeut assistent bioanalytiker laborant "
    "farmaceut psykolog teolog præst politibetjent styrmand skibsfører skibsbygger bibliotekar jordemoder datamatiker "
    "ejendomsmægler organist landmand sociolog historiker antropolog geolog biolog datalog skovfoged gartner slagter "
    "montør tekniker"
)
_TRADE = re.compile(
    r"(?:\b(?:er|som|og|fhv\.|tidligere|pensioneret|udlært|var)|,|\d år,|\),) "
    r"(?:en |et |tidligere |pensioneret |fhv\. |selvstændig |nyuddannet )*"
    rf"(?P<what>(?:registreret |statsautoriseret |social- og )?[\w-]*?(?:{_TRADES.replace(' ', '|')}))\b"
)


def read_name(note: str) -> str:
    """Return the name with which a note opens, empty for none."""
    match = _NAME.match(note)
    return match["name"] if match else ""


def read_birth(note: str, published: datetime | None) -> int | None:
    """Return the year of birth, from an age where only that is told: then it may be one too late."""
    if match := _BORN.search(note):
        return int(next(filter(None, match.groups())))
    age = _AGE.search(note)
    return published.year - int(age[1]) if age and published else None


def read_education(note: str) -> str:
    """Return the first training, degree or trade that a note names, empty for none."""
    if match := _EDUCATED.search(note):
        what = match["what"].strip(" .")
        return f"{what}." if re.search(r"\b(?:cand|stud|ph)\.[\w.]+$", what) else what
    match = _DEGREE.search(note)
    if match:
        return match[0].strip()
    match = _TRADE.search(note)
    return match["what"] if match else ""
