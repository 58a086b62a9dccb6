"""A synthetic corpus, built once: Zipf's words in sentences, inflected, tagged, with themes and places."""

from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa

from klumme.query.index import run as index
from klumme.tables import Tables
from klumme.themes.codebook import load_codebook

LEMMAS = 120_000
PER_ARTICLE, PER_PASSAGE, PER_SENTENCE = 10, 50, 14
ARTICLES_PER_PART = 2_000
POS = np.array(["NOUN", "VERB", "ADJ", "ADP", "PRON", "ADV", "DET", "CCONJ"])
ENDINGS = {"NOUN": ["", "en", "er", "erne"], "VERB": ["e", "er", "ede", "et"], "ADJ": ["", "t", "e", "ere"]}
SYLLABLES = [
    c + v
    for c in ["b", "d", "f", "g", "h", "k", "l", "m", "n", "p", "r", "s", "t", "v", "sk", "st", "tr"]
    for v in "aeiouyæøå"
]
PARTIES, PLACES = list("ABCFIOVÆØÅ"), ["Køge", "Aarhus", "Odense", "Aalborg", "Esbjerg", "Ribe", "Randers", "Vejle"]


def build(workspace, articles=20_000, seed=1):
    """Write the corpus into an empty workspace and index it; returns the number of tokens."""
    chance = np.random.default_rng(seed)
    words = _Words(chance)
    themes = load_codebook(workspace.codebook).ids[:8]
    for first in range(0, articles, ARTICLES_PER_PART):
        _append(workspace, _part(chance, words, themes, first, min(ARTICLES_PER_PART, articles - first)))
    versions = dict.fromkeys(("tokens", "entities", "annotations"), "bench") | {"theme_scores": "bench"}
    Tables(workspace).set_versions(versions)
    index(workspace)
    return articles * PER_ARTICLE * PER_PASSAGE


class _Words:
    """Lemmas by rank with a part of speech and four forms each; every fifth noun is a compound of two others."""

    def __init__(self, chance):
        syllables = np.array(SYLLABLES)
        lengths = 1 + (np.log10(np.arange(1, LEMMAS + 1)) + chance.random(LEMMAS)).astype(int)
        stems = ["".join(chance.choice(syllables, n)) for n in lengths]
        self.lemma = np.array([f"{stem}{number % 97 if number > 200 else ''}" for number, stem in enumerate(stems)])
        self.pos = POS[chance.choice(len(POS), LEMMAS, p=[0.3, 0.18, 0.12, 0.12, 0.1, 0.08, 0.06, 0.04])]
        self.forms = np.array(
            [
                [lemma + ending for ending in ENDINGS.get(pos, [""] * 4)]
                for lemma, pos in zip(self.lemma, self.pos, strict=True)
            ]
        )
        compound = (self.pos == "NOUN") & (np.arange(LEMMAS) % 5 == 0)
        halves = chance.integers(0, 2000, (LEMMAS, 2))
        self.parts = [list(self.lemma[halves[i]]) if compound[i] else [] for i in range(LEMMAS)]
        weights = 1 / np.arange(1, LEMMAS + 1) ** 1.0
        self.cumulated = np.cumsum(weights / weights.sum())


def _part(chance, words, themes, first, articles):
    n = articles * PER_ARTICLE
    ids = np.array([f"{number:016x}" for number in np.random.default_rng(first).integers(0, 2**62, n)])
    drawn = np.searchsorted(words.cumulated, chance.random(n * PER_PASSAGE))
    forms = words.forms[drawn, chance.choice(4, len(drawn), p=[0.5, 0.25, 0.15, 0.1])]
    place = np.tile(np.arange(PER_PASSAGE), n)
    lengths = np.char.str_len(forms).reshape(n, PER_PASSAGE)
    starts = np.cumsum(np.hstack([np.zeros((n, 1), int), lengths[:, :-1] + 1]), axis=1)
    article = [f"a{first + number // PER_ARTICLE:015x}" for number in range(n)]
    texts = [" ".join(row) for row in forms.reshape(n, PER_PASSAGE)]
    ent = np.where((drawn % 500) == 7, "LOC", "")
    tokens = pa.table(
        {
            "passage_id": np.repeat(ids, PER_PASSAGE),
            "i": place,
            "sentence": place // PER_SENTENCE,
            "start": starts.ravel(),
            "form": forms,
            "lemma": words.lemma[drawn],
            "pos": words.pos[drawn],
            "morph": np.array(["", "Definite=Def", "Number=Plur", "Definite=Def|Number=Plur"])[drawn % 4],
            "head": np.maximum(place - 1, 0),
            "dep": np.array(["nsubj", "obj", "advmod", "case", "ROOT"])[drawn % 5],
            "ent": ent,
            "parts": [words.parts[d] for d in drawn],
        }
    )
    p = chance.beta(0.5, 3, (n, len(themes))).astype("float32")
    return {
        "articles": [_article(chance, first + number) for number in range(articles)],
        "passages": pa.table(
            {
                "id": ids,
                "article_id": article,
                "ordinal": np.tile(np.arange(PER_ARTICLE), articles),
                "kind": ["paragraph"] * n,
                "text": texts,
            }
        ),
        "tokens": tokens,
        "annotations": pa.table({"passage_id": ids, "tokens": [PER_PASSAGE] * n, "sentences": [4] * n}),
        "theme_scores": pa.table(
            {
                "passage_id": np.repeat(ids, len(themes)),
                "theme": list(themes) * n,
                "p": p.ravel(),
                "tagged": (p >= 0.5).ravel(),
                "why": [[]] * (n * len(themes)),
            }
        ),
    }


def _article(chance, number):
    day = datetime(2015, 1, 1) + timedelta(days=int(chance.integers(0, 4000)))
    identity = f"a{number:015x}"
    return {
        "id": identity,
        "url": f"https://avis.example/{identity}",
        "source": "bench",
        "title": f"Klumme nummer {number}",
        "author": f"Forfatter {chance.integers(0, 400)}",
        "party": str(chance.choice(PARTIES)),
        "municipality": str(chance.choice(PLACES)),
        "published": day,
        "language": "da",
        "duplicate_of": "",
        "page_sha256": "",
        "blocks": [],
        "tags": [],
    }


def _append(workspace, part):
    tables = Tables(workspace)
    from klumme.schemas import SCHEMAS

    whole = {
        name: rows
        if isinstance(rows, list)
        else pa.table({c: rows[c].cast(SCHEMAS[name].field(c).type) for c in rows.column_names}, SCHEMAS[name])
        for name, rows in part.items()
    }
    tables.append({name: whole[name] for name in ("passages", "articles")})
    tables.append({name: whole[name] for name in ("tokens", "annotations")}, "bench")
    tables.append({"theme_scores": whole["theme_scores"]}, "bench")
