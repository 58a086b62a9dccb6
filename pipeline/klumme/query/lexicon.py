"""From the words people write to the lemmas of the corpus, by looking them up, so that asking needs no spaCy."""

from difflib import get_close_matches

from klumme.query.store import Store

_LEMMAS = "SELECT DISTINCT lemma FROM lexicon WHERE lemma IN (?, ?) OR form IN (?, ?, ?)"

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
        low = word.lower()
        return (
            self._column(_LEMMAS, (low, word, low, word, word.capitalize()))
            or self._column("SELECT DISTINCT lemma FROM lexicon WHERE lower(form) = ?", (low,))
            or self._inflected(low)
        )

    def _inflected(self, word: str) -> list[str]:
        """Take an ending off a form that the corpus does not have, and return the lemmas that this leads to."""
        stems = (word.removesuffix(ending) for ending in _ENDINGS if word.endswith(ending) and len(word) > 3)
        found = (self._column("SELECT DISTINCT lemma FROM lexicon WHERE lemma IN (?, ?)", (s, s + "e")) for s in stems)
        return next(filter(None, found), [])

    def beginning(self, prefix: str) -> list[str]:
        """Return the lemmas that begin so or have a form that does, and the compounds with that word as a part."""
        parts = list({prefix.lower(), *self.lemmas(prefix)})
        return self._column(
            "SELECT DISTINCT lemma FROM lexicon WHERE starts_with(lower(form), ?) OR starts_with(lower(lemma), ?) "
            "OR list_has_any(parts, ?)",
            (prefix.lower(), prefix.lower(), parts),
        )

    def compounds(self, word: str) -> list[str]:
        """Return the lemmas of a word, and of all compounds that it is a part of."""
        parts = list({word.lower(), *self.lemmas(word)})
        found = self._column("SELECT DISTINCT lemma FROM lexicon WHERE list_has_any(parts, ?)", (parts,))
        return sorted({*self.lemmas(word), *found})

    def nearest(self, word: str) -> str:
        """Return the known lemma or form most like a word that is not known, empty when none is near."""
        near = self._column(
            "SELECT lemma FROM lexicon WHERE abs(length(form) - ?) <= 2 AND length(form) > 2 "
            "GROUP BY lemma ORDER BY min(damerau_levenshtein(lower(form), ?)), sum(n) DESC LIMIT 20",
            (len(word), word.lower()),
        )
        found = get_close_matches(word.lower(), [lemma.lower() for lemma in near], n=1, cutoff=0.6)
        return next((lemma for lemma in near if found and lemma.lower() == found[0]), "")

    def _column(self, sql: str, parameters: tuple[object, ...]) -> list[str]:
        return [str(row["lemma"]) for row in self._store.read(sql + " ORDER BY ALL" * ("ORDER" not in sql), parameters)]
