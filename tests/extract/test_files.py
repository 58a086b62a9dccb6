# ruff: noqa: E501 -- texts and markup are read more easily on one line
"""What users have: plain text, HTML, Word, tables of texts."""

import json
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from klumme.errors import InputError
from klumme.extract.article import ExtractedArticle
from klumme.extract.files.plain import read_plain
from klumme.extract.files.read import read_file
from klumme.extract.metadata import Metadata

# An invented piece in the shape of what a reader copies from a newspaper's page.
TITLE = "Havnen skal have en herre"
STANDFIRST = "Når tre kontorer deler en havn, er der ingen, som retter på fenderne. Det kan et byråd lave om på."
BODY = [
    "Udover at sidde i byrådet i Nyborg er jeg bestyrelsesmedlem i sejlklubben, og derfra kan jeg se, hvor skoen trykker hver eneste morgen året rundt.",
    "Fenderne på den gamle kaj har hængt i laser siden forrige vinter, og alle ved det. Teknik siger, at det er drift. Drift siger, at det er anlæg.",
    "Vi har brug for én, der kan bestemme, og én, der skal svare for det bagefter, når det går galt. Det kan kun komme fra politikerne selv.",
    "Jeg har spurgt i udvalget tre gange, og hver gang er svaret, at sagen er hos de andre. Derfor skriver jeg nu til dem alle sammen på en gang.",
    "I Kerteminde har de en havnemester, som både må bestille og betale, og der går der en uge, fra et reb knækker, til der hænger et nyt.",
]
QUOTES = [
    "Teknik siger, at det er drift. Drift siger, at det er anlæg",
    "Vi har brug for én, der kan bestemme, når det går galt",
]
NOTE = (
    "Sif Holmegaard (f. 1979) er uddannet cand.scient. og har siddet i Byrådet i Nyborg siden 2001. I perioden fra "
    "2007-2013 var hun borgmester. Nu er hun viceborgmester og gruppeformand for Socialdemokraterne i Nyborg."
)
COLUMN = "‘Kajkanten’ er en fast klumme på avisen Bæltet, der to gange om ugen bringer indlæg fra byrådsmedlemmer."
PASTED = f"""{TITLE}

{STANDFIRST}
{BODY[0]}

{BODY[1]}

{QUOTES[0]}

{BODY[2]}

Fenderne i laser
{BODY[3]}

{QUOTES[1]}

{BODY[4]}

\u00a0

{NOTE}

{COLUMN}


placeholder

Annonce"""
SEED = Path(__file__).resolve().parents[3] / "shared" / "seed"


def _read(path) -> ExtractedArticle:
    (piece,) = read_file(path)
    assert isinstance(piece.found, ExtractedArticle), piece.found
    return piece.found


def _file(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def _texts(article, kind):
    return [block.text for block in article.blocks if block.kind == kind]


def test_a_text_pasted_from_a_page_comes_apart_as_the_page_had_it(tmp_path):
    found = _read(_file(tmp_path, "havnen.txt", PASTED))
    assert (found.title, found.standfirst) == (TITLE, STANDFIRST)
    assert _texts(found, "paragraph") == BODY
    assert _texts(found, "subheading") == ["Fenderne i laser"]
    assert _texts(found, "pull_quote") == QUOTES
    assert (found.note("author_note"), found.note("column_note")) == (NOTE, COLUMN)
    assert found.dropped == {"placeholder": 1, "advert": 1}
    assert "\u00a0" not in repr(found)
    assert (found.author, found.party, found.municipality) == ("Sif Holmegaard", "A", "Nyborg")


@pytest.mark.skipif(not SEED.is_dir(), reason="../shared/seed is not there: the real text of issue 2 cannot be read")
def test_the_real_text_gives_exactly_what_a_reader_sees_in_it():
    (path,) = SEED.glob("*.txt")
    found = _read(path)
    counts = {kind: len(_texts(found, kind)) for kind in ("paragraph", "subheading", "pull_quote")}
    assert counts == {"paragraph": 13, "subheading": 2, "pull_quote": 3}
    assert found.title
    assert found.standfirst
    assert found.note("column_note").startswith("‘Kommunale rødder’")
    running = " ".join(_texts(found, "paragraph"))
    assert not any(quote in _texts(found, "paragraph") for quote in _texts(found, "pull_quote"))
    assert not any(word in repr(found.blocks) for word in ("placeholder", "Annonce", "\u00a0", "\\xa0"))
    assert running
    person = found.politician
    assert (person.born, person.education, person.party, person.municipality) == (1979, "stud.mag.", "A", "Køge")
    offices = [(o.title, o.body, o.place, o.start, o.end, o.current, o.party) for o in person.offices]
    assert offices == [
        ("medlem", "byrådet", "Køge", 2001, None, True, "A"),
        ("borgmester", "", "Køge", 2007, 2013, False, "A"),
        ("viceborgmester", "", "Køge", None, None, True, "A"),
        ("gruppeformand", "", "Køge", None, None, True, "A"),
    ]


def test_byline_and_date_below_the_title_are_read():
    found = read_plain(f"{TITLE}\nAf Nis Ravn, byrådsmedlem (V)\n4. marts 2021\n\n{BODY[0]}\n\n{BODY[1]}", Metadata())
    assert (found.author, found.role, found.party) == ("Nis Ravn", "byrådsmedlem", "V")
    assert found.published == datetime(2021, 3, 4)
    assert _texts(found, "paragraph") == BODY[:2]


def test_lines_that_a_program_broke_are_joined():
    wrapped = "\n".join(BODY[1][i : i + 60] for i in range(0, len(BODY[1]), 60))
    assert len(read_plain(f"{TITLE}\n\n{wrapped}\n\n{BODY[2]}", Metadata()).blocks) == 2


def test_points_are_one_list():
    found = read_plain(f"{TITLE}\n\n{BODY[0]}\n\n- et\n- to\n\n{BODY[1]}", Metadata())
    assert _texts(found, "list") == ["et\nto"]


def test_a_first_paragraph_that_says_i_is_no_standfirst():
    found = read_plain("\n\n".join([TITLE, *BODY]), Metadata())
    assert found.standfirst == ""
    assert _texts(found, "paragraph") == BODY


def test_a_text_without_title_has_the_name_of_its_file(tmp_path):
    assert _read(_file(tmp_path, "mit-brev.txt", BODY[0])).title == "mit brev"


def test_the_same_words_have_the_same_address_whatever_the_file_is_called(tmp_path):
    one, other = (_read(_file(tmp_path, name, PASTED)) for name in ("a.txt", "b.txt"))
    assert one.url == other.url


def test_a_saved_page_keeps_its_own_address_and_its_encoding(tmp_path):
    html = f'<html><head><link rel="canonical" href="https://a.example/x"></head><h1>{TITLE}</h1>'
    html += "".join(f"<p>{text}</p>" for text in BODY)
    found = _read(_file(tmp_path, "side.html", html.encode("latin-1")))
    assert (found.url, found.title, _texts(found, "paragraph")) == ("https://a.example/x", TITLE, BODY)


def test_a_word_file_is_read_by_its_styles(tmp_path):
    document = docx.Document()
    document.add_heading(TITLE, 0)
    document.add_paragraph(BODY[0])
    document.add_heading("Fenderne", 2)
    document.add_paragraph("et", style="List Bullet")
    document.add_paragraph("to", style="List Bullet")
    document.add_paragraph(BODY[1])
    document.save(tmp_path / "brev.docx")
    found = _read(tmp_path / "brev.docx")
    assert found.title == TITLE
    assert [block.kind for block in found.blocks] == ["paragraph", "subheading", "list", "paragraph"]


ROW = {"tekst": BODY[0] + "\n\n" + BODY[1], "titel": TITLE, "dato": "04.03.2021", "parti": "Venstre", "kommune": "Ålborg Kommune",
       "forfatter": "Nis Ravn", "kilde": "arkiv", "emner": "havn;drift"}  # fmt: skip


def _check_row(piece):
    found = piece.found
    assert (found.title, found.author, found.party, found.municipality) == (TITLE, "Nis Ravn", "V", "Aalborg")
    assert (found.published, found.tags, piece.source) == (datetime(2021, 3, 4), ("havn", "drift"), "arkiv")
    assert _texts(found, "paragraph") == BODY[:2]


def test_a_line_of_json_is_a_piece(tmp_path):
    (piece,) = read_file(_file(tmp_path, "a.jsonl", json.dumps(ROW)))
    _check_row(piece)
    assert piece.origin == "a.jsonl:1"


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_a_row_of_a_csv_is_a_piece(tmp_path, mark):
    cells = [f'"{value}"' for value in ROW.values()]
    (piece,) = read_file(_file(tmp_path, "a.csv", "\ufeff" + mark.join(ROW) + "\n" + mark.join(cells) + "\n"))
    _check_row(piece)


def test_a_line_that_is_no_json_is_named_and_the_others_are_read(tmp_path):
    pieces = list(read_file(_file(tmp_path, "a.jsonl", f'{json.dumps(ROW)}\n{{"tekst": \n\n[1]\n{json.dumps(ROW)}')))
    assert [type(piece.found) for piece in pieces] == [ExtractedArticle, InputError, InputError, ExtractedArticle]
    assert str(pieces[1].found).startswith("a.jsonl, line 2 is not valid JSON")
    assert str(pieces[2].found).startswith("a.jsonl, line 4 has no key 'text'")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("tom.txt", b"", "tom.txt is empty"),
        ("tom.txt", b" \n", "tom.txt is empty"),
        ("bin.txt", b"\x00\x01\x02", "bin.txt is binary"),
        ("latin.txt", "én linje\nrød".encode("latin-1"), r"latin.txt is not valid UTF-8 \(line 1\)"),
        ("a.csv", b"navn,alder\nx,2\n", "a.csv has no column 'text'; its columns are: navn, alder"),
        ("a.docx", b"no zip", "a.docx is no Word file"),
        ("a.pdf", b"%PDF", "a.pdf has an ending that is not known"),
    ],
)
def test_a_file_that_cannot_be_read_says_why_in_one_line(tmp_path, name, content, message):
    with pytest.raises(InputError, match=message) as caught:
        list(read_file(_file(tmp_path, name, content)))
    assert "\n" not in str(caught.value)


def test_a_directory_and_a_missing_file_say_so(tmp_path):
    with pytest.raises(InputError, match=r"is a directory. Name the files"):
        list(read_file(tmp_path))
    with pytest.raises(InputError, match="There is no file"):
        list(read_file(tmp_path / "x.txt"))


def test_a_csv_whose_quotes_break_off_is_named_with_its_line(tmp_path):
    pieces = list(read_file(_file(tmp_path, "a.csv", f'text\n{BODY[0].replace(",", "")}\n"broken')))
    assert isinstance(pieces[0].found, ExtractedArticle)
    assert "line" in str(pieces[1].found)


@settings(derandomize=True, deadline=None, max_examples=300)
@given(
    st.text(alphabet=st.characters(codec="utf-8"))
    | st.lists(st.sampled_from([*BODY, NOTE, "- et", "", "#", " ", "Af Nis Ravn"])).map("\n".join)
)
def test_no_text_makes_the_reader_crash_and_every_block_is_clean(text):
    for block in read_plain(text, Metadata(), "navn").blocks:
        assert block.text
        assert "\u00a0" not in block.text


@pytest.mark.parametrize("ending", [".txt", ".csv", ".jsonl", ".html", ".docx"])
@settings(derandomize=True, deadline=None, max_examples=40)
@given(
    content=st.binary(max_size=200)
    | st.sampled_from([b"text\n", b'text;x\n"', b'{"text": 1}', b'{"text": ["a"]}', b"PK\x03\x04"])
)
def test_any_bytes_give_pieces_or_an_input_error(tmp_path_factory, ending, content):
    path = tmp_path_factory.mktemp("any") / f"fil{ending}"
    path.write_bytes(content)
    with suppress(InputError):
        assert all(piece.origin for piece in read_file(path))
