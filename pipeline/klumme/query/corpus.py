"""The corpus as one object: ask it, show it, count it, measure it, take it elsewhere."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self, Unpack

from klumme.query import counts, export, frequency, keyness, likeness, search, show, sql, style
from klumme.query.collocations import Nearness, collocations
from klumme.query.concordance import Concordance, View, concordance
from klumme.query.export import Wanted
from klumme.query.frames import Rows
from klumme.query.question import Question, Reading, question
from klumme.query.search import Hits
from klumme.query.store import Store
from klumme.workspace import open_workspace


class Corpus:
    """A corpus at `root` (else at KLUMME_ROOT, else around the working directory).

    Opening reads nothing; the first question does. Use it as a context manager, or call `close`. A `query` is one of
    the people's language (`klumme.query.language`); a `pattern` may also be corpus query language
    (`klumme.query.cql`), recognised by its first bracket, or always with cql=True. With compounds=True each word is
    found also as a part of longer ones.
    Results turn into frames: `.rows.pandas()`.

    >>> with Corpus() as corpus:  # doctest: +SKIP
    ...     for hit in corpus.search("samarbejde tema:politisk-ejerskab").hits:
    ...         print(hit.title, hit.themes)
    """

    def __init__(self, root: str | Path | None = None) -> None:
        self.store = Store(open_workspace(root))

    def __enter__(self) -> Self:
        """Return the corpus."""
        return self

    def __exit__(self, *error: object) -> None:
        """Close the corpus."""
        self.close()

    def close(self) -> None:
        """Let go of the database."""
        self.store.close()

    def search(self, query: str, limit: int = 20, offset: int = 0, compounds: bool = False) -> Hits:
        """Find passages, the best first; with `compounds` each word also as a part of longer ones."""
        return search.search(self.store, query, limit, offset, compounds)

    def like(self, text_or_id: str, query: str = "", limit: int = 20, offset: int = 0, compounds: bool = False) -> Hits:
        """Find the passages nearest in meaning to a text or to the passage with this id, among those of a query.

        Raises MissingError for an unknown id, for a corpus without vectors, or for a text where no encoder runs.
        """
        return likeness.like(self.store, text_or_id, likeness.Among(query, limit, offset, compounds))

    def show(self, name: str) -> show.Shown:
        """Show the article or passage with this id; raises MissingError when there is none."""
        return show.show(self.store, name)

    def themes(self, by: str | Sequence[str] = (), query: str = "", compounds: bool = False) -> Rows:
        """Count themes by aar, maaned, parti, kommune, forfatter or kilde, or by several of them."""
        return counts.count_themes(self.store, _listed(by), query, compounds)

    def theme_pairs(self) -> Rows:
        """Count for each pair of themes the passages that carry both."""
        return counts.co_occurrence(self.store)

    def concordance(self, pattern: str, **given: Any) -> Concordance:
        """Show matches in context; takes `cql`, `compounds`, and the fields of `klumme.query.concordance.View`."""
        return concordance(self.store, question(pattern, given), View(**given))

    def count(self, pattern: str, by: str | Sequence[str] = (), **reading: Unpack[Reading]) -> Rows:
        """Count matches, also for each million tokens, by the fields that `themes` takes, or by tema."""
        return frequency.count_matches(self.store, Question(pattern, **reading), _listed(by))

    def frequencies(self, pattern: str = "", of: str = "lemma", limit: int = 100, **reading: Unpack[Reading]) -> Rows:
        """List what matches consist of, by lemma, form or pos; without a pattern, the words of the corpus."""
        return frequency.frequencies(self.store, Question(pattern, **reading), of, limit)

    def collocations(self, pattern: str, measure: str = "logdice", **given: Any) -> Rows:
        """List the lemmas near matches; takes `cql`, `compounds`, `window` (None: the sentence) and `least`."""
        return collocations(self.store, question(pattern, given), measure, Nearness(**given))

    def keyness(self, query: str, against: str = "", least: int = 3, compounds: bool = False) -> Rows:
        """Compare the words of two parts of the corpus; without `against`, of one part and the rest."""
        return keyness.keyness(self.store, query, against, least, compounds)

    def dispersion(self, pattern: str, over: str = "artikel", **reading: Unpack[Reading]) -> Rows:
        """Say how evenly matches are spread over articles or the groups that `themes` takes."""
        return style.dispersion(self.store, Question(pattern, **reading), over)

    def style(self, by: str = "forfatter") -> Rows:
        """Measure lexical diversity (MTLD) and readability (LIX) by author, party or any other group."""
        return style.style(self.store, by)

    def sql(self, statement: str) -> Rows:
        """Answer one SELECT over the tables; raises QueryError for anything else."""
        return sql.run_sql(self.store.workspace, statement)

    def export(self, query: str | Wanted, path: str | Path, form: str = "", text: bool = True) -> int:
        """Write what a query finds to a file, in the form of its ending; returns the number of rows or articles.

        `Wanted(query, like, limit)` writes what is nearest in meaning to a text or passage first, or only the best, and
        with `compounds` finds words also as parts of longer ones.
        """
        wanted = query if isinstance(query, Wanted) else Wanted(query)
        return export.export_hits(self.store, wanted, Path(path), form, text)


def _listed(by: str | Sequence[str]) -> Sequence[str]:
    return [by] if isinstance(by, str) else by
