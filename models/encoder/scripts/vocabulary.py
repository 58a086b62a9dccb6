"""Prune the encoder's vocabulary to Danish: `vocabulary.py E5_FILE TREEBANK PASSAGES... OUT`.

Kept are the pieces that PAROLE's text (without what touches UD's dev and test sentences), UniMorph's forms and the
project's own passages are cut into, and all short Latin pieces, digits and punctuation, so that any text can be
written.
OUT/tokenizer.json is what `tokenizers` reads; OUT/rows.npy says which row of the word table each piece was.
"""

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Iterable
from operator import itemgetter
from pathlib import Path

import numpy as np
from tokenizers import AddedToken, Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

sys.path.insert(0, str(Path(__file__).parents[2] / "danish" / "scripts" / "teacher"))

from e5 import UNKNOWN, read_e5
from parole import excerpts

from klumme.errors import InputError
from klumme.json_lines import Form, read_lines

LONGEST = 160  # pieces; the longest passage of the sample has 148
RUN = 6  # words in a row that count as touching a held-out sentence
SHORT = re.compile("^▁?(?:[A-Za-zÆØÅæøåÉéÄäÖöÜü]{1,2}|[0-9.,:/%-]{1,5}|[ -ɏ‐-⁄€])$")
MARKS = re.compile("^▁?[^\\w▁]{1,4}$")
Vocabulary = list[tuple[str, float]]
PASSAGE = Form(itemgetter("text"), "is no passage", "Give it a text.", InputError)


def make_tokenizer(vocabulary: Vocabulary, unknown: int) -> Tokenizer:
    """A unigram tokenizer in XLM-RoBERTa's manner, with `<s>` and `</s>` around a text and at most LONGEST pieces."""
    made = Tokenizer(models.Unigram(vocabulary, unk_id=unknown, byte_fallback=False))
    made.normalizer = normalizers.Sequence(
        [normalizers.NFKC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Strip()]
    )
    made.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    special = ["<s>", "</s>"]
    numbers = [(piece, next(i for i, (p, _) in enumerate(vocabulary) if p == piece)) for piece in special]
    made.post_processor = processors.TemplateProcessing(single="<s> $A </s>", special_tokens=numbers)
    made.add_special_tokens([AddedToken(piece, special=True) for piece in ("<s>", "<pad>", "</s>", "<unk>")])
    made.enable_truncation(LONGEST)
    return made


def full_vocabulary(path: Path) -> Vocabulary:
    """All pieces of the original with their scores, in the order of the word table."""
    _, tokenizer, _ = read_e5(path)
    rows: Vocabulary = [(f"<again {i}>", -1e4) for i in range(len(tokenizer.scores))]
    for piece, row in tokenizer.rank.items():
        rows[row] = (piece, float(tokenizer.scores[row]))
    return rows


def runs(text: str) -> set[tuple[str, ...]]:
    """All runs of RUN words of a text."""
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[i : i + RUN]) for i in range(len(words) - RUN + 1)}


def held_out(treebank: Path) -> list[str]:
    """UD's dev and test sentences, on which the pruning is measured."""
    files = (treebank / f"da_ddt-ud-{part}.conllu" for part in ("dev", "test"))
    return [text for file in files for text in re.findall(r"^# text = (.*)$", file.read_text("utf-8"), re.MULTILINE)]


def known_texts(treebank: Path, passages: Iterable[Path]) -> list[str]:
    """The texts whose pieces are kept."""
    touched = set().union(*map(runs, held_out(treebank)))
    texts = [one.text for one in excerpts(treebank / "parole-dk.tsv") if not runs(one.text) & touched]
    texts += [text for path in passages for _, text in read_lines(path, PASSAGE)]
    lines = (treebank / "unimorph-dan.tsv").read_text("utf-8").splitlines()
    forms = sorted({line.split("\t")[1] for line in lines if "\t" in line})
    return texts + forms + [form.capitalize() for form in forms]


def main() -> None:
    """Prune, store, and print what it costs on held-out sentences."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("e5", type=Path)
    parser.add_argument("treebank", type=Path)
    parser.add_argument("passages", type=Path, nargs="+")
    parser.add_argument("out", type=Path)
    given = parser.parse_args()
    full = full_vocabulary(given.e5)
    whole = make_tokenizer(full, UNKNOWN)
    seen = {number for one in whole.encode_batch(known_texts(given.treebank, given.passages)) for number in one.ids}
    short = {i for i, (piece, _) in enumerate(full) if SHORT.match(piece) or (MARKS.match(piece) and max(piece) < "℀")}
    rows = sorted(seen | short | {0, 1, 2, UNKNOWN})
    pruned = make_tokenizer([full[row] for row in rows], rows.index(UNKNOWN))
    given.out.mkdir(parents=True, exist_ok=True)
    pruned.save(str(given.out / "tokenizer.json"))
    np.save(given.out / "rows.npy", np.array(rows, dtype=np.int32))
    print(json.dumps(cost(whole, pruned, held_out(given.treebank)) | {"pieces": len(rows)}))


def cost(whole: Tokenizer, pruned: Tokenizer, texts: list[str]) -> dict[str, float]:
    """The share of pieces unchanged by the pruning, and how much longer texts became."""
    same = before = after = 0
    for old, new in zip(whole.encode_batch(texts), pruned.encode_batch(texts), strict=True):
        same += (Counter(old.tokens) & Counter(new.tokens)).total()
        before, after = before + len(old.tokens), after + len(new.tokens)
    return {"unchanged": round(same / before, 4), "longer": round(after / before - 1, 4)}


if __name__ == "__main__":
    main()
