"""Danish for the reader: numbers and days as Danes write them, and the words of the earlier rooms in Danish."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from klumme.charts.page import date, number, percent
from klumme.charts.quality import SET_NAMES
from klumme.errors import KlummeError
from klumme.gazetteer import municipality, party

__all__ = ["date", "number", "percent"]

# What the earlier rooms say in English to people, as far as it can reach this page.
_MESSAGES = {
    r"There is no field '(.+)'\.": "Der er intet felt »{}«.",
    r"The field '(.+)' has no value\.": "Feltet »{}« mangler en værdi.",
    r"There is no theme '(.+)'\.": "Der er intet tema »{}«.",
    r"Nobody here knows '(.+)' \((.+):\)\.": "Ingen her kender »{}« ({}).",
    r"'(.+)' is no date\.": "»{}« er ingen dato.",
    r"'(.+)' is no probability\.": "»{}« er ingen sandsynlighed.",
    r"'(.+)' is no word\.": "»{}« er ikke et ord.",
    r"A quotation mark is never closed\.": "Et anførselstegn bliver aldrig lukket.",
    r"The quotation marks are empty\.": "Der står intet mellem anførselstegnene.",
    r"The question has (\d+) characters, more than (\d+)\.": "Spørgsmålet har {} tegn; der er plads til {}.",
    r"The question has more than (\d+) words\.": "Spørgsmålet har over {} ord.",
    r"The question has half a letter in it\.": "Der er et ødelagt tegn i spørgsmålet.",
    r"Ask for less at a time\.": "Spørg om mindre ad gangen.",
    r"Type it anew\.": "Skriv det igen.",
    r"The brackets of the pattern lie too deep\.": "Mønstrets parenteser ligger for dybt.",
    r"Leave out those that change nothing\.": "Udelad dem, der intet ændrer.",
    r"The pattern ends too early\.": "Mønstret slutter for tidligt.",
    r"The pattern cannot go on like this\.": "Sådan kan mønstret ikke fortsætte.",
    r"The regular expression cannot be used: (.+)\.": "Det regulære udtryk kan ikke bruges: {}.",
    r"OR stands without a term on both sides\.": "OR mangler et led på den ene side.",
    r"The corpus has no word '([^']+)'\.": "Korpusset har ikke ordet »{}«.",
    r"Did you mean '(.+)'\?": "Mente du »{}«?",
    r"Known are: (.+)\.": "Der findes: {}.",
    r"Write (.+):value, without a space\.": "Skriv {}:værdi uden mellemrum.",
    r"Close it, or leave it out\.": "Luk det, eller lad det ude.",
    r"Write a phrase between them\.": "Skriv en vending imellem dem.",
    r"Write one before and one after it\.": "Skriv et ord før og et efter.",
    r"Write 2021, 2021-05 or 2021-05-17\.": "Skriv 2021, 2021-05 eller 2021-05-17.",
    r"Write a number from 0 to 1, as in sandsynlighed:0\.8\.": "Skriv et tal fra 0 til 1, som sandsynlighed:0.8.",
    r'Give words, "a phrase", or fields such as tema:\.': 'Skriv ord, "en vending" eller felter som tema:.',
    r"The question took longer than (\d+) seconds and was stopped\.": "Det tog over {} sekunder og blev stoppet.",
    r"Ask for rarer words, a shorter gap.*": "Spørg om sjældnere ord eller en mindre del af korpusset.",
    r"Lines cannot be sorted by '(.+)'\.": "Linjer kan ikke sorteres efter »{}«.",
    r"No passage has been tagged with themes yet\.": "Intet afsnit har fået temaer endnu.",
    r"Tag them with `klumme tag`\.": "Mærk dem med »klumme tag«.",
    r"There is (?:no|more than one) article or passage '(.+)'\.": "Der er ingen artikel og intet afsnit »{}«.",
    r"Copy an id from what `klumme query` shows\.": "Find teksten på siden Søg.",
    r"This corpus has no passages that can be searched yet\.": "Dette korpus har endnu ingen afsnit, der kan søges i.",
    r"Fill it with `klumme run`\.": "Hent en kilde, eller tilføj filer, på siden Korpus.",
    r"There is no passage left to label\.": "Der er ingen afsnit tilbage at mærke.",
    r"Add articles with `klumme add` or `klumme collect`\.": "Tilføj tekster på siden Korpus.",
    r"The coders leave no question open\.": "De, der har mærket, er ikke uenige og ikke i tvivl om noget.",
    r"Let a second one code: .*": "Lad en anden mærke nogle af de samme afsnit.",
    r"Passages with an open question whose text is not here, or has changed: (\d+)\.": (
        "Afsnit med et åbent spørgsmål, hvis tekst ikke er her eller er ændret: {}."
    ),
    r"Add or collect the articles that were coded\.": "Tilføj eller hent de artikler, der blev mærket.",
    r"Nobody has coded the passage '(.+)'\.": "Ingen har mærket afsnit »{}«.",
    r"Code it first: .*": "Mærk det først.",
    r"There is (?:no|more than one) passage '(.+)'\.": "Der er intet afsnit »{}«.",
    r"The passage '(.+)' has no vector yet\.": "Afsnit »{}« kan endnu ikke sammenlignes i mening.",
    r"Make it with `klumme tag`\.": "Det sker, næste gang korpusset mærkes (»klumme tag«).",
    r"The passages have no vectors yet, .*": "Korpussets afsnit kan endnu ikke sammenlignes i mening.",
    r"Make them with `klumme tag` and a theme model .*": "Træn en model på siden Model, og mærk så med »klumme tag«.",
    r"Install onnxruntime and tokenizers, then .*": "Installér onnxruntime og tokenizers, og mærk med »klumme tag«.",
    r"There is no text to compare with\.": "Der er ingen tekst at sammenligne med.",
    r"Give a sentence, or the id of a passage\.": "Skriv en sætning.",
    r"No encoder runs here that could read a text\.": "Programmet, der læser sætninger, er ikke installeret her.",
    r"Install onnxruntime and tokenizers, or .*": "Installér onnxruntime og tokenizers, eller brug »Flere som denne«.",
    r"The passages have vectors of the encoder (.+), and here is (.+)\.": "Afsnittene er læst med {}, men her er {}.",
    r"Train a theme model with it .*": "Træn en model på siden Model, og mærk så med »klumme tag«.",
    r"(\d+) passages have no vector yet and .*": "{} afsnit kan endnu ikke sammenlignes og er udeladt.",
    r"A recipe is chosen by labelled passages, .* articles of (\d+) authors.*": (
        "En opskrift vælges på mærkede afsnit fra {} forfatteres artikler, og flere af dem skal have et tema."
    ),
    r"Label more with `klumme label`, or leave --choose out\.": "Mærk flere, eller træn uden at prøve opskrifter af.",
    r"There is no word to count in '(.*)'\.": "Der er intet ord at tælle i »{}«.",
    r"Add a word, or count passages by theme: .*": "Tilføj et ord, eller se temaernes tal på siden Temaer.",
    r"There is no theme model in use\.": "Der er ingen temamodel i brug.",
    r"There is no theme model '(.+)'(?: here)?\.": "Der er ingen temamodel »{}«.",
    r"There is no version before '(.+)'\.": "Der er ingen model før »{}«.",
    r"No version before '(.+)' is here: the log names (\d+), '(.+)' the last, but their folders are gone\.": (
        "Ingen model fra før »{}« er her: loggen nævner {}, senest »{}«, men deres mapper er væk."
    ),
    r"Train a model from the labels of today: .* put a folder back into (.+?) and try again; .*": (
        "Træn en model på siden Model, eller læg en af mapperne tilbage i {}."
    ),
    r"See `klumme models list`\.": "Listen over modeller står på denne side.",
    r"Train one(?: from the labels)?(?:: | with )`klumme retrain`\.": "Træn en på siden Model.",
    r"The codebook has no theme '(.+)'\.": "Kodebogen har intet tema »{}«.",
    r"There are no labels\.": "Der er ingen mærkninger endnu.",
    r"No theme has enough labels to learn from\.": "Intet tema har mærkninger nok at lære af.",
    r"(?:Make some|Label some passages) with `klumme label`.*": "Mærk nogle afsnit på siden Mærk.",
    r"No passage was coded by two people\.": "Intet afsnit er mærket af to personer.",
    r"Let a second coder code some: .*": "Lad en anden mærke nogle af de samme afsnit.",
    r"(?:The|There is no) spaCy pipeline '(.+?)'.*": "Sprogmodellen »{}« er her ikke, eller den kan ikke åbnes.",
    r"Install it.*": "Installér den udgave, der passer, og prøv igen.",
    r"Another run of klumme is writing to this corpus\.": "En anden kørsel skriver i dette korpus.",
    r"Wait until it has ended, then try again\.": "Vent, til den er færdig, og prøv igen.",
    r"(.+) is empty\.": "{} er tom.",
    r"Save its text and add it again\.": "Gem teksten, og læg filen op igen.",
    r"(.+) is binary and no text\.": "{} er binær og ikke tekst.",
    r"(.+) is not valid UTF-8 \(line (\d+)\)\.": "{} er ikke gyldig UTF-8 (linje {}).",
    r"(.+) cannot be read: line (\d+) is no UTF-8\.": "{} er ikke gyldig UTF-8 (linje {}).",
    r"(.+), line (\d+) is not valid JSON: .+": "{}, linje {}, er ikke gyldig JSON.",
    r"(.+), line (\d+) has no key 'text'\.": "{}, linje {}, har intet felt »text«.",
    r"Mend the line and add the file again\.": "Ret linjen, og læg filen op igen.",
    r"Write each line as an object with the text under 'text'\.": "Giv hver linje et objekt med teksten i »text«.",
    r"(.+), line (\d+) is not a label: .+": "{}, linje {}, er ikke en mærkning.",
    r"Correct or delete that line\.": "Ret linjen, eller slet den.",
    r"Save it as (?:text in )?UTF-8(?: and add it again)?\.": "Gem den som UTF-8, og læg den op igen.",
    r"'(.+)' is in '(.+)'": "»{}« er på »{}«",
    r"only (\d+) words of '(.+)' are open": "kun {} ord af »{}« er åbne",
    r"(\d+) words of running text, (\d+) are needed": "{} ord løbende tekst; der kræves {}",
    r"'(.+)' has no running text": "»{}« har ingen løbende tekst",
    r"the page does not say that it is one": "siden siger ikke selv, at den er en artikel",
    r"no TDM file rule, header or metadata.*no noai hint; (.+)": "intet forbehold i TDM-fil eller på siden; {}",
    r"tdm-header: header: (.+)": "sidehoved: {}",
    r"header: (.+)": "sidehoved: {}",
    r"not worse: micro-F1 (.+) against the model in use": "ikke dårligere: F1 {} mod modellen før",
    r"forced; micro-F1 (.+) against the model in use": "taget i brug alligevel: F1 {} mod modellen før",
    r"rolled back from (.+)": "rullet tilbage fra {}",
    r"Syntax error.*|.* cannot be parsed.*": "Mønstret kan ikke læses.",
}
_PATTERNS = [(re.compile(f"^(?:{pattern})$", re.DOTALL), danish) for pattern, danish in _MESSAGES.items()]

WORDS = {
    "collect": "Hent",
    "extract": "Læs sider",
    "add": "Filer",
    "reserved": "forbeholdt (tekst- og datamining)",
    "disallowed": "lukket af robots.txt",
    "no article": "ikke en artikel",
    "language": "ikke på dansk",
    "paywall": "bag betalingsmur",
    "too short": "for kort",
    "no text": "uden tekst",
    "duplicate": "gentagelse",
    "unreachable": "kunne ikke nås",
    "timeout": "svarede ikke i tide",
    "gone": "findes ikke længere",
    "forbidden": "adgang nægtet",
    "login-wall": "bag login",
    "forgotten": "glemt efter ønske",
    "the model is unsure": "modellen er usikker",
    "drawn at random": "trukket tilfældigt",
    "unlike the others": "ulig de andre",
    "yes against no": "ja mod nej",
    "yes against unsure": "ja mod usikker",
    "no against unsure": "nej mod usikker",
    "nobody sure": "ingen er sikker",
    **SET_NAMES,
    "the first model": "den første model",
    "promoted by hand": "valgt med hånden",
    "none": "intet forbehold",
    "tdm-header": "forbehold i sidens hoved",
    "tdm-meta": "forbehold på siden",
    "tdm-file": "forbehold i tdmrep.json",
    "articles": "artikler",
    "passages": "afsnit",
    "pages": "sider",
    "files": "filer",
    "known": "kendte",
    "duplicates": "gentagelser",
    "author": "forfatter",
    "sample": "Rådhustrappen (eksempel)",
    "added": "egne filer",
    "annotate": "Sproglig analyse",
    "index": "Indeks",
    "tag": "Mærk",
    "Tagging": "Mærker afsnit",
    "Tagging passages": "Mærker afsnit",
    "Reading passages": "Læser mærkede afsnit",
    "Choosing a recipe": "Prøver opskrifterne uden nogle forfattere",
    "Fitting without some authors": "Lærer uden nogle forfattere, for at blive målt på dem",
    "Fitting without some sources": "Lærer uden nogle kilder, for at blive målt på dem",
    "Fitting on everything": "Lærer af alle mærkninger",
}


def word(value: str) -> str:
    """Return the Danish for a word of the tables, or the word itself where it has none."""
    if value.startswith("collect "):
        return f"Henter {word(value.removeprefix('collect '))}"
    return WORDS.get(value, value)


def sentence(text: str) -> str:
    """Return a message of the earlier rooms in Danish, sentence for sentence, or as it is where it is not known."""
    whole = _sentence(text)
    return whole if whole != text else " ".join(_sentence(part) for part in re.split(r"(?<=[.?]) (?=[A-Z])", text))


def _sentence(text: str) -> str:
    for pattern, danish in _PATTERNS:
        if match := pattern.match(text):
            return danish.format(*match.groups())
    return text


def explain(error: KlummeError) -> dict[str, str]:
    """Return what went wrong and what to do, in Danish."""
    return {"what": sentence(error.what), "way_out": sentence(error.way_out)}


_POINTS = str.maketrans(",.", ".,")


def decimal(value: float | None, digits: int = 2) -> str:
    """Write a number with a decimal comma and points between thousands, and a dash for none."""
    return "–" if value is None else f"{value:,.{digits}f}".translate(_POINTS).replace("-", "−")


def share(value: float | None) -> str:
    """Write a share from 0 to 1 as a percentage with one decimal: 8,5 %."""
    return "–" if value is None else f"{decimal(100 * value, 1)}\u202f%"


def interval(low: float | None, high: float | None, percentage: bool = False) -> str:
    """Write an interval: [0,66; 0,72], or [6,1; 9,0] % for shares."""
    if low is None or high is None:
        return ""
    if percentage:
        return f"[{decimal(100 * low, 1)}; {decimal(100 * high, 1)}]\u202f%"
    return f"[{decimal(low)}; {decimal(high)}]"


def figure(values: list[float] | None) -> str:
    """Write a figure with its interval: 0,69 [0,66; 0,72]."""
    return f"{decimal(values[0])} {interval(values[1], values[2])}" if values else "–"


def listed(names: Sequence[str]) -> str:
    """Write names as a list: anna, bo og ida."""
    return " og ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def clock(moment: datetime | str | None) -> str:
    """Write a moment: 4.3.2021 kl. 14.05."""
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment)
    return f"{date(moment)} kl. {moment:%H.%M}" if moment else ""


_PARTS_OF_SPEECH = {
    "NOUN": "navneord",
    "PROPN": "egennavn",
    "VERB": "udsagnsord",
    "AUX": "hjælpeverbum",
    "ADJ": "tillægsord",
    "ADV": "biord",
    "PRON": "stedord",
    "DET": "bestemmer",
    "ADP": "forholdsord",
    "CCONJ": "sideordnende bindeord",
    "SCONJ": "underordnende bindeord",
    "NUM": "talord",
    "PART": "infinitivmærke",
    "INTJ": "udråbsord",
    "SYM": "tegn",
    "X": "andet",
}


def part_of_speech(name: str) -> str:
    """Return the Danish for one of UD's parts of speech."""
    return _PARTS_OF_SPEECH.get(name, name)


def party_name(letter: str) -> str:
    """Return the name of a party."""
    known = party(letter)
    return known.name if known else letter


def municipality_name(value: str) -> str:
    """Return the name of a municipality."""
    known = municipality(value)
    return known.name if known else value


def plain(value: Any) -> Any:
    """Make a value fit for JSON: days as ISO 8601, the rest as text."""
    return value.isoformat() if isinstance(value, datetime) else str(value)
