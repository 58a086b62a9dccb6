import json

import pytest
from lxml import etree

from klumme.query.corpus import Corpus

TEI = {"t": "http://www.tei-c.org/ns/1.0"}


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


def test_tei_holds_words_themes_and_origin(corpus, tmp_path):
    assert corpus.export("stort", tmp_path / "x.xml") == 1
    root = etree.parse(tmp_path / "x.xml").getroot()
    assert root.xpath("string(//t:titleStmt/t:title)", namespaces=TEI) == "Hvem har ansvaret?"
    assert root.xpath("//t:p/@ana", namespaces=TEI) == ["#ansvarsfordeling #politisk-ejerskab"]
    assert root.xpath("//t:w[@lemma='skole']/text()", namespaces=TEI) == ["skolen"]
    assert root.xpath("//t:w[.='skolen']/@join", namespaces=TEI) == ["right"]
    assert root.xpath("string(//t:note[@type='page-sha256'])", namespaces=TEI) == "f" * 64


def test_tei_escapes_what_is_markup_and_drops_what_xml_cannot_hold(workspace, build, piece, tmp_path):
    build(workspace, [piece("a1", ["Et <b>ansvar</b> & mere."], title="A & B \x08<i>")])
    with Corpus(workspace.root) as corpus:
        corpus.export("ansvar", tmp_path / "x.xml")
    root = etree.parse(tmp_path / "x.xml").getroot()
    assert root.xpath("string(//t:title)", namespaces=TEI) == "A & B <i>"


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
