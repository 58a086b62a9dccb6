import pytest
import spacy

from klumme.annotate.blank import lemma, make_blank
from klumme.annotate.danish import load_pipeline, pipeline_version, stands_in
from klumme.errors import MissingPipelineError
from klumme.workspace import Workspace


@pytest.fixture
def workspace(tmp_path):
    return Workspace(tmp_path, tmp_path)


def _save(folder, version="1.0.0", **meta):
    nlp = spacy.blank("da", meta={"name": "da_example_sm", "version": version, **meta})
    nlp.add_pipe("sentencizer")
    folder.parent.mkdir(parents=True, exist_ok=True)
    nlp.to_disk(folder)


def test_a_blank_pipeline_stands_in_where_the_shipped_one_is_missing(workspace):
    assert stands_in(load_pipeline("da_klumme_sm", workspace))


def test_the_shipped_pipeline_is_taken_where_it_is_there(workspace):
    _save(workspace.danish / "da_klumme_sm")
    assert load_pipeline("da_klumme_sm", workspace).meta["name"] == "da_example_sm"


def test_a_pipeline_can_be_named_by_its_folder(workspace, tmp_path):
    _save(tmp_path / "mine")
    assert load_pipeline(str(tmp_path / "mine"), workspace).meta["name"] == "da_example_sm"


def test_an_unknown_pipeline_is_refused_with_the_way_out(workspace):
    with pytest.raises(MissingPipelineError, match=r"no spaCy pipeline 'da_nope'.*Install it"):
        load_pipeline("da_nope", workspace)


def test_a_broken_pipeline_is_refused_with_the_way_out(workspace, tmp_path):
    _save(tmp_path / "mine")
    (tmp_path / "mine" / "config.cfg").write_text('[nlp]\nlang = "da"\npipeline = ["nothing"]\n')
    with pytest.raises(MissingPipelineError, match="cannot be opened"):
        load_pipeline(str(tmp_path / "mine"), workspace)


def test_the_version_names_the_pipeline_and_is_fit_for_a_file_name(workspace, tmp_path):
    _save(tmp_path / "mine")
    version = pipeline_version(load_pipeline(str(tmp_path / "mine"), workspace))
    assert version.startswith("da_example_sm-1.0.0-")
    assert "/" not in version


def test_the_version_stays_over_loads_and_changes_with_any_file_of_the_pipeline(workspace, tmp_path):
    _save(tmp_path / "mine")
    first, again = (pipeline_version(load_pipeline(str(tmp_path / "mine"), workspace)) for _ in range(2))
    (tmp_path / "mine" / "table.bin").write_bytes(b"retrained")
    assert first == again != pipeline_version(load_pipeline(str(tmp_path / "mine"), workspace))


def test_the_version_does_not_depend_on_where_the_pipeline_lies(workspace, tmp_path):
    for name in ("here", "there"):
        _save(tmp_path / name)
    here, there = (pipeline_version(load_pipeline(str(tmp_path / name), workspace)) for name in ("here", "there"))
    assert here == there


def test_the_version_changes_with_the_gazetteer(workspace, monkeypatch):
    before = pipeline_version(load_pipeline("blank", workspace))
    monkeypatch.setattr("klumme.annotate.danish.fingerprint", lambda: "other")
    assert pipeline_version(load_pipeline("blank", workspace)) != before


def test_the_version_does_not_change_by_use(workspace):
    nlp = load_pipeline("blank", workspace)
    before = pipeline_version(nlp)
    with nlp.memory_zone():
        list(nlp.pipe(["Byrådet i Køge siger nej."]))
    assert pipeline_version(nlp) == before


def test_the_items_of_a_list_are_sentences_of_their_own(workspace):
    doc = load_pipeline("blank", workspace)("Flere hænder i køkkenet\nFærre skemaer\nEn leder i hvert hus")
    assert [s.text.strip() for s in doc.sents] == ["Flere hænder i køkkenet", "Færre skemaer", "En leder i hvert hus"]


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("kommunernes", "kommune"),
        ("samarbejdet", "samarbejde"),
        ("politikerne", "politiker"),
        ("var", "være"),
        ("går", "gå"),
        ("børnene", "barn"),
        ("bedste", "god"),
        ("ordningerne", "ordning"),
        ("fællesskabets", "fællesskab"),
        ("muligheder", "mulighed"),
        ("vigtigt", "vigtig"),
        ("politiske", "politisk"),
        ("cyklede", "cykle"),
        ("sprogs", "sprogs"),
        ("i", "i"),
        ("2024", "2024"),
    ],
)
def test_the_stand_in_knows_common_inflections(form, expected):
    assert lemma(form) == expected


def test_the_stand_in_leaves_names_as_they_are():
    doc = make_blank()("Ifølge Inger var det i går.")
    assert [token.lemma_ for token in doc][:3] == ["ifølge", "Inger", "være"]


def test_the_stand_in_does_not_end_a_sentence_at_an_abbreviation():
    doc = make_blank()("Mødet er kl. 19 på bl.a. rådhuset. Kom!")
    assert len(list(doc.sents)) == 2
