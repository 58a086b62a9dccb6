"""Words a second on one core and peak memory of one pipeline: `speed.py MODEL|blank TREEBANK`.

`blank` is spacy.blank("da") with a lookup of the lemma by form alone, the least that gives lemmas.
Set OMP_NUM_THREADS=1, as evaluate.py does.
"""

import json
import sys
import time
from pathlib import Path

import spacy
import srsly
from conllu import read_conllu
from spacy.language import Language
from spacy.tokens import Doc

ROUNDS = 5
SHIPPED = Path(__file__).parents[1] / "da_klumme_sm" / "klumme_lemmas" / "lemmas.msgpack"


@Language.component("form_lemmas")
def form_lemmas(doc: Doc) -> Doc:
    """Give each word the lemma of its form in the shipped table, whatever its part of speech."""
    for token in doc:
        token.lemma_ = TABLE.get(token.lower_, token.lower_)
    return doc


TABLE: dict[str, str] = {}


def blank() -> Language:
    """The empty Danish pipeline with the table."""
    for key, lemma in srsly.read_msgpack(SHIPPED).items():
        TABLE.setdefault(key.split("|")[0], lemma)
    nlp = spacy.blank("da")
    nlp.add_pipe("form_lemmas")
    return nlp


def peak_memory() -> int:
    """The most memory this process has held, in MB (Linux; the parent's share does not count)."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return round(int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024)


def main() -> None:
    """Time the best of five rounds over dev and test text and print a line of JSON."""
    model, treebank = sys.argv[1], Path(sys.argv[2])
    nlp = blank() if model == "blank" else spacy.load(model)
    loaded = peak_memory()
    sentences = [s.text for part in ("dev", "test") for s in read_conllu(treebank / f"da_ddt-ud-{part}.conllu")]
    texts = [" ".join(sentences[i : i + 10]) for i in range(0, len(sentences), 10)]
    rates = []
    for _ in range(ROUNDS):
        start = time.process_time()
        words = sum(len(doc) for doc in nlp.pipe(texts, batch_size=32))
        rates.append(words / (time.process_time() - start))
    print(json.dumps({"words_per_second": round(max(rates)), "loaded_mb": loaded, "peak_mb": peak_memory()}))


if __name__ == "__main__":
    main()
