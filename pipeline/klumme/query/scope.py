"""From the fields of a query to conditions on passages; names are taken in any spelling that the gazetteer knows."""

from collections.abc import Callable, Iterable

from klumme.errors import CodebookError, QueryError, did_you_mean
from klumme.gazetteer.municipalities import municipality
from klumme.gazetteer.parties import party
from klumme.query.binding import Binding
from klumme.query.language import Term
from klumme.query.store import Store
from klumme.themes.codebook import load_codebook

COLUMNS = {"kommune": "municipality", "parti": "party", "forfatter": "author", "kilde": "source"}
_GAZETTEERS: dict[str, Callable[[str], object | None]] = {"kommune": municipality, "parti": party}


class Scope:
    """What a corpus has to offer for each field, and the SQL that asks for it.

    The conditions are on the columns of `meta`, under the name m.
    """

    def __init__(self, store: Store, text: str = "", p: float | None = None) -> None:
        self._store, self._text, self._p = store, text, p

    def condition(self, term: Term, bind: Binding) -> str:
        """Return the SQL for a term that names a field; raises QueryError for a value that nobody knows."""
        if term.kind == "tema":
            return self.theme(self.theme_ids(term), bind, self._p)
        if term.kind in ("fra", "til"):
            if term.values == ("",):
                return "m.published IS NULL"
            day = f"CAST({bind(term.values[0])} AS DATE)"
            return f"m.published >= {day}" if term.kind == "fra" else f"m.published < {day} + INTERVAL 1 DAY"
        values = [found for value in term.values for found in (self._known(term, value) if value else [""])]
        return bind.among(f"m.{COLUMNS[term.kind]}", values)

    def theme(self, themes: list[str], bind: Binding, p: float | None = None, order: str = ">=") -> str:
        """Return the SQL for passages that the model tags with one of these themes, or whose probability is so."""
        self._must_be_tagged()
        table, reached = ("tagged", "true") if p is None else ("theme", f"p {order} CAST({bind(p)} AS FLOAT)")
        which = f"{bind.among('theme', themes)} AND " if themes else ""
        return f"m.passage IN (SELECT passage FROM {table} WHERE {which}{reached})"  # noqa: S608

    def theme_ids(self, term: Term) -> list[str]:
        """Return the ids of the themes that a `tema:` names by id or label; raises QueryError for an unknown one."""
        return [self._theme_id(value, term.at) for value in term.values]

    def _must_be_tagged(self) -> None:
        if not self._store.read("SELECT 1 FROM theme LIMIT 1"):
            raise QueryError("No passage has been tagged with themes yet.", "Tag them with `klumme tag`.")

    def _theme_id(self, value: str, at: int) -> str:
        codebook = load_codebook(self._store.workspace.codebook)
        labels = {label.casefold(): theme.id for theme in codebook.themes for label in (theme.da, theme.en)}
        try:
            return codebook.current_id(labels.get(value.casefold(), value.casefold()))
        except CodebookError as error:
            raise QueryError(f"There is no theme '{value}'.", error.way_out, self._text, at) from error

    def _known(self, term: Term, value: str) -> list[str]:
        """Return the values of the corpus that mean the same; none for a place or party that nobody here stands for."""
        column = COLUMNS[term.kind]
        rows = self._store.read(f"SELECT DISTINCT {column} AS value FROM meta WHERE {column} <> ''")  # noqa: S608
        values = [str(row["value"]) for row in rows]
        look_up = _GAZETTEERS.get(term.kind)
        meant = look_up(value) if look_up else None
        found = [v for v in values if v.casefold() == value.casefold() or (look_up and meant and look_up(v) == meant)]
        if not found and meant is None:
            found = _with_word(value, values)
        if not found and meant is None:
            raise QueryError(
                f"Nobody here knows '{value}' ({term.kind}:).", did_you_mean(value, values), self._text, term.at
            )
        return found


def _with_word(value: str, values: Iterable[str]) -> list[str]:
    """Return the names that have all these words: `forfatter:Lind` finds Bo Lind."""
    wanted = set(value.casefold().split())
    return [name for name in values if wanted <= set(name.casefold().split())]
