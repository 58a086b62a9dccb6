"""From the treebank folder's source files to train.conllu and extra.conllu.

`convert.py TREEBANK OUT_DIR` reads parole-dk.tsv, ddt.tsv, da_news_train.tsv and UD dev (to learn
how UD writes what PAROLE and DDT write otherwise); UD test only to keep it out.
"""

import argparse
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from conllu import Sentence, Word, write_conllu
from held_out import read_entities, with_entities
from leaks import HeldOut
from punct_map import PunctMap
from sources import Finder, Token, read_ddt, read_parole
from spacing import spaces
from tag_map import Aligned, LemmaMap, TagMap, Usage, aligned
from tree_map import TreeMap, make_graph

log = logging.getLogger("convert")
Files = list[tuple[str, list[Token]]]


@dataclass
class Maps:
    """Everything learnt on UD dev, and the word usage of PAROLE without dev and test."""

    usage: Usage
    tags: TagMap
    plain_tags: TagMap
    lemmas: LemmaMap
    trees: TreeMap
    puncts: PunctMap


def learn(dev: Sequence[Sentence], finder: Finder, usage: Usage) -> Maps:
    """Fit all maps on the dev sentences that DDT has too."""
    pairs = []
    for sentence in dev:
        tokens = finder.find(sentence.forms)
        if tokens is not None:
            pairs.append((aligned(sentence.forms, tokens, usage), tokens, sentence.words))
    maps = Maps(usage, TagMap(True), TagMap(False), LemmaMap(), TreeMap(), PunctMap())
    for part in (maps.tags, maps.plain_tags, maps.lemmas):
        part.fit(pairs)
    graphs = [make_graph(a, t, [w.pos for w in words]) for a, t, words in pairs]
    maps.trees.fit(graphs, [words for _, _, words in pairs])
    maps.puncts.fit([words for _, _, words in pairs])
    log.info("learnt on %d dev sentences", len(pairs))
    return maps


def convert_train(entities: Sequence[list[tuple[str, str]]], finder: Finder, maps: Maps) -> list[Sentence]:
    """DaN+'s train sentences with lemma, tags and tree; those that DDT lacks are left out."""
    sentences = []
    for number, labelled in enumerate(entities):
        forms = [form for form, _ in labelled]
        tokens = finder.find(forms)
        if tokens is None:
            log.info("train-%d: not in ddt.tsv, left out", number)
            continue
        words = _tagged(aligned(forms, tokens, maps.usage), tokens, maps.tags, maps)
        _hang(words, aligned(forms, tokens, maps.usage), tokens, maps)
        for word, (_, label) in zip(words, labelled, strict=True):
            word.ner = label
        sentences.append(Sentence(f"train-{number}", words))
    return sentences


def _tagged(words: Sequence[Aligned], tokens: Sequence[Token], tags: TagMap, maps: Maps) -> list[Word]:
    found = tags(words, tokens)
    after = spaces([w.form for w in words])
    return [
        Word(w.form, maps.lemmas(w, pos), pos, feats, space=space)
        for w, (pos, feats), space in zip(words, found, after, strict=True)
    ]


def _hang(words: list[Word], own: Sequence[Aligned], tokens: Sequence[Token], maps: Maps) -> None:
    tree = maps.trees(make_graph(own, tokens, [w.pos for w in words]))
    for word, (head, name) in zip(words, maps.puncts(words, tree), strict=True):
        word.head, word.deprel = head, name
        if word.pos in ("AUX", "VERB") and name in ("aux", "cop"):
            word.pos = "AUX"
        elif word.pos == "AUX":
            word.pos = "VERB"


def convert_extra(parole: Files, skip: set[str], held: HeldOut, maps: Maps) -> list[Sentence]:
    """PAROLE's sentences outside DDT's files and away from dev and test, with lemma and tags."""
    sentences = []
    for name, tokens in parole:
        if name in skip or held.touches([t.form for t in tokens]):
            continue
        forms = [form for token in tokens for form in split(token)]
        try:
            words = aligned(forms, tokens, maps.usage)
        except ValueError as error:
            log.info("extra: %s", error)
            continue
        sentence = Sentence(f"extra-{len(sentences)}", _tagged(words, tokens, maps.plain_tags, maps))
        sentences.append(sentence)
    return sentences


def split(token: Token) -> list[str]:
    """The forms UD would write for a token: units of words apart, names and nouns joined by `-`."""
    if "_" not in token.form.strip("_"):
        return [token.form]
    if token.msd.startswith("N"):
        return [token.form.replace("_", "-")]
    return [piece for piece in token.form.split("_") if piece]


def clean_usage(parole: Files, held: HeldOut) -> Usage:
    """How PAROLE uses each form, counted without dev, test and their near-copies."""
    usage = Usage()
    for _, tokens in parole:
        if not held.touches([t.form for t in tokens]):
            usage.add(tokens)
    return usage


def run(treebank: Path, out: Path) -> None:
    """Convert everything and write the two files."""
    dev, test = (with_entities(treebank, part) for part in ("dev", "test"))
    held = HeldOut(s.forms for s in [*dev, *test])
    parole, ddt = read_parole(treebank / "parole-dk.tsv"), read_ddt(treebank / "ddt.tsv")
    finder = Finder(ddt)
    maps = learn(dev, finder, clean_usage(parole, held))
    entities = read_entities(treebank / "da_news_train.tsv")
    kept = [rows for rows in entities if not held.touches([form for form, _ in rows])]
    log.info("train: %d of %d sentences touch neither dev nor test", len(kept), len(entities))
    train = convert_train(kept, finder, maps)
    extra = convert_extra(parole, {name for name, _ in ddt}, held, maps)
    log.info("train %d, extra %d sentences", len(train), len(extra))
    write_conllu(out / "train.conllu", train)
    write_conllu(out / "extra.conllu", extra)


def main() -> None:
    """Read the arguments and convert."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("treebank", type=Path)
    parser.add_argument("out", type=Path)
    given = parser.parse_args()
    run(given.treebank, given.out)


if __name__ == "__main__":
    main()
