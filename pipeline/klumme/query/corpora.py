"""Write whole articles with their annotation in the forms that corpus tools read: CoNLL-U and TEI."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, TypeAlias

from klumme.query.articles import ReadArticle, ReadPassage
from klumme.themes.codebook import Theme

# The named entities of passages by their ids, as rows of `entities`.
Names: TypeAlias = Mapping[str, Sequence[Mapping[str, Any]]]

_TEI = "http://www.tei-c.org/ns/1.0"
_XML = "{http://www.w3.org/XML/1998/namespace}"
_ID, _LANG = f"{_XML}id", f"{_XML}lang"

# What TEI calls the entities of Danish pipelines; any other is a <name> of that @type.
_NAMED = {"PER": "persName", "LOC": "placeName", "ORG": "orgName"}


def write_conllu(articles: Iterable[ReadArticle], path: Path) -> None:
    """Write CoNLL-U: universaldependencies.org/format.html; entity and compound parts stand in MISC.

    Comments hold title, author and address of each article and the themes that each passage carries. Every sentence is
    one tree; a token whose head had to be found anew for that has `Mended=Yes` in MISC.
    """
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for article in articles:
            file.write(_conllu_article(article.fields))
            for passage in article.passages:
                file.writelines(_conllu_passage(passage))


def _conllu_article(fields: Mapping[str, Any]) -> str:
    said = {
        "newdoc id": fields["id"],
        "title": fields["title"],
        "author": fields["author"],
        "source": fields["url"],
    }
    return "".join(_comment(name, value) for name, value in said.items() if value)


def _conllu_passage(passage: ReadPassage) -> Iterator[str]:
    if not passage.sentences:
        return
    carried = " ".join(theme["theme"] for theme in passage.themes if theme["tagged"])
    yield _comment("newpar id", passage.id) + (_comment("themes", carried) if carried else "")
    yield from (_conllu_sentence(passage, n) for n in range(len(passage.sentences)))


def _comment(name: str, value: str) -> str:
    """Return one line, whatever white space a value has."""
    return f"# {name} = {' '.join(value.split())}\n"


def _conllu_sentence(passage: ReadPassage, number: int) -> str:
    tokens = passage.sentences[number]
    text = passage.text[tokens[0]["start"] : _end(tokens[-1])]
    places, heads = {token["i"]: n for n, token in enumerate(tokens, 1)}, one_tree(tokens)
    head = _comment("sent_id", f"{passage.id}-{number + 1}") + _comment("text", text)
    rows = (_conllu_columns(token, places, heads, _space_after(passage.text, token)) for token in tokens)
    return head + "".join("\t".join(row) + "\n" for row in rows) + "\n"


def _conllu_columns(
    token: Mapping[str, Any], places: Mapping[int, int], heads: Mapping[int, int], space_after: bool
) -> tuple[str, ...]:
    i, dep = token["i"], token["dep"]
    head, relation = _governed(dep, 0 if heads[i] == i else places[heads[i]])
    misc = [
        "" if space_after else "SpaceAfter=No",
        f"Entity={token['ent']}" if token["ent"] else "",
        f"Parts={'+'.join(token['parts'])}" if token["parts"] else "",
        "Mended=Yes" if dep and heads[i] != token["head"] else "",
    ]
    words = (token["form"], token["lemma"] or "_", token["pos"] or "_", "_", token["morph"] or "_")
    return str(places[i]), *words, head, relation, "_", "|".join(filter(None, misc)) or "_"


def _governed(dep: str, head: int) -> tuple[str, str]:
    """Return the columns HEAD and DEPREL; both are empty where no parser has been."""
    if not dep:
        return "_", "_"
    if not head:
        return "0", "root"
    return str(head), "dep" if _is_root(dep) else dep


def _is_root(dep: str) -> bool:
    return dep.lower() == "root"


def one_tree(tokens: Sequence[Mapping[str, Any]]) -> dict[int, int]:
    """Return the head of each token of a sentence, the root's is itself, such that all hang from one root.

    Parsers hang words from white space too, which the tables do not hold: what hung from it there names itself, a
    neighbour or nothing (17 of 3,047 sentences of the sample corpus had two roots, or none but a ring). All that is
    loose so is hung from the root, and where there is none, from what is loose first.
    """
    heads = {token["i"]: token["head"] for token in tokens}
    tops = sorted({_top(i, heads) for i in heads})
    roots = [token["i"] for token in tokens if token["i"] in tops and _is_root(token["dep"])]
    return heads | dict.fromkeys(tops, (roots or tops)[0])


def _top(i: int, heads: Mapping[int, int]) -> int:
    """Climb to the token above which there is none; the first token of a ring stands for the ring."""
    path: list[int] = []
    while i not in path:
        path.append(i)
        if heads[i] not in heads:
            return i
        i = heads[i]
    return min(path[path.index(i) :])


def write_tei(
    articles: Iterable[ReadArticle], path: Path, themes: Mapping[str, Theme] | None = None, names: Names | None = None
) -> None:
    """Write one TEI corpus: tei-c.org/guidelines; a passage is a <p> whose @ana names the themes it carries.

    The header of the corpus has `themes` (by the ids in the scores) as a taxonomy, to which @ana points.
    """
    from lxml import etree
    from lxml.builder import ElementMaker

    make = ElementMaker(namespace=_TEI, nsmap={None: _TEI})
    with path.open("wb") as file, etree.xmlfile(file, encoding="utf-8") as xml:
        xml.write_declaration()
        with xml.element("teiCorpus", nsmap={None: _TEI}):
            xml.write(_tei_corpus_header(make, themes or {}))
            for article in articles:
                xml.write(_tei(make, article, names or {}))


def _tei_corpus_header(make: Any, themes: Mapping[str, Theme]) -> Any:
    categories = [_tei_category(make, name, theme) for name, theme in themes.items()]
    taxonomy = make.taxonomy(make.desc("The themes of the codebook of klumme."), *categories)
    return make.teiHeader(
        make.fileDesc(
            make.titleStmt(make.title("Articles exported by klumme")),
            make.publicationStmt(make.p("Exported by klumme.")),
            make.sourceDesc(make.p("Each text names the page it was read from.")),
        ),
        *([make.encodingDesc(make.classDecl(taxonomy))] if categories else []),
    )


def _tei_category(make: Any, name: str, theme: Theme) -> Any:
    said = (("da", theme.da, theme.definition_da), ("en", theme.en, theme.definition_en))
    descriptions = (
        make.catDesc(make.term(_xml(label)), _xml(f": {rule}" if rule else ""), {_LANG: language})
        for language, label, rule in said
        if label
    )
    return make.category(*descriptions, {_ID: _xml_id(name), "n": _xml(name)})


def _xml_id(theme: str) -> str:
    """Return the id of a theme as a name that XML takes: no spaces or signs, and a letter first."""
    name = re.sub(r"[^\w.-]", "_", theme)
    return name if name[:1].isalpha() else f"_{name}"


def _tei(make: Any, article: ReadArticle, names: Names) -> Any:
    passages = (_tei_passage(make, passage, names.get(passage.id, ())) for passage in article.passages)
    return make.TEI(
        _tei_header(make, article.fields),
        make.text(make.body(*passages)),
        {_ID: f"a{article.fields['id']}"},
    )


def _tei_header(make: Any, fields: Mapping[str, Any]) -> Any:
    return make.teiHeader(
        make.fileDesc(
            make.titleStmt(make.title(_xml(fields["title"])), make.author(_xml(fields["author"]))),
            make.publicationStmt(make.p("Exported by klumme.")),
            make.sourceDesc(_tei_source(make, fields)),
        )
    )


def _tei_source(make: Any, fields: Mapping[str, Any]) -> Any:
    day = fields["published"]
    return make.bibl(
        make.publisher(_xml(fields["source"])),
        make.date(f"{day:%Y-%m-%d}", when=f"{day:%Y-%m-%d}") if day else make.date(),
        make.ptr(target=_xml(fields["url"])),
        make.note(_xml(fields["page_sha256"]), type="page-sha256"),
        make.note(_xml(fields["party"]), type="party"),
        make.note(_xml(fields["municipality"]), type="municipality"),
    )


def _tei_passage(make: Any, passage: ReadPassage, names: Sequence[Mapping[str, Any]]) -> Any:
    carried = " ".join(f"#{_xml_id(theme['theme'])}" for theme in passage.themes if theme["tagged"])
    named = {i: name for name in names for i in range(name["start"], name["end"])}
    sentences = (make.s(*_tei_words(make, passage, tokens, named)) for tokens in passage.sentences)
    return make.p(*sentences, {_ID: f"p{passage.id}"} | ({"ana": carried} if carried else {}))


def _tei_words(
    make: Any, passage: ReadPassage, tokens: Sequence[dict[str, Any]], named: Mapping[int, Mapping[str, Any]]
) -> Iterator[Any]:
    """Yield the words of a sentence, those of a named entity within one element."""
    for name, run in groupby(tokens, lambda token: named.get(token["i"])):
        words = [_tei_token(make, passage, token) for token in run]
        yield from words if name is None else [_tei_name(make, name, words)]


def _tei_name(make: Any, name: Mapping[str, Any], words: Sequence[Any]) -> Any:
    tag = _NAMED.get(name["label"], "name")
    attributes = {"type": name["label"].lower()} if tag == "name" and name["label"] else {}
    if name["link_id"]:
        attributes["key"] = f"{name['link_kind']}:{name['link_id']}"
    return make(tag, *words, attributes)


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
