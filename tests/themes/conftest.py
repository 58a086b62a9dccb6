import json
import random
from datetime import datetime

import pytest
import spacy

from klumme.annotate.step import run as annotate
from klumme.records import Label
from klumme.settings import AnnotateSettings
from klumme.tables import Tables
from klumme.themes.labels import append_labels, make_label, moment, text_hash
from klumme.themes.passages import Known, Labelled
from klumme.themes.readings import Reader
from klumme.workspace import Workspace

CODEBOOK = """
version = 3
[rules]
da = ["Ét afsnit ad gangen."]
[[theme]]
id = "ejerskab"
core = true
da = "Ejerskab"
en = "Ownership"
definition_da = "Byrådet tager sagen på sig."
keywords = ["byrådet", "vilje"]
renamed_from = ["politisk-vilje"]
[[theme]]
id = "penge"
da = "Penge"
en = "Money"
definition_da = "Penge i en fælles opgave."
keywords = ["kroner", "budget"]
"""

_OPENINGS = ["I går", "Sidste år", "I marts", "Her hos os", "Efter mødet", "Som altid", "I sommer", "På torvet"]
_ENDS = ["sagde min nabo", "står der i avisen", "og det regnede", "ved kaffen", "mens hunden gøede", "klokken syv"]
_PARTS = {
    "ejerskab": ["tog byrådet sagen på sig", "viste udvalget vilje", "stod rådet samlet bag lederen"],
    "penge": ["manglede der fem millioner kroner", "blev budgettet skåret", "blev skolen for dyr i drift"],
    "": ["sang solsorten på taget", "cyklede børnene hjem", "var der boller til alle", "faldt der et æble ned"],
}


def invent(count, seed=1):
    """Make passages with no, one or two of the themes "ejerskab" and "penge", and what holds of them."""
    chance = random.Random(seed)
    for _ in range(count):
        themes = {theme for theme in ("ejerskab", "penge") if chance.random() < 0.35}
        said = [chance.choice(_PARTS[theme]) for theme in sorted(themes)] or [chance.choice(_PARTS[""])]
        text = ". ".join(f"{chance.choice(_OPENINGS)} {part} {chance.choice(_ENDS)}" for part in said)
        yield f"{text} nummer {chance.randint(1, 10**6)}.", themes


@pytest.fixture
def make_passages():
    def make(count, seed=1):
        rows = list(invent(count, seed))
        known = [
            Known(f"k{i:04}", f"https://a.example/{i // 4}#{i % 4}", text, f"a{i // 4}", f"forfatter {i // 8}")
            for i, (text, _) in enumerate(rows)
        ]
        return known, [{theme: theme in themes for theme in ("ejerskab", "penge")} for _, themes in rows]

    return make


@pytest.fixture
def labelled(make_passages):
    known, themes = make_passages(240)
    return [Labelled(passage, held, random_draw=True) for passage, held in zip(known, themes, strict=True)]


@pytest.fixture
def reader():
    nlp = spacy.blank("da")
    nlp.add_pipe("sentencizer")
    return Reader(nlp, "da_test-1")


@pytest.fixture
def label():
    """Make a label; what is not given is plain."""

    def make(passage="k1", themes=None, coder="anna", at="2025-01-01T10:00:00", **more):
        given = {"address": "a#1", "text_sha256": text_hash(passage), "codebook": 3, "origin": "coder"} | more
        return make_label(Label(passage_id=passage, coder=coder, at=moment(at), themes=themes or {}, **given))

    return make


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    """A workspace that is its own home, with a codebook of two themes and no labels."""
    monkeypatch.setenv("KLUMME_HOME", str(tmp_path))
    corpus = tmp_path / "corpus"
    (corpus / "sample" / "passages").mkdir(parents=True)
    (corpus / "sample" / "articles").mkdir()
    (corpus / "codebook.toml").write_text(CODEBOOK, encoding="utf-8")
    (tmp_path / "klumme.toml").write_text('[annotate]\npipeline = "blank"\n', encoding="utf-8")
    return Workspace(tmp_path, tmp_path)


@pytest.fixture
def written(workspace):
    """Write passages for training into the workspace, and return them with what holds of them."""

    def write(count=160, seed=1):
        rows = [(f"t{i:04}", text, themes) for i, (text, themes) in enumerate(invent(count, seed))]
        lines = [json.dumps({"id": i, "text": t, "field": f"f{n % 9}"}) for n, (i, t, _) in enumerate(rows)]
        (workspace.sample / "passages" / "p1.jsonl").write_text("\n".join(lines), encoding="utf-8")
        return rows

    return write


@pytest.fixture
def fill(workspace, make_passages, label):
    """Put passages of articles into the tables, annotated, and label them; returns the passages and what holds."""

    def filled(count=120, coders=("anna",), seed=1):
        known, themes = make_passages(count, seed)
        tables = Tables(workspace)
        rows = [
            {"id": p.id, "article_id": p.article, "ordinal": i, "kind": "paragraph", "text": p.text}
            for i, p in enumerate(known)
        ]
        articles = {
            p.article: {
                "id": p.article,
                "url": f"https://a.example/{p.article}",
                "duplicate_of": "",
                "author": p.group,
                "municipality": f"Kommune {i // 4 % 12}",
                "party": "AV"[i // 4 % 2],
                "published": datetime(2019 + i // 4 % 6, 3, 1),
            }
            for i, p in enumerate(known)
        }
        tables.append({"passages": rows, "articles": list(articles.values())})
        annotate(workspace, AnnotateSettings("blank"))
        labels = [
            label(p.id, held, coder, text_sha256=text_hash(p.text), random_draw=True)
            for coder in coders
            for p, held in zip(known, themes, strict=True)
        ]
        append_labels(workspace.labels, labels)
        return known, themes

    return filled
