"""Measure pipelines on dev and test: `evaluate.py TREEBANK MODEL [--seeds PATH...] [--also PATH...]`.

MODEL is the pipeline that ships, `--seeds` are the same recipe with other seeds, `--also` are others
to compare with; every installed Danish package is measured too. Writes metrics.json, prints a table.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from statistics import mean, stdev

import spacy
from conllu import Sentence, make_doc
from docbins import grouped
from held_out import with_entities
from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example

GROUP = 10  # sentences a document, as `spacy convert -n 10` makes them
MEASURES = (
    "token_acc", "pos_acc", "morph_acc", "lemma_acc", "sents_f", "dep_uas", "dep_las", "ents_p", "ents_r", "ents_f",
)  # fmt: skip
# Published for spaCy 3.8 (they fit UD dev, not test).
PUBLISHED = {
    "da_core_news_sm 3.8 (published)": (None, 94.97, 93.67, 94.4, 88.1, 80.0, 75.6, None, None, 72.3),
    "da_core_news_md 3.8 (published)": (None, 96.28, 95.12, 94.5, 89.4, 81.7, 77.7, None, None, 80.0),
    "da_core_news_lg 3.8 (published)": (None, 96.39, 95.40, 95.3, 89.3, 82.9, 78.8, None, None, 82.1),
}


def examples(nlp: Language, sentences: Sequence[Sentence], raw: bool) -> list[Example]:
    """Gold documents beside empty ones, with the pipeline's own tokens or with gold tokens."""
    pairs = []
    for group in grouped(sentences, GROUP):
        gold = make_doc(nlp.vocab, group)
        words, spaces = [t.text for t in gold], [bool(t.whitespace_) for t in gold]
        bare = nlp.make_doc(gold.text) if raw else Doc(nlp.vocab, words=words, spaces=spaces)
        pairs.append(Example(bare, gold))
    return pairs


def measure(nlp: Language, sentences: Sequence[Sentence], raw: bool) -> dict[str, object]:
    """Scores in percent, with precision, recall and F per entity type and per relation."""
    scores = nlp.evaluate(examples(nlp, sentences, raw), batch_size=32)
    result: dict[str, object] = {m: _percent(scores.get(m)) for m in MEASURES}
    for part in ("ents_per_type", "dep_las_per_type"):
        rows = scores.get(part) or {}
        result[part] = {kind: {k: _percent(v) for k, v in row.items()} for kind, row in sorted(rows.items())}
    return result


def starts_f(nlp: Language, sentences: Sequence[Sentence]) -> float:
    """F1 of sentence beginnings in raw text, in percent; spaCy's own measure wants both ends right."""
    found: set[tuple[int, int]] = set()
    known: set[tuple[int, int]] = set()
    golds = [example.reference for example in examples(nlp, sentences, raw=True)]
    for number, (gold, told) in enumerate(zip(golds, nlp.pipe(doc.text for doc in golds), strict=True)):
        known |= {(number, token.idx) for token in gold if token.is_sent_start}
        found |= {(number, token.idx) for token in told if token.is_sent_start}
    return round(200 * len(found & known) / max(len(found) + len(known), 1), 2)


def _percent(value: float | None) -> float | None:
    return None if value is None else round(100 * value, 2)


def measure_all(path: str, held: dict[str, list[Sentence]]) -> dict[str, dict[str, object] | str]:
    """Dev and test, raw text and gold tokens, then speed, memory and size of one pipeline."""
    nlp = spacy.load(path)
    result: dict[str, dict[str, object]] = {
        f"{part}, {'raw text' if raw else 'gold tokens'}": measure(nlp, sentences, raw)
        for part, sentences in held.items()
        for raw in (True, False)
    }
    for part, sentences in held.items():
        result[f"{part}, raw text"]["sentence_starts_f"] = starts_f(nlp, sentences)
    return result | {"name": f"{nlp.meta['lang']}_{nlp.meta['name']} {nlp.meta['version']}"}


def speed(path: str, treebank: Path) -> dict[str, float]:
    """Words a second and peak memory of one pipeline, in a process of its own."""
    script = Path(__file__).with_name("speed.py")
    threads = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    one_core = os.environ | dict.fromkeys(threads, "1")
    done = subprocess.run(
        [sys.executable, script, path, treebank], capture_output=True, text=True, check=True, env=one_core
    )
    return dict(json.loads(done.stdout.splitlines()[-1]))


def spread(runs: Sequence[dict[str, object]]) -> dict[str, dict[str, list[float]]]:
    """Mean and standard deviation of each measure over the seeds, per part."""
    table: dict[str, dict[str, list[float]]] = {}
    for part in [key for key in runs[0] if key.startswith(("dev", "test"))]:
        values = {m: [run[part][m] for run in runs] for m in MEASURES}
        table[part] = {m: [round(mean(v), 2), round(stdev(v), 2)] for m, v in values.items()}
    return table


def show(rows: Iterable[tuple[str, Sequence[object]]]) -> None:
    """Print one table."""
    print(f"{'':44}" + "".join(f"{m.replace('_acc', ''):>9}" for m in MEASURES))
    for name, values in rows:
        print(f"{name:44}" + "".join(f"{'-' if v is None else v:>9}" for v in values))


def report(models: dict[str, dict[str, object]]) -> None:
    """Print all pipelines, part by part, and the published figures under dev."""
    first = next(iter(models.values()))
    for part in [key for key in first if key.startswith(("dev", "test"))]:
        print(f"\n{part}")
        rows = [(path[-44:], [run[part][m] for m in MEASURES]) for path, run in models.items()]
        show(rows + list(PUBLISHED.items()) * (part == "dev, raw text"))


def known_of(path: Path, model: dict[str, object]) -> dict[str, dict[str, object]]:
    """What was written before of the very same model: other seeds and pipelines, which need not be at hand today."""
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return known if known.get("model") == model else {}


def find_others() -> list[str]:
    """The installed Danish packages."""
    return [name for name in spacy.util.get_installed_models() if name.startswith("da_")]


def arguments() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("treebank", type=Path)
    parser.add_argument("model")
    parser.add_argument("--seeds", nargs="*", default=[])
    parser.add_argument("--also", nargs="*", default=[])
    parser.add_argument("--parts", nargs="*", default=["dev", "test"])
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "metrics.json")
    return parser.parse_args()


def main() -> None:
    """Measure everything, write and print."""
    given = arguments()
    held = {part: with_entities(given.treebank, part) for part in given.parts}
    paths = list(dict.fromkeys([given.model, *given.seeds, *given.also, *find_others()]))
    models = {path: measure_all(path, held) for path in paths}
    known = known_of(given.out, models[given.model])
    result = known | {"model": models[given.model], "published": PUBLISHED}
    seeds = [models[path] for path in dict.fromkeys([given.model, *given.seeds])]
    if len(seeds) > 1:
        result["seeds"] = {"count": len(seeds), "mean and deviation": spread(seeds)}
    others = [*given.also, *find_others()]
    result["others"] = known.get("others", {}) | {path: models[path] for path in others}
    timed = {_short(path): speed(path, given.treebank) for path in ["blank", given.model, *others]}
    result["speed"] = known.get("speed", {}) | timed
    given.out.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    report(models)
    print("\nspeed and memory", json.dumps(timed, indent=1))


def _short(path: str) -> str:
    return Path(path).name


if __name__ == "__main__":
    main()
