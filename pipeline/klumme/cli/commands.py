"""The list of commands: name, module under `klumme.cli`, and the line of help that `klumme --help` prints."""

from typing import NamedTuple


class Entry(NamedTuple):
    """Where a command lies and what it is for."""

    module: str
    help: str


COMMANDS: dict[str, Entry] = {
    "run": Entry("run", "Do the whole way: collect, extract, annotate, tag, report."),
    "collect": Entry("collect", "Fetch what is new in a source, politely, and keep the raw pages."),
    "extract": Entry("extract", "Turn stored pages into articles and passages."),
    "add": Entry("add", "Take in files you already have (.txt .html .jsonl .csv .docx)."),
    "annotate": Entry("annotate", "Read passages with a Danish spaCy pipeline."),
    "tag": Entry("tag", "Give every passage its theme probabilities."),
    "query": Entry("query", "Find passages by words, themes, places, people and time."),
    "show": Entry("show", "Show one article or passage by its id."),
    "kwic": Entry("kwic", "Show the matches of a word or pattern in context."),
    "count": Entry("count", "Count a word or pattern by any field, or list what it consists of."),
    "measure": Entry("measure", "Collocations, keyness, dispersion, diversity and readability."),
    "themes": Entry("themes", "Count themes by year, party, municipality, author or source."),
    "export": Entry("export", "Write what a query finds: tables, CoNLL-U, TEI, references."),
    "sql": Entry("sql", "Ask the tables in SQL, read-only."),
    "retrain": Entry("retrain", "Train a theme model from all labels and use it if it is not worse."),
    "agreement": Entry("agreement", "Show how far the coders agree, with intervals."),
    "codebook": Entry("codebook", "List the themes, or show the rules of one."),
    "label": Entry("label", "Code passages in the terminal."),
    "adjudicate": Entry("adjudicate", "Settle what coders disagree on or are unsure of."),
    "evaluate": Entry("evaluate", "Compare systems on held-out passages, draw pictures, hold the floors."),
    "models": Entry("models", "List, show, compare, promote and roll back theme models."),
    "share": Entry("share", "Print the share of a theme: by labels, raw, and corrected for classifier error."),
    "labels": Entry("labels", "Import, export, attach and check labels."),
    "report": Entry("report", "Write the report page of the corpus."),
    "serve": Entry("serve", "Serve the web page: search, read, chart, label, retrain."),
    "source": Entry("source", "Propose a source file for a page, or try one without storing."),
    "permissions": Entry("permissions", "Show what may be kept and what not, by which rule, with evidence."),
    "forget": Entry("forget", "Remove a person's pieces everywhere, and check that nothing is left."),
    "sample": Entry("sample", "Serve the embedded sample column as a web site."),
}
