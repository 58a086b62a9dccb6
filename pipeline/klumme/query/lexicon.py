"""From the words people write to the lemmas of the corpus, by looking them up, so that asking needs no spaCy."""

from difflib import get_close_matches

from klumme.query.store import Store

# The endings of Danish inflection, the shortest first; they serve only for forms that the corpus does not have.
_ENDINGS = (
    "s",
    "e",
    "r",
    "t",
    "n",
    "en",
    "et",
    "er",
    "es",
    "ne",
    "te",
    "ens",
    "ets",
    "ers",
    "ene",
    "ede",
    "erne",
    "ende",
)


class Lexicon:
    """The forms and lemmas of one corpus; case does not matter, but æ, ø and å are letters of their own."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def lemmas(self, word: str) -> list[str]:
        """Return the lemmas that a form may belong to, empty for a word that the corpus does not have."""
        return self._store.arrays.lemmas(word.lower()) or self._inflected(word.lower())

    def _inflected(self, word: str) -> list[str]:
        """Take an ending off a form that the corpus does not have, and return the lemmas that this leads to."""
        stems = (word.removesuffix(ending) for ending in _ENDINGS if word.endswith(ending) and len(word) > 3)
        sql = "SELECT DISTINCT lemma FROM lemmas WHERE lemma_key IN ($stem, $long)"
        found = (self._column(sql, {"stem": stem, "long": stem + "e"}) for stem in stems)
        return next(filter(None, found), [])

    def beginning(self, prefix: str) -> list[str]:
        """Return the lemmas that begin so or have a form that does, and the compounds with that word as a part."""
        return self._column(
            "SELECT DISTINCT lemma FROM words WHERE starts_with(form_key, $word) OR starts_with(lemma_key, $word) "
            "OR list_has_any(parts, $parts)",
            {"word": prefix.lower(), "parts": list({prefix.lower(), *self.lemmas(prefix)})},
        )

    def compounds(self, word: str) -> list[str]:
        """Return the lemmas of a word, and of all compounds that it is a part of."""
        parts: dict[str, object] = {"parts": list({word.lower(), *self.lemmas(word)})}
        found = self._column("SELECT DISTINCT lemma FROM lemmas WHERE list_has_any(parts, $parts)", parts)
        return sorted({*self.lemmas(word), *found})

    def nearest(self, word: str) -> str:
        """Return the known lemma or form most like a word that is not known, empty when none is near."""
        near = self._column(
            "SELECT lemma FROM lemmas WHERE abs(length(lemma) - length($word)) <= 2 AND length(lemma) > 2 "
            "GROUP BY lemma ORDER BY min(damerau_levenshtein(lemma_key, $word)), sum(n) DESC LIMIT 20",
            {"word": word.lower()},
        )
        found = get_close_matches(word.lower(), [lemma.lower() for lemma in near], n=1, cutoff=0.6)
        return next((lemma for lemma in near if found and lemma.lower() == found[0]), "")

    def _column(self, sql: str, parameters: dict[str, object]) -> list[str]:
        return [str(row["lemma"]) for row in self._store.read(sql + " ORDER BY ALL" * ("ORDER" not in sql), parameters)]
