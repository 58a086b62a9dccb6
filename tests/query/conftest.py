"""A small corpus written straight into the tables: no spaCy, no model, every token known."""

import re
from dataclasses import asdict, dataclass, field
from datetime import datetime
from hashlib import sha256

import numpy as np
import pytest

from klumme.query.corpus import Corpus
from klumme.query.index import run as index
from klumme.records import Article, Block, Passage
from klumme.tables import Tables
from klumme.themes.encoder import HALF
from klumme.workspace import Workspace, find_home

# form -> (lemma, part of speech, parts); what is not here is its own lemma and "X".
WORDS = {
    "byrådet": ("byråd", "NOUN", ()),
    "byråd": ("byråd", "NOUN", ()),
    "har": ("have", "VERB", ()),
    "haft": ("have", "VERB", ()),
    "have": ("have", "VERB", ()),
    "haven": ("have", "NOUN", ()),
    "ansvar": ("ansvar", "NOUN", ()),
    "ansvaret": ("ansvar", "NOUN", ()),
    "samarbejde": ("samarbejde", "NOUN", ()),
    "samarbejdet": ("samarbejde", "NOUN", ()),
    "samarbejder": ("samarbejde", "VERB", ()),
    "samarbejdspartner": ("samarbejdspartner", "NOUN", ("samarbejde", "partner")),
    "ældresamarbejde": ("ældresamarbejde", "NOUN", ("ældre", "samarbejde")),
    "skole": ("skole", "NOUN", ()),
    "skolen": ("skole", "NOUN", ()),
    "skoler": ("skole", "NOUN", ()),
    "folkeskolen": ("folkeskole", "NOUN", ("folk", "skole")),
    "den": ("den", "PRON", ()),
    "det": ("det", "PRON", ()),
    "et": ("en", "DET", ()),
    "en": ("en", "DET", ()),
    "stort": ("stor", "ADJ", ()),
    "store": ("stor", "ADJ", ()),
    "gode": ("god", "ADJ", ()),
    "køge": ("Køge", "PROPN", ()),
    "aarhus": ("Aarhus", "PROPN", ()),
    "ål": ("ål", "NOUN", ()),
    "al": ("al", "DET", ()),
    ".": (".", "PUNCT", ()),
    ",": (",", "PUNCT", ()),
    "?": ("?", "PUNCT", ()),
}
PLACES = {"Køge", "Aarhus"}


@dataclass
class Piece:
    """An article in few words; `themes` holds for each passage what the model would have said."""

    id: str
    passages: list[str]
    themes: list[dict[str, float]] = field(default_factory=list)
    title: str = "En klumme"
    author: str = "Ida Holm"
    party: str = "A"
    municipality: str = "Køge"
    published: datetime | None = datetime(2020, 5, 1)
    source: str = "sample"
    url: str = ""
    page_sha256: str = ""


def build(workspace, pieces, words=None, pipeline="da-1", model="model-1"):
    """Write pieces as articles, passages, tokens and theme scores, and index them."""
    write(workspace, pieces, words, pipeline, model)
    index(workspace)
    return workspace


def write(workspace, pieces, words=None, pipeline="da-1", model="model-1"):
    tables, known = Tables(workspace), WORDS | (words or {})
    parts = {name: [] for name in ("passages", "articles", "tokens", "entities", "annotations", "theme_scores")}
    for piece in pieces:
        parts["articles"].append(_article(piece))
        for ordinal, text in enumerate(piece.passages):
            passage = f"{piece.id}-{ordinal}"
            parts["passages"].append(Passage(passage, piece.id, ordinal, "paragraph", text))
            tokens = tokenize(passage, text, known)
            parts["tokens"] += tokens
            parts["annotations"].append(
                {"passage_id": passage, "tokens": len(tokens), "sentences": tokens[-1]["sentence"] + 1}
            )
            scores = piece.themes[ordinal] if ordinal < len(piece.themes) else {}
            parts["theme_scores"] += [
                {"passage_id": passage, "theme": t, "p": p, "tagged": p >= 0.5, "why": []} for t, p in scores.items()
            ]
    tables.append({name: parts[name] for name in ("passages", "articles")})
    tables.append({name: parts[name] for name in ("tokens", "entities", "annotations")}, pipeline)
    tables.append({"theme_scores": parts["theme_scores"]}, model)
    tables.set_versions({"tokens": pipeline, "entities": pipeline, "annotations": pipeline, "theme_scores": model})


def tokenize(passage, text, known):
    tokens, sentence, start_of_sentence = [], 0, 0
    for i, match in enumerate(re.finditer(r"\w+|[^\w\s]", text)):
        form = match.group()
        lemma, pos, parts = known.get(form.lower(), (form.lower(), "X", ()))
        tokens.append(
            {
                "passage_id": passage,
                "i": i,
                "sentence": sentence,
                "start": match.start(),
                "form": form,
                "lemma": lemma,
                "pos": pos,
                "morph": "Definite=Def" if form.endswith("et") else "",
                "head": start_of_sentence,
                "dep": "ROOT" if i == start_of_sentence else "dep",
                "ent": "LOC" if form in PLACES else "",
                "parts": list(parts),
            }
        )
        if form in ".?!":
            sentence, start_of_sentence = sentence + 1, i + 1
    return tokens


def _article(piece):
    url = piece.url or f"https://avis.example/{piece.id}"
    article = Article(
        id=piece.id,
        url=url,
        source=piece.source,
        title=piece.title,
        standfirst="",
        author=piece.author,
        role="Byrådsmedlem",
        party=piece.party,
        municipality=piece.municipality,
        section="Debat",
        tags=(),
        published=piece.published,
        updated=None,
        language="da",
        blocks=tuple(Block("paragraph", text) for text in piece.passages),
        author_note="",
        column_note="",
        text_sha256=sha256(" ".join(piece.passages).encode()).hexdigest(),
        page_sha256=piece.page_sha256,
        fetched_at=datetime(2025, 1, 1),
        origin=url,
    )
    return asdict(article)


PIECES = [
    Piece(
        "a1",
        ["Byrådet har et stort ansvar for skolen. Samarbejdet i Køge er godt.", "Ingen kan lide ål, og al tid går."],
        [{"politisk-ejerskab": 0.9, "ansvarsfordeling": 0.6}, {"politisk-ejerskab": 0.1, "ansvarsfordeling": 0.2}],
        title="Hvem har ansvaret?",
        page_sha256="f" * 64,
    ),
    Piece(
        "a2",
        ["Vores samarbejdspartner har haven.", "Et ældresamarbejde er et samarbejde, der virker."],
        [{"politisk-ejerskab": 0.2, "ansvarsfordeling": 0.1}, {"politisk-ejerskab": 0.7, "ansvarsfordeling": 0.3}],
        title="Sammen",
        author="Bo Lind",
        party="V",
        municipality="Aarhus",
        published=datetime(2021, 3, 4),
    ),
    Piece(
        "a3",
        ["Folkeskolen har ansvaret. Det har byrådet ikke.", "Byrådet samarbejder. Skolen har haft ansvaret længe."],
        [{"politisk-ejerskab": 0.3, "ansvarsfordeling": 0.95}, {"politisk-ejerskab": 0.55, "ansvarsfordeling": 0.85}],
        title="Skolens ansvar",
        author="Bo Lind",
        party="V",
        municipality="Aarhus",
        published=datetime(2021, 9, 9),
        source="avisen",
    ),
]


@pytest.fixture(scope="session")
def builder():
    """The function that writes and indexes pieces, and their class, for corpora that outlive one test."""
    return build, Piece


@pytest.fixture
def piece():
    """The class of pieces, for tests that write their own."""
    return Piece


@pytest.fixture(name="build")
def build_fixture():
    """The function that writes pieces into a workspace and indexes them."""
    return build


@pytest.fixture(name="write")
def write_fixture():
    """The function that writes pieces into a workspace without indexing them."""
    return write


@pytest.fixture
def workspace(tmp_path):
    return Workspace(tmp_path, find_home())


@pytest.fixture(scope="session")
def shared(tmp_path_factory):
    """One corpus of three pieces, with vectors, that tests only read."""
    workspace = Workspace(tmp_path_factory.mktemp("corpus"), find_home())
    write(workspace, PIECES)
    _turn(workspace, [f"{piece.id}-{n}" for piece in PIECES for n in range(len(piece.passages))])
    index(workspace)
    return workspace


def _turn(workspace, passages):
    """Give each passage a vector 20 degrees further round than the one before it."""
    angles = np.radians(20 * np.arange(len(passages)))
    vectors = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(HALF)
    rows = zip(passages, vectors, strict=True)
    tables = Tables(workspace)
    tables.append(
        {"vectors": [{"passage_id": name, "themes": b"", "meaning": row.tobytes()} for name, row in rows]}, "turn-1"
    )
    tables.set_versions({"vectors": "turn-1"})


@pytest.fixture(scope="session")
def corpus(shared):
    with Corpus(shared.root) as corpus:
        yield corpus
