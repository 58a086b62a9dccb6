"""Read and write CoNLL-U, and turn sentences into spaCy documents."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from spacy.tokens import Doc
from spacy.vocab import Vocab

MISSING = "_"


@dataclass
class Word:
    """One syntactic word; an empty head, tag or entity means "not known"."""

    form: str
    lemma: str = ""
    pos: str = ""
    feats: str = ""
    head: int | None = None
    deprel: str = ""
    space: bool = True
    ner: str = ""


@dataclass
class Sentence:
    """One sentence: its identifier and its words; heads count from 1, 0 is the root."""

    name: str
    words: list[Word] = field(default_factory=list)

    @property
    def forms(self) -> list[str]:
        """The word forms in order."""
        return [word.form for word in self.words]

    @property
    def text(self) -> str:
        """The running text, with the spaces the words name."""
        return "".join(w.form + (" " if w.space else "") for w in self.words).strip()


def read_conllu(path: Path) -> list[Sentence]:
    """All sentences of a CoNLL-U file; multiword ranges and empty nodes are passed over."""
    sentences: list[Sentence] = []
    for block in path.read_text(encoding="utf-8").strip().split("\n\n"):
        sentence = Sentence(name=f"{path.stem}-{len(sentences)}")
        for line in block.splitlines():
            if line.startswith("# sent_id"):
                sentence.name = line.split("=", 1)[1].strip()
            elif line and not line.startswith("#"):
                cells = line.split("\t")
                if cells[0].isdigit():
                    sentence.words.append(_read_word(cells))
        sentences.append(sentence)
    return sentences


def _read_word(cells: Sequence[str]) -> Word:
    misc = dict(item.partition("=")[::2] for item in cells[9].split("|"))
    head = int(cells[6]) if cells[6].isdigit() else None
    deprel = cells[7] if head is not None else ""
    tagged = cells[3] != MISSING
    return Word(
        form=cells[1],
        lemma=cells[2] if cells[2] != MISSING or cells[1] == MISSING else "",
        pos=cells[3] if tagged else "",
        feats=cells[5] if tagged else "",
        head=head,
        deprel=deprel,
        space=misc.get("SpaceAfter") != "No",
        ner=misc.get("NER", ""),
    )


def write_conllu(path: Path, sentences: Iterable[Sentence]) -> None:
    """Write the sentences as CoNLL-U with `NER=` and `SpaceAfter=No` in the last field."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="\n") as out:
        for sentence in sentences:
            out.write(f"# sent_id = {sentence.name}\n# text = {sentence.text}\n")
            for number, word in enumerate(sentence.words, 1):
                out.write("\t".join(_cells(number, word)) + "\n")
            out.write("\n")


def _cells(number: int, word: Word) -> list[str]:
    misc = ["SpaceAfter=No"] * (not word.space) + [f"NER={word.ner}"] * bool(word.ner)
    head = MISSING if word.head is None else str(word.head)
    return [
        str(number),
        word.form,
        word.lemma or MISSING,
        word.pos or MISSING,
        MISSING,
        word.feats or MISSING,
        head,
        word.deprel or MISSING,
        MISSING,
        "|".join(misc) or MISSING,
    ]


def plain_entity(label: str) -> str:
    """The entity label the pipeline learns: derived and partial names (`ORGpart`) are MISC."""
    prefix, _, kind = label.partition("-")
    if not kind:
        return label
    return f"{prefix}-MISC" if kind.endswith(("deriv", "part")) else f"{prefix}-{kind}"


def make_doc(vocab: Vocab, sentences: Sequence[Sentence]) -> Doc:
    """One document of several sentences; what a layer does not know in all of them is left unset."""
    words = [word for sentence in sentences for word in sentence.words]
    starts = [i == 0 for sentence in sentences for i in range(len(sentence.words))]
    return Doc(
        vocab,
        words=[w.form for w in words],
        spaces=[w.space for w in words],
        sent_starts=None if _parsed(words) else starts,
        **_layers(words, sentences),
    )


def _parsed(words: Sequence[Word]) -> bool:
    return all(w.head is not None for w in words)


def _layers(words: Sequence[Word], sentences: Sequence[Sentence]) -> dict[str, list]:
    layers: dict[str, list] = {}
    if all(w.lemma for w in words):
        layers["lemmas"] = [w.lemma for w in words]
    if all(w.pos for w in words):
        layers["pos"] = [w.pos for w in words]
        layers["morphs"] = ["" if w.feats == MISSING else w.feats for w in words]
    if _parsed(words):
        layers["heads"] = list(_heads(sentences))
        layers["deps"] = ["ROOT" if w.deprel == "root" else w.deprel for w in words]
    if all(w.ner for w in words):
        layers["ents"] = _repaired([plain_entity(w.ner) for w in words])
    return layers


def _heads(sentences: Sequence[Sentence]) -> Iterator[int]:
    offset = 0
    for sentence in sentences:
        for i, word in enumerate(sentence.words):
            yield offset + (word.head - 1 if word.head else i)
        offset += len(sentence.words)


def _repaired(labels: Sequence[str]) -> list[str]:
    repaired: list[str] = []
    for label in labels:
        last = repaired[-1][2:] if repaired else ""
        alone = label.startswith("I-") and last != label[2:]
        repaired.append("B-" + label[2:] if alone else label)
    return repaired
