"""spaCy's edit-tree lemmatizer, asked only for the words that have no lemma yet.

With a table in front that is one word in twenty; asking for all of them costs a twentieth of the time.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from spacy.language import Language
from spacy.pipeline.edit_tree_lemmatizer import EditTreeLemmatizer
from spacy.tokens import Doc, Token
from thinc.api import Config, Model

NONE = -1  # no tree fits
MODEL = """
[model]
@architectures = "spacy.Tagger.v2"
nO = null

[model.tok2vec]
@architectures = "spacy.Tok2VecListener.v1"
width = 96
"""


class RareLemmatizer(EditTreeLemmatizer):
    """Predicts for the words without a lemma; trained and saved as spaCy's own."""

    def predict(self, docs: Iterable[Doc]) -> list[list[tuple[Token, int]]]:  # type: ignore[override]
        """For each document its words without a lemma, each with its tree or -1."""
        docs = list(docs)
        open_words = [[token for token in doc if not token.lemma] for doc in docs]
        if not any(open_words):
            return [[] for _ in docs]
        vectors = self.model.get_ref("tok2vec").predict(docs)
        rows = [v[[t.i for t in words]] for v, words in zip(vectors, open_words, strict=True) if words]
        best = iter(self.model.get_ref("softmax").predict(np.concatenate(rows)).argmax(axis=1))
        return [[(token, self._fit(token, int(next(best)))) for token in words] for words in open_words]

    def _fit(self, token: Token, label: int) -> int:
        tree: int = self.cfg["labels"][label]
        return NONE if self.trees.apply(tree, token.text) is None else tree

    def set_annotations(self, docs: Iterable[Doc], found: Sequence[Sequence[tuple[Token, int]]]) -> None:
        """Apply the trees; a word that none fits is its own lemma."""
        for token, tree in (pair for words in found for pair in words):
            token.lemma_ = token.text if tree == NONE else self.trees.apply(tree, token.text)


@Language.factory("klumme_trees", assigns=["token.lemma"], default_config=Config().from_str(MODEL))
def make_rare_lemmatizer(nlp: Language, name: str, model: Model[Any, Any]) -> RareLemmatizer:
    """Build the component; spaCy finds it by the entry point `klumme_trees`."""
    return RareLemmatizer(nlp.vocab, model, name, backoff="orth", min_tree_freq=3, overwrite=False, top_k=1)
