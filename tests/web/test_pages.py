"""Each page through its main task, as HTML and as JSON."""

import csv
import io
import json
from itertools import pairwise

import pytest

from klumme.records import Label
from klumme.themes import registry
from klumme.themes.labels import ADJUDICATED, append_labels, make_label, now, text_hash
from klumme.themes.passages import known_passages
from klumme.themes.suspicious import Suspicion
from klumme.web.pages import model

PAGES = ["/soeg", "/temaer", "/temaer/ejerskab", "/ord", "/maerk", "/model", "/korpus"]


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_there_as_html_and_as_json(shared, path):
    page = shared.get(path)
    assert page.status_code == 200
    assert "<h1" in page.text
    assert shared.json(f"{path}.json")


def test_the_root_leads_to_the_search(shared):
    assert shared.get("/", follow_redirects=False).headers["location"] == "/soeg"


def test_a_search_marks_its_words(shared):
    hits = shared.json("/soeg.json?q=budgettet")["hits"]
    marked = {piece["text"] for hit in hits for piece in hit["pieces"] if piece["marked"]}
    assert hits
    assert marked == {"budgettet"}
    assert "<mark>budgettet</mark>" in shared.get("/soeg?q=budgettet").text


def test_every_count_leads_to_as_many_hits(shared):
    for facet in shared.json("/soeg.json?q=byrådet")["facets"]:
        for value in facet["values"]:
            path, _, query = value["address"].partition("?")
            found = shared.json(f"{path}.json?{query}")
            assert found["total"] == value["count"], (facet["name"], value)
            assert value["value"] in {v["value"] for f in found["facets"] for v in f["values"] if v["chosen"]}


def test_every_hit_and_every_passage_leads_to_more_like_it(shared):
    hit = shared.json("/soeg.json?q=budgettet")["hits"][0]
    assert hit["more_like_this"] == f"/soeg?som={hit['passage_id']}"
    assert f'href="{hit["more_like_this"]}">Flere som denne' in shared.get("/soeg?q=budgettet").text
    assert f'href="{hit["more_like_this"]}">Flere som denne' in shared.get(hit["address"]).text


def test_the_nearest_in_meaning_come_first_and_the_page_shows_how_near(shared):
    hit = shared.json("/soeg.json?q=budgettet -byrådet -udvalget -kroner")["hits"][0]
    found = shared.json(f"/soeg.json?som={hit['passage_id']}")
    assert found["hits"][0]["score"] == pytest.approx(1, abs=1e-3)
    assert hit["passage_id"] not in [one["passage_id"] for one in found["hits"]]
    words = ("kroner", "budgettet")
    assert all(any(word in one["text"] for word in words) for one in found["hits"][:5])
    page = shared.get(f"/soeg?som={hit['passage_id']}").text
    assert "de mest lignende først" in page
    assert "lighed 1,00" in page
    assert f'<input type="hidden" name="som" value="{hit["passage_id"]}">' in page


def test_a_sentence_can_be_compared_with_and_every_filter_and_page_keeps_it(shared, reader):
    found = shared.json("/soeg.json?lig=Her mangler kroner&q=parti:A")
    assert {hit["party"] for hit in found["hits"]} == {"A"}
    assert "kroner" in found["hits"][0]["text"] or "budgettet" in found["hits"][0]["text"]
    assert "lig=Her+mangler+kroner" in found["after"]
    places = next(facet for facet in found["facets"] if facet["name"] == "municipality")["values"]
    for value in places:
        path, _, query = value["address"].partition("?")
        narrowed = shared.json(f"{path}.json?{query}")
        assert (narrowed["lig"], narrowed["total"]) == ("Her mangler kroner", value["count"])
    assert 'value="Her mangler kroner"' in shared.get("/soeg?lig=Her mangler kroner").text


def test_what_cannot_be_compared_is_said_in_danish(shared):
    for path, status, said in (
        ("/soeg.json?som=fedcba9876543210", 404, "Der er intet afsnit »fedcba9876543210«."),
        ("/soeg.json?lig=Her mangler kroner", 404, "Programmet, der læser sætninger, er ikke installeret her."),
        ("/soeg.json?lig=?!", 422, "Der er ingen tekst at sammenligne med."),
    ):
        answer = shared.get(path)
        assert answer.status_code == status
        assert answer.json()["error"]["what"] == said
        assert not set(answer.json()["error"]["way_out"].split()) & {"the", "Give", "Copy", "or"}


def test_a_chosen_value_can_be_taken_back(shared):
    facets = shared.json("/soeg.json?q=byrådet parti:A")["facets"]
    chosen = [value for facet in facets for value in facet["values"] if value["chosen"]]
    assert [value["label"] for value in chosen] == ["Socialdemokratiet"]
    assert chosen[0]["address"] == "/soeg?q=byr%C3%A5det"


def test_pages_of_hits_do_not_overlap_and_miss_none(shared):
    seen = []
    for page in (1, 2, 3):
        seen += [hit["passage_id"] for hit in shared.json(f"/soeg.json?q=nummer&side={page}")["hits"]]
    assert len(seen) == len(set(seen)) == 60


def test_a_pattern_shows_lines_in_context(shared):
    found = shared.json('/soeg.json?q=[word="byrådet"] [word="sagen"]')
    assert found["view"] == "lines"
    assert {line["match"] for line in found["lines"]} == {"byrådet sagen"}
    assert 'class="kwic"' in shared.get("/soeg?q=byrådet&vis=kwic&sorter=right").text


def test_an_unknown_word_gets_its_nearest_in_danish(shared):
    assert shared.json("/soeg.json?q=solsårten")["notes"] == [
        "Korpusset har ikke ordet »solsårten«. Mente du »solsorten«?"
    ]


def test_an_export_holds_what_is_shown(shared):
    total = shared.json("/soeg.json?q=kroner")["total"]
    answer = shared.get("/soeg.csv?q=kroner")
    assert len(list(csv.DictReader(io.StringIO(answer.text)))) == total
    assert answer.headers["content-disposition"] == 'attachment; filename="klumme.csv"'
    assert shared.get("/soeg.xlsx?q=kroner").content[:2] == b"PK"
    assert len(shared.get("/soeg.jsonl?q=kroner&vis=kwic").text.splitlines()) >= total


def test_an_unknown_form_of_export_is_refused(shared):
    answer = shared.get("/soeg.exe?q=kroner", headers={"accept": "application/json"})
    assert answer.status_code == 422
    assert "csv" in answer.json()["error"]["way_out"]


def test_an_article_shows_its_passages_in_order_with_their_themes(shared):
    hit = shared.json("/soeg.json?q=budgettet tema:penge")["hits"][0]
    shown = shared.json(f"/laes/{hit['article_id']}.json")
    passages = [block for block in shown["blocks"] if "id" in block]
    assert [block["ordinal"] for block in passages] == sorted(block["ordinal"] for block in passages)
    assert "penge" in [theme["theme"] for block in passages for theme in block["tagged"]]
    page = shared.get(f"/laes/{hit['article_id']}").text
    assert f'id="{hit["passage_id"]}"' in page
    assert "Penge <b>" in page


def test_a_passage_leads_to_its_article(shared):
    hit = shared.json("/soeg.json?q=byrådet")["hits"][0]
    assert shared.json(f"/laes/{hit['passage_id']}.json")["article"]["id"] == hit["article_id"]


def test_the_words_that_carried_a_theme_are_marked_with_their_weight(shared):
    hit = shared.json("/soeg.json?q=budgettet tema:penge")["hits"][0]
    blocks = shared.json(f"/laes/{hit['article_id']}.json")["blocks"]
    notes = [piece["note"] for block in blocks for piece in block.get("pieces", ()) if piece["note"]]
    assert any(note.startswith("Penge +") for note in notes)


def test_the_corpus_page_counts_what_is_there(shared):
    found = shared.json("/korpus.json")
    assert found["numbers"]["articles"] == 40
    assert found["numbers"]["passages"] == shared.json("/soeg.json")["total"] > 150
    assert [(row["source"], row["articles"]) for row in found["sources"]] == [("added", 40)]


def test_the_model_page_shows_figures_on_unseen_text(shared):
    found = shared.json("/model.json")
    labels = [row["label"] for row in found["sets"][0]["rows"]]
    assert labels[-2:] == ["Ejerskab", "Penge"]
    assert found["facts"]["coders"] == ["anna", "bo"]
    assert [row["version"] for row in found["models"]] == [found["used"]]


def test_the_model_page_says_how_often_the_sentence_named_for_a_tag_is_one_that_coders_named(room, browser):
    folder = registry.find(room.workspace)
    shares = {"right": 0.875, "strict": 0.75, "silent": 0.0, "chance": 0.451, "longest": 0.724}
    reasons = {"reasons": 487, **{name: [value, value - 0.03, value + 0.03] for name, value in shares.items()}}
    registry.write(folder / registry.METRICS, json.dumps(registry.metrics(folder) | {"reasons": reasons}))
    text = browser.get("/model").text
    assert "Ved 487 rigtige mærkninger" in text
    assert "en koder pegede på, i 87,5\u202f% [84,5; 90,5]\u202f%" in text
    assert "Den længste sætning ville være en af dem i 72,4\u202f%" in text


def test_a_suspicious_label_that_was_settled_is_settled_again_and_another_coded_again(room, browser, monkeypatch):
    one, other = next(pair for pair in pairwise(known_passages(room.workspace)) if all(p.natural for p in pair))
    judge = Label(one.id, one.address, text_hash(one.text), "cille", now(), 3, {"penge": True}, ADJUDICATED, False)
    append_labels(room.workspace.labels, [make_label(judge)])
    found = [Suspicion(passage, "penge", said=True, p=0.01) for passage in (one, other)]
    monkeypatch.setattr(model, "suspicious", lambda workspace: found)
    text = browser.get("/model").text
    assert f'href="/maerk?koe=afgoer&amp;afsnit={one.id}"' in text
    assert f'href="/maerk?afsnit={other.id}"' in text


def test_coders_agreement_is_shown(shared):
    rows = shared.json("/maerk.json?enighed=1")["agreement"]
    assert rows[0]["label"] == "Alle temaer under ét"
    assert rows[0]["alpha"][0] == 1.0


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/soeg.json?q=tama:x", 400),
        ("/soeg.json?q=tema:ukendt", 400),
        ("/soeg.json?q=%22aldrig lukket", 400),
        ("/soeg.json?q=[lemma=", 400),
        ("/soeg.json?q=byrådet&vis=kwic&sorter=farve", 400),
        ("/laes/ffffffffff.json", 404),
        ("/temaer/ukendt.json", 400),
        ("/model.json?version=nej", 400),
        ("/maerk.json?koder=anna&koe=hurtig", 400),
        ("/findes-ikke.json", 404),
    ],
)
def test_every_error_has_one_shape(shared, path, status):
    answer = shared.get(path)
    assert answer.status_code == status
    error = answer.json()["error"]
    assert error["status"] == status
    assert error["what"]
    assert error["way_out"]


def test_a_query_that_does_not_parse_is_shown_with_its_place(shared):
    error = shared.get("/soeg.json?q=skole tama:x").json()["error"]
    assert (error["query"], error["position"]) == ("skole tama:x", "6")
    assert error["what"] == "Der er intet felt »tama:«."
    assert "skole tama:x\n      ^" in shared.get("/soeg?q=skole tama:x").text


def test_the_openapi_document_names_every_address(shared):
    document = shared.json("/openapi.json")
    assert {f"{path}.json" for path in PAGES if "ejerskab" not in path} <= set(document["paths"])
    asked = {one["name"] for one in document["paths"]["/soeg.json"]["get"]["parameters"]}
    assert {"q", "som", "lig"} <= asked
    for path, methods in document["paths"].items():
        if "get" in methods and "{" not in path:
            assert shared.get(path).status_code == 200, path
    assert {path for path, methods in document["paths"].items() if "post" in methods} >= {"/maerk", "/model/traen"}
