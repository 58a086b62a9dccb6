"""What spaCy says of a passage, token by token, from the tables or straight from a pipeline."""

from collections.abc import Iterable
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from klumme.workspace import Workspace

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc


class Token(NamedTuple):
    """One token: its form, lemma and part of speech, the parts of a compound, its sentence and where it starts."""

    form: str
    lemma: str
    pos: str
    parts: tuple[str, ...]
    sentence: int
    start: int


Reading: TypeAlias = tuple[Token, ...]


class Reader:
    """A spaCy pipeline that reads texts; `name` says which, in which version."""

    def __init__(self, nlp: "Language", name: str) -> None:
        self._nlp, self.name = nlp, name

    def read(self, texts: Iterable[str]) -> list[Reading]:
        """Read texts, a passage each."""
        return [_reading(doc) for doc in self._nlp.pipe(texts, batch_size=64)]


def open_reader(workspace: Workspace, pipeline: str) -> Reader:
    """Load a spaCy pipeline by its name; raises MissingPipelineError when it is not installed.

    What no reading needs is left out: names, and trees where they do not make the sentences. It is nearly two thirds of
    the time of da_klumme_sm.
    """
    from klumme.annotate.danish import load_pipeline, pipeline_version

    nlp = load_pipeline(pipeline, workspace)
    name = pipeline_version(nlp)
    spare = {"ner", "klumme_names"} | ({"parser"} if "senter" in nlp.pipe_names else set())
    nlp.select_pipes(disable=[part for part in nlp.pipe_names if part in spare])
    return Reader(nlp, name)


def _reading(doc: "Doc") -> Reading:
    starts = sentence_starts(doc)
    sentence, tokens = -1, []
    for token in doc:
        sentence += token.i in starts
        if not token.is_space:
            parts = tuple(token._.parts or ()) if token.has_extension("parts") else ()
            tokens.append(Token(token.text, token.lemma_, token.pos_, parts, sentence, token.idx))
    return tuple(tokens)


def sentence_starts(doc: "Doc") -> set[int]:
    """Return the indices of the tokens that open a sentence."""
    return {0, *(token.i for token in doc if token.is_sent_start)}


def sentences(text: str, reading: Reading) -> list[str]:
    """Cut a text into its sentences."""
    first: dict[int, int] = {}
    for token in reading:
        first.setdefault(token.sentence, token.start)
    starts = [0, *list(first.values())[1:], len(text)]
    return [text[a:b].strip() for a, b in pairwise(starts)]
