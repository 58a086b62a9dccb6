import pyarrow as pa
import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.tokens import Doc
from spacy.tokens.underscore import Underscore

from klumme.annotate.batches import annotate, too_long
from klumme.annotate.danish import load_pipeline
from klumme.schemas import SCHEMAS
from klumme.workspace import Workspace


@pytest.fixture(scope="module")
def nlp(tmp_path_factory):
    folder = tmp_path_factory.mktemp("root")
    return load_pipeline("blank", Workspace(folder, folder))


def _ruled(**patterns):
    """A pipeline that finds the given texts as entities, as a trained one might."""
    nlp = spacy.blank("da")
    ruler = nlp.add_pipe("entity_ruler")
    ruler.add_patterns([{"label": label, "pattern": text} for label, texts in patterns.items() for text in texts])
    return nlp


def _entities(nlp, text):
    rows = annotate(nlp, [("p", text)])["entities"].to_pylist()
    return [(row["text"], row["label"], row["link_id"]) for row in rows]


def test_the_tables_have_the_columns_of_the_schema_and_the_anchor_comes_last(nlp):
    parts = annotate(nlp, [("p1", "Byrådet i Køge sover.")])
    assert list(parts) == ["tokens", "entities", "annotations"]
    assert all(parts[name].schema == SCHEMAS[name] for name in parts)


def test_tokens_lie_in_the_text_where_they_say(nlp):
    text = "Børn har brug for ro. I Ålborg Øst »virker« det!"
    rows = annotate(nlp, [("p1", text)])["tokens"].to_pylist()
    assert [row["i"] for row in rows] == list(range(len(rows)))
    assert all(text[row["start"] :].startswith(row["form"]) for row in rows)
    assert [row["form"] for row in rows if row["sentence"] == 1][:2] == ["I", "Ålborg"]


def test_white_space_is_no_token_and_shifts_neither_heads_nor_entities():
    nlp = spacy.blank("da")
    words = ["I", "\n", "Køge", "sover", "rådet"]
    doc = Doc(nlp.vocab, words, heads=[3, 0, 0, 3, 3], deps=["obl", "dep", "case", "ROOT", "nsubj"])
    nlp.tokenizer = lambda _: doc
    parts = annotate(nlp, [("p1", doc.text)])
    tokens = parts["tokens"].to_pylist()
    assert [row["form"] for row in tokens] == ["I", "Køge", "sover", "rådet"]
    assert [row["head"] for row in tokens] == [2, 0, 2, 2]
    assert [row["ent"] for row in tokens] == ["", "LOC", "", ""]
    assert parts["entities"].select(["start", "end"]).to_pylist() == [{"start": 1, "end": 2}]


def test_an_annotation_counts_tokens_and_sentences_of_each_passage(nlp):
    rows = annotate(nlp, [("a", "Nej. Jo."), ("b", "Ja."), ("c", "")])["annotations"].to_pylist()
    assert [tuple(row.values()) for row in rows] == [("a", 4, 2), ("b", 2, 1), ("c", 0, 0)]


def test_morphology_is_stored_as_features_and_as_nothing_where_there_is_none():
    nlp = spacy.blank("da")
    nlp.tokenizer = lambda _: Doc(nlp.vocab, ["Byer", "sover"], morphs=["Number=Plur", ""], pos=["NOUN", "VERB"])
    rows = annotate(nlp, [("p", "Byer sover")])["tokens"].to_pylist()
    assert [(row["pos"], row["morph"]) for row in rows] == [("NOUN", "Number=Plur"), ("VERB", "")]


@spacy.Language.component("test_split")
def _split(doc):
    doc[0]._.parts, doc[1]._.parts = ("ældre", "pleje"), ("koste",)
    return doc


def test_the_parts_of_compounds_are_stored_and_no_others(monkeypatch):
    monkeypatch.setitem(Underscore.token_extensions, "parts", ((), None, None, None))
    nlp = spacy.blank("da")
    nlp.add_pipe("test_split")
    rows = annotate(nlp, [("p", "Ældrepleje koster")])["tokens"].to_pylist()
    assert [row["parts"] for row in rows] == [["ældre", "pleje"], []]


def test_places_and_parties_are_linked_also_where_the_pipeline_finds_no_entity(nlp):
    assert _entities(nlp, "SF i Ålborg Øst er uenig med venstremanden.") == [
        ("SF", "ORG", "F"),
        ("Ålborg Øst", "LOC", "851"),
        ("venstremanden", "MISC", "V"),
    ]


def test_a_mention_that_is_also_an_entity_is_stored_once_with_the_label_of_the_pipeline():
    nlp = _ruled(ORG=["Køge Kommune"], LOC=["Ålborg"], PER=["Ole Ask"])
    assert _entities(nlp, "Køge Kommune og Ålborg Øst spurgte Ole Ask.") == [
        ("Køge Kommune", "ORG", "259"),
        ("Ålborg Øst", "LOC", "851"),
        ("Ole Ask", "PER", ""),
    ]


def test_a_place_inside_the_name_of_a_body_is_stored_beside_it():
    parts = annotate(_ruled(ORG=["Center for Trivsel i Køge"]), [("p", "Center for Trivsel i Køge åbner.")])
    assert [row["text"] for row in parts["entities"].to_pylist()] == ["Center for Trivsel i Køge", "Køge"]
    assert parts["tokens"]["ent"].to_pylist() == ["ORG"] * 5 + ["", ""]


def test_a_place_inside_the_name_of_a_person_is_no_place():
    assert _entities(_ruled(PER=["Yrsa Viborg"]), "Det sagde Yrsa Viborg.") == [("Yrsa Viborg", "PER", "")]


def test_a_place_is_never_labelled_a_person():
    assert _entities(_ruled(PER=["Køge"]), "De bor i Køge.") == [("Køge", "LOC", "259")]


def test_a_party_is_a_body_whatever_the_pipeline_says():
    assert _entities(_ruled(LOC=["SF"], PER=["Venstre"]), "SF fulgte Venstre.") == [
        ("SF", "ORG", "F"),
        ("Venstre", "ORG", "V"),
    ]


def test_an_entity_tells_town_from_municipality(nlp):
    rows = annotate(nlp, [("p", "Køge Kommune og Ålborg Øst.")])["entities"].to_pylist()
    assert [(row["link_kind"], row["link_scope"]) for row in rows] == [("kommune", "kommune"), ("kommune", "by")]


def test_a_passage_that_the_pipeline_cannot_take_is_named_and_gets_no_tokens(monkeypatch):
    nlp = spacy.blank("da")
    nlp.max_length = 10
    passages = [("short", "Ja."), ("long", "Nej, " * 9)]
    assert too_long(nlp, passages) == [("long", 45)]
    rows = annotate(nlp, passages)["annotations"].to_pylist()
    assert {row["passage_id"]: row["tokens"] for row in rows} == {"short": 2, "long": 0}


def test_no_passages_give_empty_tables(nlp):
    assert {name: table.num_rows for name, table in annotate(nlp, []).items()} == {
        "tokens": 0,
        "entities": 0,
        "annotations": 0,
    }


PIECES = st.sampled_from(["Køge Kommune", "(S)", "Ålborg Øst", "\n", "\t ", "»", "kl. 9", "SF's", "🙂", "Vejen", ". "])


@settings(derandomize=True, deadline=None, max_examples=150)
@given(st.lists(st.lists(PIECES | st.text(max_size=5), max_size=8).map("".join), max_size=4))
def test_any_text_is_annotated_with_tokens_and_entities_that_lie_where_they_say(nlp, texts):
    parts = annotate(nlp, [(str(k), text) for k, text in enumerate(texts)])
    tokens = parts["tokens"].to_pylist()
    assert parts["annotations"]["passage_id"].to_pylist() == [str(k) for k in range(len(texts))]
    for token in tokens:
        text = texts[int(token["passage_id"])]
        assert text[token["start"] : token["start"] + len(token["form"])] == token["form"]
        assert token["form"].strip()
    for entity in parts["entities"].to_pylist():
        covered = [t for t in tokens if t["passage_id"] == entity["passage_id"]][entity["start"] : entity["end"]]
        assert entity["text"].startswith(covered[0]["form"])
        assert entity["text"].endswith(covered[-1]["form"])


def test_a_batch_leaves_no_words_behind_in_the_pipeline(nlp):
    annotate(nlp, [("p", "Ord")])
    before = len(nlp.vocab.strings)
    parts = annotate(nlp, [("p", "Vrøvlebøvsen snurlede flinkest.")])
    assert isinstance(parts["tokens"], pa.Table)
    assert len(nlp.vocab.strings) == before
