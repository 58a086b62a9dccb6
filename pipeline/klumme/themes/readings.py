"""What spaCy says of a passage, token by token, from the tables or straight from a pipeline."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain, groupby, islice, pairwise
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import pyarrow as pa

from klumme.errors import MissingPipelineError
from klumme.workspace import Workspace

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc
    from spacy.tokens import Token as SpacyToken


# So many texts are read in this process; more are worth starting others, each of which loads the pipeline.
ALONE = 2000
# So many of them go to a process at a time, and so many processes at most hold a pipeline (200 MB) each.
CHUNK, MOST = 500, 8


class Token(NamedTuple):
    """One token: its form, lemma and part of speech, the parts of a compound, its sentence and where it starts."""

    form: str
    lemma: str
    pos: str
    parts: tuple[str, ...]
    sentence: int
    start: int


Reading: TypeAlias = tuple[Token, ...]
Parts: TypeAlias = dict[tuple[int, int, int], tuple[str, ...]]


class Reader:
    """A spaCy pipeline that reads texts; `name` says which, in which version.

    `place`, the workspace and the name by which others open the same pipeline, lets it read in several processes.
    """

    def __init__(self, nlp: "Language", name: str, place: tuple[Workspace, str] | None = None) -> None:
        self._nlp, self.name, self._place = nlp, name, place

    @property
    def memory(self) -> Path | None:
        """The file for what this pipeline has read of passages written for training."""
        return self._place[0].tables / "readings" / f"{self.name}.parquet" if self._place else None

    def read(self, texts: Iterable[str]) -> list[Reading]:
        """Read texts, a passage each; more than ALONE in as many processes as there are cores, at most MOST.

        Raises MissingPipelineError when the pipeline has become another in the meantime.
        """
        coming = iter(texts)
        first = list(islice(coming, ALONE + 1))
        if len(first) <= ALONE or self._place is None:
            known: Parts = {}
            return [_reading(doc, known) for doc in self._nlp.pipe(chain(first, coming), batch_size=64)]
        return list(_read_in_processes(self._place, self.name, chain(first, coming)))


def _read_in_processes(place: tuple[Workspace, str], name: str, texts: Iterator[str]) -> Iterator[Reading]:
    from joblib import Parallel, cpu_count, delayed

    chunks = iter(lambda: list(islice(texts, CHUNK)), [])
    work = Parallel(min(MOST, cpu_count()), return_as="generator")
    for part in work(delayed(_read_there)(place, name, chunk) for chunk in chunks):
        yield from (tuple(map(Token._make, zip(*columns, strict=True))) for columns in part)


def _read_there(place: tuple[Workspace, str], name: str, texts: list[str]) -> list[list[tuple[Any, ...]]]:
    """Return the readings by columns, which travel between processes in a third of the time that tokens take."""
    reader = _opened(place)
    if reader.name != name:
        raise MissingPipelineError(f"The pipeline {name} has become {reader.name}.", "Run the command again.")
    return [list(zip(*reading, strict=True)) for reading in reader.read(texts)]


@lru_cache(maxsize=1)
def _opened(place: tuple[Workspace, str]) -> Reader:
    return open_reader(*place)


def open_reader(workspace: Workspace, pipeline: str) -> Reader:
    """Load a spaCy pipeline by its name; raises MissingPipelineError when it is not installed.

    What no reading needs is left out: names, and trees where they do not make the sentences. It is nearly two thirds of
    the time of da_klumme_sm. (Without a tree some verbs are told to be auxiliaries; no feature asks for that.)
    """
    from klumme.annotate.danish import load_pipeline, pipeline_version

    nlp = load_pipeline(pipeline, workspace)
    name = pipeline_version(nlp)
    spare = {"ner", "klumme_names"} | ({"parser"} if "senter" in nlp.pipe_names else set())
    nlp.select_pipes(disable=[part for part in nlp.pipe_names if part in spare])
    return Reader(nlp, name, (workspace, pipeline))


def _reading(doc: "Doc", known: Parts) -> Reading:
    starts = sentence_starts(doc)
    sentence, tokens = -1, []
    for token in doc:
        sentence += token.i in starts
        if not token.is_space:
            parts = _parts(token, known)
            tokens.append(Token(token.text, token.lemma_, token.pos_, parts, sentence, token.idx))
    return tuple(tokens)


def _parts(token: "SpacyToken", known: Parts) -> tuple[str, ...]:
    """Ask the pipeline once for the parts of each form, lemma and part of speech."""
    key = (token.orth, token.lemma, token.pos)
    if key not in known:
        known[key] = tuple(token._.parts or ()) if token.has_extension("parts") else ()
    return known[key]


def sentence_starts(doc: "Doc") -> set[int]:
    """Return the indices of the tokens that open a sentence."""
    return {0, *(token.i for token in doc if token.is_sent_start)}


def by_passage(rows: pa.Table) -> dict[str, Reading]:
    """Return the readings that rows of tokens make, by passage; the rows of a passage lie together, in order."""
    fields = (_values(rows[name].combine_chunks()) for name in Token._fields)
    tokens = map(Token._make, zip(*fields, strict=True))
    runs = groupby(_values(rows["passage_id"].combine_chunks()))
    return {passage: tuple(islice(tokens, len(list(run)))) for passage, run in runs}


def _values(column: pa.Array) -> list[Any]:
    """Return the values of a column without nulls, but that a list which is null is empty; lists as tuples."""
    if pa.types.is_string(column.type):
        coded = column.dictionary_encode()
        words = coded.dictionary.to_pylist()
        return [words[code] for code in coded.indices.to_numpy().tolist()]
    if pa.types.is_list(column.type):
        parts, ends = column.values.to_pylist(), column.offsets.to_numpy().tolist()
        return [tuple(parts[a:b]) if a < b else () for a, b in pairwise(ends)]
    return list(column.to_numpy().tolist())


def by_sentence(reading: Reading) -> list[Reading]:
    """Part a reading into its sentences."""
    return [tuple(tokens) for _, tokens in groupby(reading, attrgetter("sentence"))]
