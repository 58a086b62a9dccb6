"""The corpus as one object: ask it, show it, count it, take it elsewhere."""

from collections.abc import Sequence
from pathlib import Path
from typing import Self

from klumme.query import counts, export, search, show, sql
from klumme.query.frames import Rows
from klumme.query.store import Store
from klumme.workspace import open_workspace


class Corpus:
    """A corpus at `root` (else at KLUMME_ROOT, else around the working directory).

    Opening reads nothing; the first question does. Use it as a context manager, or call `close`.

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

    def search(self, query: str, limit: int = 20, offset: int = 0, compounds: bool = False) -> search.Hits:
        """Find passages; see `klumme.query.language` for the language and `klumme.query.search.search` for errors."""
        return search.search(self.store, query, limit, offset, compounds)

    def show(self, name: str) -> show.Shown:
        """Show the article or passage with this id; raises MissingError when there is none."""
        return show.show(self.store, name)

    def themes(self, by: str | Sequence[str] = (), query: str = "") -> Rows:
        """Count themes by aar, maaned, parti, kommune, forfatter or kilde, or by several of them."""
        return counts.count_themes(self.store, [by] if isinstance(by, str) else by, query)

    def theme_pairs(self) -> Rows:
        """Count for each pair of themes the passages that carry both."""
        return counts.co_occurrence(self.store)

    def sql(self, statement: str) -> Rows:
        """Answer one SELECT over the tables; raises QueryError for anything else."""
        return sql.run_sql(self.store.workspace, statement)

    def export(self, query: str, path: str | Path, form: str = "") -> int:
        """Write the passages that a query finds to a file; the form is by the file's ending. Returns their number."""
        return export.export_hits(self.store, query, Path(path), form)
