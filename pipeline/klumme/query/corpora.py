"""Write whole articles with their annotation in the forms that corpus tools read: CoNLL-U and TEI."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from klumme.query.articles import ReadArticle, ReadPassage

_TEI = "http://www.tei-c.org/ns/1.0"
_ID = "{http://www.w3.org/XML/1998/namespace}id"


def write_conllu(articles: Iterable[ReadArticle], path: Path) -> None:
    """Write CoNLL-U: universaldependencies.org/format.html; entity and compound parts stand in MISC."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for article in articles:
            file.write(f"# newdoc id = {article.fields['id']}\n# source = {article.fields['url']}\n")
            for passage in article.passages:
                file.write(f"# newpar id = {passage.id}\n")
                file.writelines(_conllu_sentence(passage, n) for n in range(len(passage.sentences)))


def _conllu_sentence(passage: ReadPassage, number: int) -> str:
    tokens = passage.sentences[number]
    text = passage.text[tokens[0]["start"] : _end(tokens[-1])]
    places = {token["i"]: n for n, token in enumerate(tokens, 1)}
    lines = [f"# sent_id = {passage.id}-{number + 1}", f"# text = {' '.join(text.split())}"]
    lines += ["\t".join(_conllu_columns(token, places, _space_after(passage.text, token))) for token in tokens]
    return "\n".join(lines) + "\n\n"


def _conllu_columns(token: dict[str, Any], places: dict[int, int], space_after: bool) -> tuple[str, ...]:
    root = token["head"] == token["i"]
    head = "_" if not token["dep"] else str(0 if root else places.get(token["head"], 0))
    relation = "root" if head == "0" else token["dep"] or "_"
    misc = [
        "" if space_after else "SpaceAfter=No",
        f"Entity={token['ent']}" if token["ent"] else "",
        f"Parts={'+'.join(token['parts'])}" if token["parts"] else "",
    ]
    words = (token["form"], token["lemma"] or "_", token["pos"] or "_", "_", token["morph"] or "_")
    return str(places[token["i"]]), *words, head, relation, "_", "|".join(filter(None, misc)) or "_"


def write_tei(articles: Iterable[ReadArticle], path: Path) -> None:
    """Write one TEI corpus: tei-c.org/guidelines; a passage is a <p> whose @ana names the themes it carries."""
    from lxml import etree

    with path.open("wb") as file, etree.xmlfile(file, encoding="utf-8") as xml:
        xml.write_declaration()
        with xml.element("teiCorpus", nsmap={None: _TEI}):
            for article in articles:
                xml.write(_tei(article))


def _tei(article: ReadArticle) -> Any:
    from lxml.builder import ElementMaker

    make, fields = ElementMaker(namespace=_TEI, nsmap={None: _TEI}), article.fields
    day = fields["published"]
    return make.TEI(
        make.teiHeader(
            make.fileDesc(
                make.titleStmt(make.title(_xml(fields["title"])), make.author(_xml(fields["author"]))),
                make.publicationStmt(make.p("Exported by klumme.")),
                make.sourceDesc(
                    make.bibl(
                        make.publisher(_xml(fields["source"])),
                        make.date(f"{day:%Y-%m-%d}", when=f"{day:%Y-%m-%d}") if day else make.date(),
                        make.ptr(target=fields["url"]),
                        make.note(_xml(fields["page_sha256"]), type="page-sha256"),
                        make.note(_xml(fields["party"]), type="party"),
                        make.note(_xml(fields["municipality"]), type="municipality"),
                    )
                ),
            )
        ),
        make.text(make.body(*(_tei_passage(make, passage) for passage in article.passages))),
        {_ID: f"a{fields['id']}"},
    )


def _tei_passage(make: Any, passage: ReadPassage) -> Any:
    carried = " ".join(f"#{theme['theme']}" for theme in passage.themes if theme["tagged"])
    sentences = (make.s(*(_tei_token(make, passage, token) for token in tokens)) for tokens in passage.sentences)
    return make.p(*sentences, {_ID: f"p{passage.id}"} | ({"ana": carried} if carried else {}))


def _tei_token(make: Any, passage: ReadPassage, token: dict[str, Any]) -> Any:
    named = {"lemma": token["lemma"], "pos": token["pos"], "msd": token["morph"]}
    attributes = {name: _xml(value) for name, value in named.items() if value}
    if not _space_after(passage.text, token):
        attributes["join"] = "right"
    return (make.pc if token["pos"] == "PUNCT" else make.w)(_xml(token["form"]), attributes)


def _space_after(text: str, token: dict[str, Any]) -> bool:
    return text[_end(token) : _end(token) + 1].isspace()


def _end(token: dict[str, Any]) -> int:
    return int(token["start"]) + len(token["form"])


def _xml(text: str) -> str:
    """Leave out the control characters that XML cannot hold."""
    return "".join(c for c in text if c >= " " or c in "\t\n\r")
