# ruff: noqa: E501 -- texts and markup are read more easily on one line
import json
from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from klumme.cli.main import run
from klumme.collect.sources import Selectors
from klumme.extract.article import ExtractedArticle, Skip, passages_of, stored
from klumme.extract.page import extract_article, read_page
from klumme.records import Block

LINE = "Vi har talt om den bro i byrådet siden jeg var ny, og nogen har endnu ikke svaret på, hvad den skal bære. "
MORE = "Der kom mange til mødet, og de fleste gik igen uden at have fået noget at vide om prisen på den nye vej. "
HEAD = '<meta property="og:type" content="article"><meta property="article:published_time" content="2021-03-04T06:15:00+01:00">'


def _html(body, head=HEAD, attributes='lang="da"'):
    return f"<html {attributes}><head><title>Broen | Avisen</title>{head}</head><body>{body}</body></html>"


def _piece(inner="", after=""):
    return f'<article><h1>Broen</h1><div class="body"><p>{LINE * 2}</p>{inner}<p>{MORE * 2}</p></div>{after}</article>'


def _read(html, **options) -> ExtractedArticle:
    found = extract_article(html, "https://avis.example/broen", **options)
    assert isinstance(found, ExtractedArticle), found
    return found


def _kinds(article):
    return [block.kind for block in article.blocks]


SELECTORS = (Selectors(article="article", title="h1", body=".body"),)
BOTH = pytest.mark.parametrize("selectors", [(), SELECTORS], ids=["generic", "selectors"])


@BOTH
@pytest.mark.parametrize(
    ("kind", "markup"),
    [
        ("advert", '<div class="annonce"><span>Annonce</span></div>'),
        ("advert", "<p>ANNONCE</p>"),
        ("placeholder", "<p>placeholder</p>"),
        ("share", '<div class="share-bar"><a href="#">Del på Facebook</a></div>'),
        ("related", "<p>Læs også: Vejen blev dyr</p>"),
        ("newsletter", '<div id="nyhedsbrev"><p>Få vores nyhedsbrev</p></div>'),
        ("comment", '<div class="comments"><p>Enig.</p></div>'),
        ("caption", "<figure><img><figcaption>Foto: Arkiv</figcaption></figure>"),
        ("cookie", '<div class="cookie-bar"><p>Vi bruger cookies for at huske dig.</p></div>'),
    ],
)
def test_page_furniture_is_gone_and_counted(selectors, kind, markup):
    found = _read(_html(_piece(markup)), selectors=selectors)
    assert _kinds(found) == ["paragraph", "paragraph"]
    assert selectors == () or found.dropped.get(kind) == 1


@BOTH
def test_blocks_get_their_types(selectors):
    inner = (
        "<h3>Broen bærer</h3><blockquote>nogen har endnu ikke svaret på, hvad den skal bære</blockquote>"
        "<ul><li>et</li><li>to <b>tre</b></li></ul><p><strong>Hvad koster den så</strong></p>"
    )
    assert _read(_html(_piece(inner)), selectors=selectors).blocks[1:5] == (
        Block("subheading", "Broen bærer"),
        Block("pull_quote", "nogen har endnu ikke svaret på, hvad den skal bære"),
        Block("list", "et\nto tre"),
        Block("subheading", "Hvad koster den så"),
    )


def test_a_quotation_that_repeats_nothing_is_text():
    quotation = f"<blockquote><p>{'Hun skrev i sit brev, at hun aldrig kom tilbage til øen. ' * 2}</p></blockquote>"
    assert _kinds(_read(_html(_piece(quotation)), selectors=SELECTORS)) == ["paragraph"] * 3


def test_two_line_breaks_part_paragraphs_and_one_does_not():
    found = _read(_html(_piece("<p>Et afsnit<br>på to linjer.<br><br>Det næste afsnit.</p>")), selectors=SELECTORS)
    assert [block.text for block in found.blocks[1:3]] == ["Et afsnit på to linjer.", "Det næste afsnit."]


def test_text_that_stands_in_no_paragraph_is_kept():
    found = _read(_html(_piece("løs tekst <div>i en kasse</div> og efter den")), selectors=SELECTORS)
    assert [block.text for block in found.blocks[1:4]] == ["løs tekst", "i en kasse", "og efter den"]


def test_the_selectors_of_the_day_of_publication_are_used():
    old = Selectors(valid_until=date(2020, 12, 31), article="article", title=".old", body=".body")
    new = Selectors(valid_from=date(2021, 1, 1), article="article", title="h1", body=".body")
    assert _read(_html(_piece('<i class="old">Forkert</i>')), selectors=(old, new)).title == "Broen"


def test_selectors_of_another_time_are_used_where_only_they_find_the_article():
    old = Selectors(valid_until=date(2020, 12, 31), article="article", title="h1", body=".body")
    new = Selectors(valid_from=date(2021, 1, 1), article="article", title="h1", body=".new-body")
    assert _read(_html(_piece("<h3>Mellem</h3>")), selectors=(new, old)).title == "Broen"


def test_a_page_that_says_it_is_an_article_is_read_after_a_redesign():
    assert _read(_html(_piece()), selectors=(Selectors(article=".gone", body=".gone"),)).title == "Broen"


def test_a_page_that_does_not_say_so_is_left_out_where_the_source_has_selectors():
    found = extract_article(_html(_piece(), head=""), selectors=(Selectors(article=".gone", body=".gone"),))
    assert found == Skip("no article", "the page does not say that it is one")


@pytest.mark.parametrize(
    ("reason", "html"),
    [
        ("too short", _html("<article><h1>Kort</h1><p>Kun en linje.</p></article>")),
        ("paywall", _html(_piece(), HEAD + '<script type="application/ld+json">{"@type":"NewsArticle","isAccessibleForFree":"False"}</script>')),
        ("language", _html("<article><h1>Bron</h1><p>" + "Jag vet inte vad som hände och det är också allt, när något är slut. " * 9 + "</p></article>")),
    ],
)  # fmt: skip
def test_what_is_not_kept_has_its_reason(reason, html):
    assert extract_article(html).reason == reason


def test_json_ld_is_believed_before_meta_tags_and_text():
    data = (
        '{"@graph": [{"@type": ["OpinionNewsArticle"], "headline": "Den rigtige titel", "author": [{"name": "Nis Ravn"}, '
        '{"name": "Ea Lund"}], "datePublished": "2020-01-02T03:04:00Z", "keywords": "bro, vej", "articleSection": "Debat"}]}'
    )
    found = _read(_html(_piece(), HEAD + f'<script type="application/ld+json">{data}</script>'))
    assert (found.title, found.author, found.tags, found.section) == (
        "Den rigtige titel",
        "Nis Ravn, Ea Lund",
        ("bro", "vej"),
        "Debat",
    )
    assert (found.published, found.genre) == (datetime(2020, 1, 2, 4, 4), "opinion")


@pytest.mark.parametrize(
    ("link", "address"),
    [
        ("https://avis.example/rigtig", "https://avis.example/rigtig"),
        ("/rigtig", "https://avis.example/rigtig"),
        ("https://fremmed.example/x", "https://avis.example/broen"),
        ("https://avis.example/", "https://avis.example/broen"),
        ("javascript:alert(1)", "https://avis.example/broen"),
        ("https://[", "https://avis.example/broen"),
    ],
)
def test_the_canonical_address_is_believed_on_the_hosts_of_the_source_only(link, address):
    html = _html(_piece(), HEAD + f'<link rel="canonical" href="{link}">')
    assert _read(html, hosts=frozenset({"avis.example"})).url == address


def test_the_note_fills_in_what_the_page_does_not_say_of_its_author():
    note = "<p><em>Ea Lund (f. 1980) er smed og har siddet i byrådet i Køge for SF siden 2014.</em></p>"
    found = _read(_html(_piece(after=note)))
    assert (found.author, found.party, found.municipality) == ("Ea Lund", "F", "Køge")
    assert found.blocks[-1].kind == "author_note"
    assert found.politician.born == 1980


def test_an_article_without_any_block_type_of_its_own_keeps_its_words_in_a_table():
    table = "<table><tr><th>År</th><td>2020</td></tr><tr><th>Pris</th><td>9 mio.</td></tr></table>"
    assert Block("list", "År | 2020\nPris | 9 mio.") in _read(_html(_piece(table)), selectors=SELECTORS).blocks


def test_an_unchanged_passage_of_a_revised_article_keeps_its_id():
    first, second = (
        stored(_read(_html(_piece(inner)), selectors=SELECTORS), "x") for inner in ("", "<p>Nyt afsnit.</p>")
    )
    assert first.id != second.id
    ids = [[passage.id for passage in passages_of(article)] for article in (first, second)]
    assert set(ids[0]) < set(ids[1])


def test_a_paragraph_that_stands_twice_is_two_passages():
    article = stored(
        _read(_html(_piece("<p>Sådan er det.</p><p>Mellem dem.</p><p>Sådan er det.</p>")), selectors=SELECTORS), "x"
    )
    passages = passages_of(article)
    assert len({passage.id for passage in passages}) == len(passages) == 5
    assert [passage.ordinal for passage in passages] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("tag", ["div", "b", "blockquote", "ul><li", "table><tr><td", "span"])
def test_markup_of_any_depth_is_read_without_its_nesting(tag):
    article, _ = read_page(_html(_piece() + f"<{tag}>" * 20_000 + "bunden"))
    assert article.blocks[0].text == (LINE * 2).strip()


def test_entities_of_a_document_type_are_not_expanded():
    html = '<!DOCTYPE x [<!ENTITY a "bombe"><!ENTITY b "&a;&a;&a;">]>' + _html(_piece("<p>&b;</p>"))
    assert "bombebombe" not in _read(html).text


FRAGMENTS = st.sampled_from(
    ["<p>", "</p>", "<div class='annonce'>", "</div>", "<ul>", "<li>", "<h1>T</h1>", "<br>", "<em>", "</em>", "tekst ", LINE,
     "<script>", "<!--", "-->", "<article>", "<blockquote>", "&nbsp;", "<table><tr>", "\x00", '<script type="application/ld+json">[{',
     "<time datetime='x'>", "</article>", "<link rel=canonical href='http://['>"]
)  # fmt: skip


@settings(derandomize=True, deadline=None, max_examples=200)
@given(st.lists(FRAGMENTS, max_size=25), st.sampled_from([(), SELECTORS]))
def test_no_markup_makes_the_reader_crash(parts, selectors):
    article, _ = read_page("".join(parts), "https://avis.example/x", selectors)
    assert all(block.text == block.text.strip() for block in article.blocks)


def test_what_the_source_says_to_drop_is_gone_though_its_name_tells_nothing():
    drop = (Selectors(article="article", title="h1", body=".body", drop=".x9"),)
    found = _read(_html(_piece('<div class="x9"><p>Vind en cykel.</p></div>')), selectors=drop)
    assert (_kinds(found), found.dropped) == (["paragraph", "paragraph"], {"by selector": 1})


def test_kickers_above_the_title_and_comments_below_the_notes_are_no_text():
    note = "<p><i>Ea Lund (f. 1980) er smed og har siddet i byrådet i Køge for SF siden 2014.</i></p>"
    talk = "<div><p>Jeg er helt enig med dig, Ea, og det er hele vores gade også blevet efter det møde.</p></div>"
    found = _read(_html(f"<div><p>Debat</p>{_piece(after=note + talk)}</div>"))
    assert _kinds(found) == ["paragraph", "paragraph", "author_note"]


def test_a_first_paragraph_that_is_also_the_description_stays_running_text():
    head = HEAD + f'<meta name="description" content="{LINE * 2}">'
    found = _read(_html(_piece(), head))
    assert (found.standfirst, _kinds(found)) == ("", ["paragraph", "paragraph"])


@pytest.mark.parametrize(
    ("genre", "head", "text"),
    [
        ("opinion", '<meta property="article:section" content="Debat">', LINE),
        ("opinion", "", "Jeg mener, at min kommune har sovet, og det har jeg sagt til mig selv i årevis nu. "),
        ("news", '<meta name="author" content="Ritzau">', MORE),
        ("news", "", "Broen bliver dyrere, oplyser kommunen. »Jeg er ked af det,« siger borgmesteren til avisen. "),
        ("", "", MORE),
    ],
)
def test_opinion_is_told_from_news(genre, head, text):
    assert (
        _read(_html(f"<article><h1>Broen</h1><p>{text * 3}</p><p>{MORE * 3}</p></article>", HEAD + head)).genre == genre
    )


def test_the_command_shows_what_a_page_gives_and_stores_nothing(tmp_path, capsys):
    page = tmp_path / "side.html"
    page.write_text(_html(_piece("<blockquote>nogen har endnu ikke svaret på, hvad den skal bære</blockquote>")))
    assert run(["--root", str(tmp_path / "root"), "extract", "--in", str(page), "--url", "https://a.example/1"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert (shown["url"], shown["title"], shown["published"]) == ("https://a.example/1", "Broen", "2021-03-04T06:15:00")
    assert shown["text"] == f"{LINE * 2}".strip() + "\n" + f"{MORE * 2}".strip()
    assert (shown["language"], shown["reasons"]) == ("da", [])
    assert not (tmp_path / "root").exists()


def test_the_command_says_why_a_page_would_be_left_out(tmp_path, capsys):
    page = tmp_path / "side.html"
    page.write_text("<p>Kort.</p>")
    assert run(["extract", "--in", str(page)]) == 0
    assert [reason.split(":")[0] for reason in json.loads(capsys.readouterr().out)["reasons"]] == [
        "no article",
        "too short",
    ]


def test_a_page_that_is_not_there_is_one_clear_line(tmp_path, capsys):
    assert run(["extract", "--in", str(tmp_path / "x.html")]) == 1
    assert capsys.readouterr().err.startswith("klumme: There is no file")


@pytest.mark.parametrize(
    "wall",
    [
        '<div class="paywall"><p>Prøv en måned for 1 krone.</p></div>',
        "<div><p>Artiklen er kun for abonnenter.</p></div>",
        "<div><p>Læs resten, når du er logget ind som abonnent</p><p>Log ind for at læse</p></div>",
    ],
)
def test_the_stub_before_a_paywall_is_known_without_selectors(wall):
    assert extract_article(_html(_piece(after=wall))).reason == "paywall"


def test_a_whole_article_whose_page_could_show_a_paywall_is_kept():
    text = "".join(f"<p>{LINE}{MORE}{i}</p>" for i in range(6))
    assert _kinds(_read(_html(f'{_piece(text)}<div class="paywall"></div>')))[:1] == ["paragraph"]
    assert _kinds(_read(_html(f'{_piece(text)}<div class="paywall"><p>Bliv medlem</p></div>')))[:1] == ["paragraph"]


def test_the_byline_above_a_text_is_no_paragraph():
    found = _read(
        _html(
            f"<article><h1>Broen</h1><p>Af Ea Lund, byrådsmedlem (F)</p><p>{LINE * 3}</p><p>{MORE * 3}</p></article>",
            HEAD + '<meta name="author" content="Ea Lund">',
        )
    )
    assert (found.author, _kinds(found)) == ("Ea Lund", ["paragraph", "paragraph"])
