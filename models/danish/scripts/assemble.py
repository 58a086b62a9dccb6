"""Put the trained parts together: `assemble.py GRAMMAR SENTER LEMMATIZER NER TABLES VERSION OUT`.

The tables are the lexicon of forms, the lemma table, the list of names and the compound splitter's lexicon; the entity
recognizer keeps a tok2vec of its own inside.
"""

import argparse
import shutil
from dataclasses import dataclass
from pathlib import Path

import spacy
import srsly
from spacy.language import Language

META = {
    "lang": "da",
    "name": "klumme_sm",
    "description": "Danish: sentences, tags, morphology, lemmas, trees, entities and the parts of compounds.",
    "author": "The klumme authors",
    "license": "CC BY-SA 4.0",
    "url": "",
    "email": "",
}
SOURCES = [
    ("PAROLE-DK", "CC BY-SA 4.0", "Society for Danish Language and Literature (DSL): Keson, Norling-Christensen"),
    ("Danish Dependency Treebank", "CC BY-SA 4.0", "Matthias Buch-Kromann et al."),
    ("UD Danish-DDT", "CC BY-SA 4.0", "Johannsen, Martinez Alonso, Plank"),
    ("DaN+", "MIT", "Plank, Jensen, van der Goot"),
    ("UniMorph Danish", "CC BY-SA 3.0", "UniMorph, from Wiktionary"),
]


@dataclass(frozen=True)
class Trained:
    """Where the parts lie that were trained one after the other."""

    grammar: Path
    senter: Path
    lemmatizer: Path
    ner: Path


def assemble(trained: Trained, tables: Path, version: str) -> Language:
    """The whole pipeline in its order, with its meta data."""
    nlp = spacy.load(trained.grammar, config={"nlp.tokenizer": {"@tokenizers": "klumme_tokenizer"}})
    entities = spacy.load(trained.ner)
    entities.replace_listeners("tok2vec", "ner", ["model.tok2vec"])
    _take(nlp, "senter", trained.senter, "senter")
    nlp.add_pipe("klumme_sentences", after="senter")
    hold_to_forms(nlp, tables)
    nlp.add_pipe("klumme_trees")
    _take(nlp, "klumme_trees", trained.lemmatizer, "trainable_lemmatizer")
    spaces = nlp.add_pipe("attribute_ruler", after="morphologizer")
    spaces.add([[{"IS_SPACE": True}]], {"POS": "SPACE", "MORPH": ""})
    lemmas = nlp.add_pipe("klumme_lemmas", before="klumme_trees")
    nlp.add_pipe("klumme_auxiliaries", after="klumme_trees")  # lemmas are the same with the parser left out
    nlp.add_pipe("ner", source=entities)
    names = nlp.add_pipe("klumme_names")
    compounds = nlp.add_pipe("klumme_compounds")
    for part in (lemmas, names, compounds):
        part.from_disk(tables)
    describe(nlp, version, entities.meta["performance"])
    return nlp


def _take(nlp: Language, name: str, trained: Path, part: str) -> None:
    """Give a component the weights that a part was trained to in another pipeline."""
    nlp.get_pipe(name).from_bytes(spacy.load(trained).get_pipe(part).to_bytes(exclude=["vocab"]))


def hold_to_forms(nlp: Language, tables: Path) -> None:
    """Put the trained morphologizer behind the lexicon of forms."""
    trained = nlp.get_pipe("morphologizer")
    config = {"model": nlp.get_pipe_config("morphologizer")["model"]}
    held = nlp.replace_pipe("morphologizer", "klumme_morphologizer", config=config)
    held.from_bytes(srsly.msgpack_dumps([trained.to_bytes(exclude=["vocab"]), {}]))
    held.use(srsly.read_msgpack(tables / "forms.msgpack"))


def describe(nlp: Language, version: str, entity_scores: dict[str, object]) -> None:
    """Fill in name, version, licence, sources and both trainings' scores on dev (before the lemma table)."""
    scores = nlp.meta["performance"] | {k: v for k, v in entity_scores.items() if k.startswith("ents")}
    nlp.meta.update(META, version=version, performance={k: v for k, v in scores.items() if "loss" not in k})
    nlp.meta["sources"] = [{"name": n, "license": lic, "author": who} for n, lic, who in SOURCES]
    for section in ("paths", "corpora"):
        nlp.config.pop(section, None)
    nlp.config["training"] = {}
    nlp.config["initialize"] = {}


def main() -> None:
    """Read the arguments, assemble, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("grammar", "senter", "lemmatizer", "ner", "tables"):
        parser.add_argument(name, type=Path)
    parser.add_argument("version")
    parser.add_argument("out", type=Path)
    given = parser.parse_args()
    trained = Trained(given.grammar, given.senter, given.lemmatizer, given.ner)
    assemble(trained, given.tables, given.version).to_disk(given.out)
    shutil.copy(Path(__file__).parents[1] / "LICENSE", given.out)


if __name__ == "__main__":
    main()
