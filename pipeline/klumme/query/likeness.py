"""Find the passages nearest in meaning to a text or to another passage: exact search by cosine over stored vectors.

A search multiplies all vectors with one. numpy's einsum does so in one thread: the threads of a matrix product wait for
one another. Measured on 100,000 vectors and two busy cores: 48 ms with them, 4 ms without.
"""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from klumme.errors import InputError, MissingError, MissingModelError
from klumme.query.arrays import Arrays, Numbers
from klumme.query.hits import read_hits
from klumme.query.plan import Found, plan_query
from klumme.query.search import Hits, alone, read_facets
from klumme.query.store import Store
from klumme.themes.encoder import Floats, open_encoder
from klumme.themes.vectors import unpack

if TYPE_CHECKING:
    from numpy.typing import NDArray

# What looks like the id of a passage, or its beginning, is never taken for a text.
_ID = re.compile(r"(?=\D*\d)[0-9a-f]{6,}")

_IN_FORCE = "SELECT passage FROM meta WHERE passage_id = ?"
_ANY = """
SELECT DISTINCT id, text FROM passages WHERE id = ? OR (length(?) >= 6 AND starts_with(id, ?))
ORDER BY id = ? DESC, id LIMIT 2
"""
_STORED = "SELECT meaning FROM vectors WHERE passage_id = ? LIMIT 1"

# Below this share of the vectors, picking those to compare costs less than comparing all.
PICKED = 0.25


@dataclass(frozen=True, slots=True)
class Among:
    """Which passages are compared, those that a query finds, and which page of them is wanted."""

    query: str = ""
    limit: int = 20
    offset: int = 0
    compounds: bool = False


@dataclass(frozen=True, slots=True)
class _Origin:
    """What hits are to be alike: a text, its vector, and the number of its passage, which is no hit; -1 for none."""

    text: str
    vector: Floats
    passage: int = -1


def like(store: Store, given: str, among: Among) -> Hits:
    """Find the passages nearest to a passage of the corpus, if an id is given, or to a text; see the two below."""
    given = given.strip()
    known = _ID.fullmatch(given) or store.read(_IN_FORCE, [given])
    return (like_passage if known else like_text)(store, given, among)


def like_passage(store: Store, name: str, among: Among) -> Hits:
    """Find the passages nearest to the one with this id, or with the only id that begins so (6 characters or more).

    Raises MissingError when there is no such passage, or no vector of it; QueryError as `klumme.query.search` does.
    """
    _must_have_vectors(store)
    return _nearest(store, _in_force(store, name) or _stored(store, name), among)


def _in_force(store: Store, name: str) -> _Origin | None:
    """Return a passage that can be a hit itself, None when this is none."""
    arrays, rows = store.arrays, store.read(_IN_FORCE, [name])
    passage = rows[0]["passage"] if rows else -1
    row = int(np.searchsorted(arrays.meant, passage))
    if not rows or row == len(arrays.meant) or arrays.meant[row] != passage:
        return None
    return _Origin(arrays.places.column("text")[passage].as_py(), arrays.meaning[row], passage)


def _stored(store: Store, name: str) -> _Origin:
    """Return a passage by the beginning of its id, or one of an older version of an article."""
    found = store.read(_ANY, [name] * 4)
    if not found or (len(found) > 1 and found[0]["id"] != name):
        raise MissingError(
            f"There is {'more than one' if found else 'no'} passage '{name}'.",
            "Copy an id from what `klumme query` shows.",
        )
    key = found[0]["id"]
    stored = store.read(_STORED, [key])
    if not stored:
        raise MissingError(f"The passage '{key}' has no vector yet.", "Make it with `klumme tag`.")
    if key != name and (origin := _in_force(store, key)):
        return origin
    return _Origin(found[0]["text"], unpack([stored[0]["meaning"]])[0])


def like_text(store: Store, text: str, among: Among) -> Hits:
    """Find the passages nearest to a text, which the encoder reads first.

    Raises InputError for an empty text, MissingError where no passage has a vector, MissingModelError where no encoder
    runs or another one made the vectors; QueryError as `klumme.query.search` does.
    """
    if not re.search(r"\w", text):
        raise InputError("There is no text to compare with.", "Give a sentence, or the id of a passage.")
    _must_have_vectors(store)
    encoder, made_by = open_encoder(store.workspace), store.tables.version("vectors")
    if encoder is None:
        raise MissingModelError(
            "No encoder runs here that could read a text.",
            "Install onnxruntime and tokenizers, or give the id of a passage.",
        )
    if encoder.name != made_by:
        raise MissingModelError(
            f"The passages have vectors of the encoder {made_by}, and here is {encoder.name}.",
            "Train a theme model with it (`klumme retrain`), then tag with `klumme tag`.",
        )
    return _nearest(store, _Origin(text, encoder.encode([text]).meaning[0]), among)


def _must_have_vectors(store: Store) -> None:
    if len(store.arrays.meant):
        return
    here = open_encoder(store.workspace) is not None
    raise MissingError(
        "The passages have no vectors yet, which tell how alike they are.",
        "Make them with `klumme tag` and a theme model that was trained with the encoder."
        if here
        else "Install onnxruntime and tokenizers, then make them with `klumme tag`.",
    )


def _nearest(store: Store, origin: _Origin, among: Among) -> Hits:
    plan = plan_query(store, among.query, among.compounds)
    arrays = plan.arrays
    rows = _rows(arrays, plan.found.passages, origin.passage)
    found = Found(arrays.meant[rows], _likeness(arrays, rows, origin.vector))
    hits = read_hits(plan, found, among.limit, among.offset)
    notes = plan.notes if len(plan.found.passages) else (*plan.notes, *alone(store, plan, among.compounds))
    missing = int(arrays.in_force.sum()) - len(arrays.meant)
    if missing:
        notes = (*notes, f"{missing} passages have no vector yet and were not compared; `klumme tag` makes them.")
    return Hits(among.query, len(rows), hits, read_facets(arrays, found.passages), notes, origin.text)


def _rows(arrays: Arrays, passages: Numbers, without: int) -> Numbers:
    """Return the rows of the vectors of some passages, ascending, all but one passage's."""
    held = np.zeros(len(arrays), np.bool_)
    held[passages] = True
    if without >= 0:
        held[without] = False
    return held[arrays.meant].nonzero()[0]


def _likeness(arrays: Arrays, rows: Numbers, vector: Floats) -> "NDArray[np.float64]":
    """Return the cosine of each row with a vector of unit length."""
    if len(rows) < PICKED * len(arrays.meant):
        return np.asarray(np.einsum("ij,j->i", arrays.meaning[rows], vector), np.float64)
    return np.asarray(np.einsum("ij,j->i", arrays.meaning, vector)[rows], np.float64)
