"""The stand-in for a trained pipeline: tokens, sentences at full stops, and lemmas by table and endings."""

import tomllib
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

import spacy
from spacy.language import Language
from spacy.tokens import Doc

# Raise this when the table or the rules change, so that old annotations are made anew.
VERSION = "1"
_SHORTEST = 3


def make_blank() -> Language:
    """Return a Danish pipeline that needs no trained model: no parts of speech, no entities."""
    nlp = spacy.blank("da", meta={"name": "blank", "version": VERSION})
    nlp.add_pipe("sentencizer")
    nlp.add_pipe("klumme_lemma_rules")
    return nlp


@Language.component("klumme_lemma_rules", assigns=["token.lemma"])
def set_lemmas(doc: Doc) -> Doc:
    """Give every token a lemma; a capital inside a sentence marks a name, which stays as it is."""
    for token in doc:
        name = token.is_title and not token.is_sent_start and token.i > 0
        token.lemma_ = token.text if name else lemma(token.lower_)
    return doc


@lru_cache(maxsize=50_000)
def lemma(form: str) -> str:
    """Return the lemma of a word in lower case: by table, then by ending, with or without the s of the genitive."""
    found = _plain(form)
    if found == form and form.endswith("s"):
        bare = _plain(form[:-1])
        return bare if bare != form[:-1] else form
    return found


def _plain(form: str) -> str:
    known = _forms().get(form)
    if known or not form.isalpha():
        return known or form
    endings = (e for e in _tables()["endings"] if form.endswith(e) and len(form) - len(e) >= _SHORTEST)
    ending = next(endings, None)
    return form if ending is None else form.removesuffix(ending) + _tables()["endings"][ending]


@cache
def _forms() -> dict[str, str]:
    rows = _tables()["forms"].items()
    return {form: word for word, forms in rows for form in forms.split()} | {word: word for word, _ in rows}


@cache
def _tables() -> dict[str, Any]:
    return tomllib.loads((files(__package__) / "blank.toml").read_text(encoding="utf-8"))
