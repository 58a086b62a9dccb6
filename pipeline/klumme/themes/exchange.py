"""Labels from and to other tools: Label Studio JSON, doccano JSONL, Prodigy JSONL, CSV, and klumme's own JSONL.

Tools with check boxes know only what was ticked. What else a label holds travels in a field of its own (`klumme`), so
that a round trip loses nothing; where somebody ticked otherwise meanwhile, the ticks count.
"""

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeAlias

from klumme.errors import LabelError
from klumme.json_lines import Form, Row, parse_lines
from klumme.records import Label
from klumme.themes.codebook import Codebook
from klumme.themes.drafts import Draft, make_draft, said

Rows: TypeAlias = list[Row]
Texts: TypeAlias = Mapping[str, str]

_FIELDS = [f for f in Label.__dataclass_fields__ if f != "themes"]


def write(form: str, labels: Sequence[Label], texts: Texts) -> str:
    """Return labels as the content of a file; `texts` maps passage ids to texts, and may be empty."""
    rows = [_full(label) | {"text": texts.get(label.passage_id, "")} for label in labels]
    return _WRITERS[form](rows)


def read(form: str, content: str, codebook: Codebook) -> list[Draft]:
    """Read the content of a file into drafts; raises LabelError for one that is not of the form.

    A draft names its row by the number of its line in JSON Lines, by that of its label in the other forms.
    """
    rows = _rows_of_lines(form, content, codebook) if form in _LINES else _rows_of_whole(form, content, codebook)
    return [make_draft(row, where) for where, row in rows]


def _rows_of_lines(form: str, content: str, codebook: Codebook) -> Iterable[tuple[str, Row]]:
    line = Form(lambda row: _LINES[form](row, codebook), f"is no {form} label", _way_out(), LabelError)
    return ((where, row) for where, row in parse_lines(content, "row ", line) if row is not None)


def _rows_of_whole(form: str, content: str, codebook: Codebook) -> Iterable[tuple[str, Row]]:
    try:
        rows = list(_WHOLE[form](content, codebook))
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, csv.Error) as error:
        raise LabelError(f"The file is no {form}: {error!r}.", _way_out()) from error
    return ((f"row {number}", row) for number, row in enumerate(rows, 1))


def _way_out() -> str:
    return f"Known forms are {', '.join(FORMS)}."


def _full(label: Label) -> Row:
    return asdict(label) | {"at": label.at.isoformat()}


def _lines(rows: Iterable[Any]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _ticked(row: dict[str, Any]) -> list[str]:
    return [name for name, value in row["themes"].items() if value]


def _merge(ticked: list[str], hidden: dict[str, Any] | None, codebook: Codebook) -> dict[str, bool | None]:
    """Put what was ticked together with what travelled along; without the latter, all that is not ticked is a no."""
    before = hidden["themes"] if hidden else dict.fromkeys(codebook.ids, False)
    kept: dict[str, bool | None] = {name: None if value is None else False for name, value in before.items()}
    return kept | dict.fromkeys(ticked, True)


def _without_text(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key != "text"}


def _to_label_studio(rows: Rows) -> str:
    return json.dumps([_label_studio_task(i, row) for i, row in enumerate(rows, 1)], ensure_ascii=False, indent=1)


def _label_studio_task(number: int, row: dict[str, Any]) -> dict[str, Any]:
    value = {"choices": _ticked(row)}
    result = [{"from_name": "themes", "to_name": "text", "type": "choices", "value": value}] if value["choices"] else []
    annotation = {"completed_by": row["coder"], "created_at": row["at"], "result": result}
    data = {"text": row["text"], "passage_id": row["passage_id"], "address": row["address"]}
    return {"id": number, "data": data, "meta": {"klumme": _without_text(row)}, "annotations": [annotation]}


def _from_label_studio(content: str, codebook: Codebook) -> Iterable[dict[str, Any]]:
    """Read tasks, one label for each annotation; those that were cancelled or never made are no labels."""
    for task in json.loads(content):
        hidden = task.get("meta", {}).get("klumme")
        for annotation in task["annotations"]:
            if annotation.get("was_cancelled"):
                continue
            choices = [r["value"]["choices"] for r in annotation["result"] if r["type"] == "choices"]
            row = dict(hidden or {}) | {k: v for k, v in task["data"].items() if k in ("text", "passage_id", "address")}
            row |= _who(annotation.get("completed_by"), annotation.get("created_at"), hidden)
            yield _again(row, _merge([c for some in choices for c in some], hidden, codebook), hidden)


def _who(coder: Any, at: Any, hidden: dict[str, Any] | None) -> dict[str, Any]:
    coder = coder.get("email") if isinstance(coder, dict) else coder
    found = {"coder": str(coder) if coder is not None else "", "at": at or ""}
    return {key: value for key, value in found.items() if value or not hidden}


def _again(row: dict[str, Any], themes: dict[str, bool | None], hidden: dict[str, Any] | None) -> dict[str, Any]:
    """Keep the label's own id only when it came back as it was."""
    if hidden and hidden["themes"] == themes and hidden["coder"] == row.get("coder"):
        return row | hidden
    return {k: v for k, v in row.items() if k not in ("id", "supersedes", "at")} | {"themes": themes}


def _to_doccano(rows: Rows) -> str:
    return _lines(
        {"id": i, "text": row["text"], "label": _ticked(row), "klumme": _without_text(row)}
        for i, row in enumerate(rows, 1)
    )


def _from_doccano(line: Row, codebook: Codebook) -> Row:
    hidden = line.get("klumme") or (line.get("meta") or {}).get("klumme")
    row = dict(hidden or {}) | {"text": line["text"]}
    row |= {k: line[k] for k in ("passage_id", "address", "coder") if k in line}
    return _again(row, _merge(list(line.get("label") or line.get("labels") or []), hidden, codebook), hidden)


def _to_prodigy(rows: Rows) -> str:
    return _lines(
        {
            "text": row["text"],
            "options": [{"id": name, "text": name} for name in row["themes"]],
            "accept": _ticked(row),
            "answer": "accept",
            "_annotator_id": row["coder"],
            "meta": {"klumme": _without_text(row)},
        }
        for row in rows
    )


def _from_prodigy(line: Row, codebook: Codebook) -> Row | None:
    """Read an answer; what was ignored is no label, and what was rejected has no theme."""
    if line.get("answer") == "ignore":
        return None
    hidden = (line.get("meta") or {}).get("klumme")
    row = dict(hidden or {}) | {"text": line["text"]}
    row |= {k: line[k] for k in ("passage_id", "address") if k in line}
    row |= _who(line.get("_annotator_id"), "", hidden)
    ticked = list(line.get("accept", [])) if line.get("answer") != "reject" else []
    return _again(row, _merge(ticked, hidden, codebook), hidden)


def _to_csv(rows: Rows) -> str:
    themes = list(dict.fromkeys(name for row in rows for name in row["themes"]))
    sink = io.StringIO()
    writer = csv.DictWriter(sink, [*_FIELDS, "text", *themes], lineterminator="\n")
    writer.writeheader()
    writer.writerows(
        {k: row[k] for k in (*_FIELDS, "text")} | {name: _WORDS[value] for name, value in row["themes"].items()}
        for row in rows
    )
    return sink.getvalue()


_WORDS = {True: "yes", False: "no", None: "unsure"}


def _from_csv(content: str, codebook: Codebook) -> Iterable[dict[str, Any]]:
    """Read a table with one column for each theme; an empty cell says nothing of that theme."""
    reader = csv.DictReader(io.StringIO(content), strict=True)
    columns = [name for name in reader.fieldnames or () if name not in (*_FIELDS, "text")]
    if not columns:
        raise ValueError("it has no column for a theme")
    for name in columns:
        codebook.current_id(name)
    for number, line in enumerate(reader, 1):
        themes = {name: said(line[name], f"row {number}") for name in columns if (line[name] or "").strip()}
        row: dict[str, Any] = {k: v for k, v in line.items() if k in (*_FIELDS, "text") and v}
        row |= {"codebook": int(row.get("codebook", 0)), "random_draw": row.get("random_draw") == "True"}
        yield row | {"themes": themes}


def _from_klumme(line: Row, codebook: Codebook) -> Row:  # noqa: ARG001
    return line


_WRITERS: dict[str, Callable[[Rows], str]] = {
    "klumme": _lines,
    "label-studio": _to_label_studio,
    "doccano": _to_doccano,
    "prodigy": _to_prodigy,
    "csv": _to_csv,
}
# None is a line that says nothing of a passage.
_LINES: dict[str, Callable[[Row, Codebook], Row | None]] = {
    "klumme": _from_klumme,
    "doccano": _from_doccano,
    "prodigy": _from_prodigy,
}
_WHOLE: dict[str, Callable[[str, Codebook], Iterable[Row]]] = {"label-studio": _from_label_studio, "csv": _from_csv}
FORMS = tuple(_WRITERS)


def guess(path: Path | None) -> str:
    """Guess the form of a file from its ending; what is not known is taken as klumme's own."""
    return {".csv": "csv", ".json": "label-studio"}.get(path.suffix.lower() if path else "", "klumme")
