"""Bring together the entities that a pipeline found and the municipalities and parties that the gazetteer found."""

from dataclasses import dataclass, replace
from typing import cast

from spacy.tokens import Doc, Span

from klumme.gazetteer import Mention, find_mentions

_LABELS = {"kommune": "LOC", "parti": "ORG"}


@dataclass(frozen=True, slots=True)
class Named:
    """An entity over the tokens `start` to `end` (exclusive) of a doc, with the mention it is linked to, if any."""

    start: int
    end: int
    label: str
    mention: Mention | None = None


def named_in(doc: Doc, text: str) -> list[Named]:
    """Return all entities of a text in its order; one inside a longer one stands behind it.

    A mention takes the place of the entities that it covers. One inside a longer entity is kept beside it, unless
    that is a person: "Mads Greve" names no town.
    """
    mentions = [_placed(doc, mention) for mention in find_mentions(text)]
    entities = list(doc.ents)
    kept = [m for m in mentions if not any(e.label_ == "PER" and _inside(m, e) for e in entities)]
    named = [_labelled(m, entities) for m in kept]
    named += [Named(e.start, e.end, e.label_) for e in entities if not any(_covers(m, e) for m in kept)]
    return sorted(named, key=lambda n: (n.start, -n.end))


def _placed(doc: Doc, mention: Mention) -> Named:
    """Place a mention on whole tokens; a derived word ("københavnere") is of the kind MISC, as in DaNE."""
    span = cast("Span", doc.char_span(mention.start, mention.end, alignment_mode="expand"))
    label = _LABELS[mention.kind] if mention.text[0].isupper() else "MISC"
    return Named(span.start, span.end, label, mention)


def _labelled(mention: Named, entities: list[Span]) -> Named:
    """Give a place the label of an entity that it covers: a pipeline may tell the municipality as a body (ORG)."""
    labels = [e.label_ for e in entities if _covers(mention, e) and e.label_ in ("LOC", "ORG")]
    return replace(mention, label=labels[0]) if labels and mention.label == "LOC" else mention


def _covers(mention: Named, entity: Span) -> bool:
    return mention.start <= entity.start and entity.end <= mention.end


def _inside(mention: Named, entity: Span) -> bool:
    return entity.start <= mention.start and mention.end <= entity.end and not _covers(mention, entity)
