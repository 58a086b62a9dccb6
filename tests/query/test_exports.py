import csv
import json
from pathlib import Path

import pytest
import trafilatura
from lxml import etree

from klumme.cli.main import run
from klumme.errors import QueryError, UsageError
from klumme.query.articles import ReadArticle, ReadPassage
from klumme.query.corpora import write_conllu
from klumme.query.corpus import Corpus
from klumme.query.index import run as index
from klumme.records import Entity
from klumme.tables import Tables

TEI = {"t": "http://www.tei-c.org/ns/1.0"}
XML_ID = "{http://www.w3.org/XML/1998/namespace}id"


def _lines(path):
    return path.read_text(encoding="utf-8").splitlines()


def test_conllu_holds_each_article_passage_and_sentence_once(corpus, tmp_path):
    assert corpus.export("ansvar", tmp_path / "x.conllu") == 2
    lines = _lines(tmp_path / "x.conllu")
    assert [line for line in lines if line.startswith("# newdoc")] == ["# newdoc id = a1", "# newdoc id = a3"]
    assert sum(line.startswith("# newpar") for line in lines) == 4
    assert "# text = Byrådet har et stort ansvar for skolen." in lines


def test_conllu_has_ten_columns_counted_from_one_and_one_root(corpus, tmp_path):
    corpus.export("stort", tmp_path / "x.conllu")
    sentence = (tmp_path / "x.conllu").read_text(encoding="utf-8").split("\n\n")[1].splitlines()
    rows = [line.split("\t") for line in sentence if not line.startswith("#")]
    assert [row[0] for row in rows] == [str(n) for n in range(1, 7)]
    assert {len(row) for row in rows} == {10}
    assert rows[0][:4] == ["1", "Samarbejdet", "samarbejde", "NOUN"]
    assert rows[0][5:8] == ["Definite=Def", "0", "root"]
    assert rows[1][6] == "1"
    assert rows[2][9] == "Entity=LOC"
    assert rows[4][9] == "SpaceAfter=No"


def test_conllu_keeps_the_parts_of_compounds(corpus, tmp_path):
    corpus.export("samarbejdspartner", tmp_path / "x.conllu")
    assert any(line.endswith("Parts=samarbejde+partner") for line in _lines(tmp_path / "x.conllu"))


def test_conllu_names_title_author_and_address_of_articles_and_the_themes_of_passages(corpus, tmp_path):
    corpus.export("kommune:Aarhus fra:2021-09", tmp_path / "x.conllu")
    lines = _lines(tmp_path / "x.conllu")
    assert lines[:6] == [
        "# newdoc id = a3",
        "# title = Skolens ansvar",
        "# author = Bo Lind",
        "# source = https://avis.example/a3",
        "# newpar id = a3-0",
        "# themes = ansvarsfordeling",
    ]
    assert "# themes = ansvarsfordeling politisk-ejerskab" in lines


def test_a_line_feed_in_a_title_breaks_no_comment(workspace, build, piece, tmp_path):
    build(workspace, [piece("a1", ["Et ansvar."], title="To\n\nlinjer")])
    with Corpus(workspace.root) as corpus:
        corpus.export("ansvar", tmp_path / "x.conllu")
    assert _lines(tmp_path / "x.conllu")[1] == "# title = To linjer"


def _trees(tmp_path, heads, deps):
    """Write one sentence with these heads, counted from 0, and return its columns HEAD, DEPREL and MISC."""
    tokens = tuple(
        {
            "i": i,
            "sentence": 0,
            "start": 2 * i,
            "form": "x",
            "lemma": "x",
            "pos": "X",
            "morph": "",
            "ent": "",
            "parts": [],
        }
        | {"head": head, "dep": dep}
        for i, (head, dep) in enumerate(zip(heads, deps, strict=True))
    )
    passage = ReadPassage("p", "x " * len(tokens), (tokens,), ())
    write_conllu([ReadArticle({"id": "a", "title": "", "author": "", "url": "u"}, (passage,))], tmp_path / "x.conllu")
    rows = [line.split("\t") for line in _lines(tmp_path / "x.conllu") if line[:1].isdigit()]
    return [(row[6], row[7], row[9]) for row in rows]


@pytest.mark.parametrize(
    ("heads", "deps", "expected"),
    [
        (
            [1, 1, 1],
            ["nsubj", "ROOT", "obj"],
            [("2", "nsubj", "_"), ("0", "root", "_"), ("2", "obj", "_")],
        ),
        (  # the root was white space at the end, and the tables name the word before it
            [2, 0, 1],
            ["nsubj", "acl:relcl", "obl"],
            [("0", "root", "Mended=Yes"), ("1", "acl:relcl", "_"), ("2", "obl", "_")],
        ),
        (  # a word that hung from white space names itself
            [0, 0, 2],
            ["ROOT", "obj", "advmod"],
            [("0", "root", "_"), ("1", "obj", "_"), ("1", "advmod", "Mended=Yes")],
        ),
        (  # or nothing, where the white space came first
            [-1, 1, 1],
            ["advmod", "ROOT", "obj"],
            [("2", "advmod", "Mended=Yes"), ("0", "root", "_"), ("2", "obj", "_")],
        ),
        (  # two roots
            [0, 1],
            ["ROOT", "ROOT"],
            [("0", "root", "_"), ("1", "dep", "Mended=Yes")],
        ),
        ([0, 0], ["", ""], [("_", "_", "_"), ("_", "_", "_")]),
    ],
    ids=["a tree", "a ring", "a word on its own", "a head that is not there", "two roots", "no parser"],
)
def test_each_sentence_is_one_tree_whatever_white_space_was_dropped(tmp_path, heads, deps, expected):
    assert _trees(tmp_path, heads, deps) == expected


def test_tei_holds_words_themes_and_origin(corpus, tmp_path):
    assert corpus.export("stort", tmp_path / "x.xml") == 1
    root = etree.parse(tmp_path / "x.xml").getroot()
    assert root.xpath("string(t:TEI//t:titleStmt/t:title)", namespaces=TEI) == "Hvem har ansvaret?"
    assert root.xpath("//t:p/@ana", namespaces=TEI) == ["#ansvarsfordeling #politisk-ejerskab"]
    assert root.xpath("//t:w[@lemma='skole']/text()", namespaces=TEI) == ["skolen"]
    assert root.xpath("//t:w[.='skolen']/@join", namespaces=TEI) == ["right"]
    assert root.xpath("string(//t:note[@type='page-sha256'])", namespaces=TEI) == "f" * 64


def test_the_themes_that_tei_points_to_stand_in_its_header_with_their_labels(corpus, tmp_path):
    corpus.export("ansvar", tmp_path / "x.xml")
    root = etree.parse(tmp_path / "x.xml").getroot()
    pointers = {pointer for ana in root.xpath("//t:p/@ana", namespaces=TEI) for pointer in ana.split()}
    assert pointers == {"#ansvarsfordeling", "#politisk-ejerskab"}
    categories = {f"#{found.get(XML_ID)}": found for found in root.xpath("t:teiHeader//t:category", namespaces=TEI)}
    assert pointers <= categories.keys()
    label = "string(t:catDesc[@xml:lang='da']/t:term)"
    assert categories["#politisk-ejerskab"].xpath(label, namespaces=TEI) == "Politisk ejerskab"


def test_a_theme_that_the_codebook_does_not_have_is_pointed_to_as_well(workspace, build, piece, tmp_path):
    build(workspace, [piece("a1", ["Et ansvar."], [{"2030 mål": 0.9}])])
    with Corpus(workspace.root) as corpus:
        corpus.export("ansvar", tmp_path / "x.xml")
    root = etree.parse(tmp_path / "x.xml").getroot()
    assert root.xpath("//t:p/@ana", namespaces=TEI) == ["#_2030_mål"]
    assert root.xpath("string(//t:category[@xml:id='_2030_mål']/@n)", namespaces=TEI) == "2030 mål"


def test_tei_follows_its_rules_as_far_as_the_dtd_of_trafilatura_has_them(corpus, tmp_path):
    """That DTD leaves out the module for linguistic analysis: <s>, <w>, <pc> and @ana are taken away first."""
    corpus.export("ansvar", tmp_path / "x.xml")
    tree = etree.parse(tmp_path / "x.xml")
    for passage in tree.getroot().iterfind(".//t:p[@ana]", TEI):
        del passage.attrib["ana"]
    etree.strip_tags(tree, *(f"{{{TEI['t']}}}{tag}" for tag in ("s", "w", "pc")))
    dtd = etree.DTD(Path(trafilatura.__file__).parent / "data" / "tei_corpus.dtd")
    assert dtd.validate(tree), dtd.error_log


def test_tei_names_entities_and_keeps_neighbours_apart(workspace, write, piece, tmp_path):
    write(workspace, [piece("a1", ["Ida Holm og Køge Aarhus har ansvar."])])
    named = [(0, 2, "PER", "", ""), (3, 4, "LOC", "kommune", "259"), (4, 5, "LOC", "", ""), (6, 7, "MISC", "", "")]
    rows = [Entity("a1-0", start, end, "", label, kind, link) for start, end, label, kind, link in named]
    Tables(workspace).append({"entities": rows, "annotations": []}, "da-1")
    index(workspace)
    with Corpus(workspace.root) as corpus:
        corpus.export("ansvar", tmp_path / "x.xml")
    root = etree.parse(tmp_path / "x.xml").getroot()
    assert root.xpath("//t:persName/t:w/text()", namespaces=TEI) == ["Ida", "Holm"]
    assert [place.xpath("string()") for place in root.xpath("//t:placeName", namespaces=TEI)] == ["Køge", "Aarhus"]
    assert root.xpath("//t:placeName/@key", namespaces=TEI) == ["kommune:259"]
    assert root.xpath("//t:name/@type", namespaces=TEI) == ["misc"]


def test_tei_escapes_what_is_markup_and_drops_what_xml_cannot_hold(workspace, build, piece, tmp_path):
    build(workspace, [piece("a1", ["Et <b>ansvar</b> & mere."], title="A & B \x08<i>")])
    with Corpus(workspace.root) as corpus:
        corpus.export("ansvar", tmp_path / "x.xml")
    root = etree.parse(tmp_path / "x.xml").getroot()
    assert root.xpath("string(t:TEI//t:title)", namespaces=TEI) == "A & B <i>"


def test_bibtex_escapes_tex_and_names_the_day(workspace, build, piece, tmp_path):
    build(workspace, [piece("a1", ["Et ansvar."], title="50 % & {mere}")])
    with Corpus(workspace.root) as corpus:
        corpus.export("ansvar", tmp_path / "x.bib")
    text = (tmp_path / "x.bib").read_text(encoding="utf-8")
    assert text.startswith("@article{klumme-a1,\n  author = {Ida Holm},\n")
    assert r"title = {{50 \% \& \{mere\}}}" in text
    assert "date = {2020-05-01}" in text


def test_csl_json_parts_the_name_and_the_date(corpus, tmp_path):
    corpus.export("forfatter:Lind", tmp_path / "x.json")
    items = json.loads((tmp_path / "x.json").read_text(encoding="utf-8"))
    assert [item["id"] for item in items] == ["klumme-a2", "klumme-a3"]
    assert items[0]["author"] == [{"family": "Lind", "given": "Bo"}]
    assert items[0]["issued"] == {"date-parts": [[2021, 3, 4]]}


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_a_stand_off_export_holds_no_text(corpus, tmp_path, form):
    corpus.export("ansvar", tmp_path / f"x.{form}", text=False)
    text = (tmp_path / f"x.{form}").read_text(encoding="utf-8")
    assert "Byrådet" not in text
    assert "Skolens ansvar" not in text
    assert "https://avis.example/a3" in text
    assert "16-24" in text


@pytest.mark.parametrize("form", ["conllu", "tei"])
def test_a_form_that_holds_the_text_cannot_go_without_it(corpus, tmp_path, form):
    with pytest.raises(UsageError, match="Without text go: csv, tsv, jsonl, parquet, xlsx, bibtex, csl"):
        corpus.export("ansvar", tmp_path / "x", form, text=False)
    assert list(tmp_path.iterdir()) == []


def test_references_go_without_text_as_they_never_hold_any(corpus, tmp_path):
    assert corpus.export("ansvar", tmp_path / "x.bib", text=False) == 2
    assert "Byrådet" not in (tmp_path / "x.bib").read_text(encoding="utf-8")


@pytest.mark.parametrize("form", ["csv", "tei"])
def test_a_pattern_is_not_exported_and_the_way_to_its_lines_is_named(corpus, tmp_path, form):
    with pytest.raises(QueryError, match="klumme kwic PATTERN"):
        corpus.export('[lemma="ansvar"]', tmp_path / "x", form)
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def klumme(shared, capsys):
    """Run one command on the shared corpus and return its exit code and what it said where."""

    def call(*arguments):
        code = run(["--root", str(shared.root), *arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


def test_export_says_which_words_the_corpus_does_not_have(klumme, tmp_path):
    code, out, err = klumme("export", "samarbjede", "--to", str(tmp_path / "x.csv"))
    assert (code, out) == (0, f"0 written to {tmp_path / 'x.csv'}\n")
    assert "Note: The corpus has no word 'samarbjede'. Did you mean 'samarbejde'?" in err


def test_a_query_for_programs_notes_unknown_words_beside_its_rows(klumme):
    code, out, err = klumme("query", "samarbjede", "--format", "json")
    assert (code, json.loads(out)) == (0, [])
    assert "Did you mean 'samarbejde'?" in err


def test_export_takes_a_query_that_begins_with_a_minus(klumme, tmp_path):
    code, _, err = klumme("export", "-skole tema:ansvarsfordeling", "--to", str(tmp_path / "x.csv"))
    assert code == 0, err
    rows = csv.DictReader(_lines(tmp_path / "x.csv"))
    assert [row["passage_id"] for row in rows] == ["a3-0"]


def test_counts_are_as_many_as_asked_for_and_all_without_that(klumme):
    _, out, _ = klumme("count", "ansvar", "--by", "parti", "--format", "jsonl")
    assert len(out.splitlines()) == 2
    _, out, _ = klumme("count", "ansvar", "--by", "parti", "--limit", "1", "--format", "jsonl")
    assert len(out.splitlines()) == 1
