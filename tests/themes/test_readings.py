from klumme.annotate.danish import load_pipeline, pipeline_version
from klumme.themes import readings
from klumme.themes.readings import Reader, open_reader
from klumme.workspace import open_workspace

TEXTS = [
    "»Hvem har ansvaret?« spurgte Birgit. Kommunen tav, og regionen svarede ikke.",
    "I går gik borgmesteren i Køge til ældreplejen. Det gik godt",
]


def _read(reading):
    """What features and carriers ask of a reading: everything but whether a verb is an auxiliary."""
    return [token._replace(pos="VERB" if token.pos == "AUX" else token.pos) for token in reading]


def test_what_is_left_out_of_the_pipeline_changes_no_reading():
    workspace = open_workspace()
    whole = load_pipeline("da_klumme_sm", workspace)
    reader = open_reader(workspace, "da_klumme_sm")
    texts = [*TEXTS, "Det har vi. Kan og skal det være her?"]
    assert [_read(one) for one in reader.read(texts)] == [_read(one) for one in Reader(whole, "").read(texts)]
    assert reader.name == pipeline_version(whole)


def test_many_texts_are_read_in_several_processes_as_in_one(monkeypatch):
    reader = open_reader(open_workspace(), "da_klumme_sm")
    texts = [f"{text} Nr. {n}." for n in range(3) for text in TEXTS]
    alone = reader.read(texts)
    monkeypatch.setattr(readings, "ALONE", 2)
    monkeypatch.setattr(readings, "CHUNK", 2)
    monkeypatch.setattr(reader, "_nlp", None)  # this process could not read them now
    assert reader.read(iter(texts)) == alone
