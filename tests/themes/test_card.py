"""The model card."""

from klumme.themes.card import write_card

FACTS = {
    "version": "1",
    "codebook": 1,
    "trained": "2026-01-01",
    "passages": 10,
    "natural": 5,
    "labels": "abc",
    "coders": [],
    "pipeline": "blank",
    "encoder": "",
    "sklearn": "1",
    "seed": 0,
}
SOME = dict.fromkeys(("precision", "recall", "f1", "ap", "brier", "ece"), (0.5, 0.4, 0.6))


def test_of_a_theme_that_is_nowhere_in_a_set_only_false_alarms_are_told():
    none = dict.fromkeys(SOME, (0.0, 0.0, 0.0))
    themes = {"oekonomi": SOME | {"positives": 4}, "faelles-maal": none | {"positives": 0}}
    found = {"passages": 5, "articles": 2, "micro": SOME, "themes": themes}
    card = write_card(FACTS, {"sets": {"the sample": found}})
    assert "| oekonomi | 4 | 0.500 | 0.500 | 0.500 [0.400, 0.600] | 0.500 | 0.500 | 0.500 |" in card
    assert "| faelles-maal | 0 | 0.000 | - | - | - | 0.000 | 0.000 |" in card
