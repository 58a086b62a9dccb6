"""How evenly words are spread, and how varied and how heavy the language of authors and parties is."""

from itertools import groupby

from klumme.errors import QueryError
from klumme.query.counts import group_column
from klumme.query.frames import Rows
from klumme.query.matches import matches
from klumme.query.measures import deviation_of_proportions, juilland_d, lix, mtld
from klumme.query.store import Store, fetch

LONG = 6

_PARTS = """
SELECT {part} AS part, sum(tokens) AS size, sum(coalesce(n, 0)) AS n
FROM meta LEFT JOIN (SELECT passage, count(*) AS n FROM matches GROUP BY passage) USING (passage) GROUP BY part
"""
_WORDS = """
SELECT {group} AS "group", passage, sentence, lower(form) AS form
FROM tokens JOIN meta USING (passage_id) WHERE regexp_matches(form, '[\\pL\\pN]')
ORDER BY "group", published, article_id, ordinal, i
"""


def dispersion(store: Store, text: str, over: str = "artikel", cql: bool = False) -> Rows:
    """Say how evenly matches are spread over articles, or over the groups of `klumme.query.counts.GROUPS`.

    Columns: parts, range (parts with a match), n, dp and dp_norm (0 is even), juilland_d (1 is even).
    Raises QueryError when there is no match, and as `matches` does.
    """
    part = "article_id" if over == "artikel" else group_column(over)
    with matches(store, text, cql) as cursor:
        rows = fetch(cursor, _PARTS.format(part=part), ())
    counts, sizes = [int(row["n"]) for row in rows], [int(row["size"]) for row in rows]
    if not sum(counts):
        raise QueryError("There is no match whose spread could be measured.", "Ask for a word that occurs.")
    dp, dp_norm = deviation_of_proportions(counts, sizes)
    row = {"parts": len(rows), "range": sum(map(bool, counts)), "n": sum(counts), "dp": dp, "dp_norm": dp_norm}
    return Rows([{**row, "juilland_d": juilland_d(counts, sizes)}], text)


def style(store: Store, by: str = "forfatter") -> Rows:
    """Measure the language of each group of `klumme.query.counts.GROUPS`.

    Words are tokens with a letter or digit, in the order of publication, in lower case. Columns: the group, words,
    types, mtld, lix, words_per_sentence and long_words (the share of words with more than six letters).
    """
    rows = store.read(_WORDS.format(group=group_column(by)))
    return Rows([_measured(by, key, list(group)) for key, group in groupby(rows, lambda row: row["group"])], by)


def _measured(by: str, key: object, rows: list[dict[str, object]]) -> dict[str, object]:
    words = [str(row["form"]) for row in rows]
    sentences = len({(row["passage"], row["sentence"]) for row in rows})
    long_words = sum(len(word) > LONG for word in words)
    return {
        by: key,
        "words": len(words),
        "types": len(set(words)),
        "mtld": mtld(words),
        "lix": lix(len(words), long_words, sentences),
        "words_per_sentence": len(words) / sentences,
        "long_words": long_words / len(words),
    }
