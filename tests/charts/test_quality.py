from types import SimpleNamespace

import pytest

from klumme.charts import quality as module
from klumme.charts.quality import quality


@pytest.fixture
def table(monkeypatch):
    def make(**themes):
        found = {"passages": 98, "micro": {"f1": [0.5, 0.4, 0.6]}, "themes": themes}
        monkeypatch.setattr(module, "find", lambda workspace, version: None)
        monkeypatch.setattr(module, "metrics", lambda folder: {"sets": {"other authors": found}})
        monkeypatch.setattr(module, "held_out", lambda folder: {})
        codebook = SimpleNamespace(themes=[SimpleNamespace(id=name, da=name) for name in themes])
        return dict(quality(SimpleNamespace(workspace=None, read=lambda sql: []), codebook, "v1").rows)

    return make


def test_a_theme_that_no_passage_of_a_set_has_is_given_no_figure_there(table):
    rows = table(penge={"f1": [0.0, 0.0, 0.0], "positives": 0}, ejerskab={"f1": [0.0, 0.0, 0.0], "positives": 3})
    assert rows["penge"] == ("–",)
    assert rows["ejerskab"] == ("0,00 [0,00; 0,00]",)
