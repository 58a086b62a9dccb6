"""What is an auxiliary is settled by the tree."""

import pytest
import spacy
from spacy.tokens import Doc

from klumme.annotate.auxiliaries import klumme_auxiliaries


@pytest.mark.parametrize(
    ("deps", "wanted"),
    [
        (["nsubj", "ROOT", "advmod"], "VERB"),
        (["nsubj", "conj", "ROOT"], "VERB"),
        (["nsubj", "cop", "ROOT"], "AUX"),
        (["nsubj", "aux", "ROOT"], "AUX"),
        (["nsubj", "acl:relcl", "ROOT"], "AUX"),
    ],
)
def test_the_head_of_a_clause_is_no_auxiliary(deps, wanted):
    doc = Doc(spacy.blank("da").vocab, words=["Hun", "er", "her"], pos=["PRON", "AUX", "ADV"], deps=deps, heads=[1, 1, 1])
    assert [token.pos_ for token in klumme_auxiliaries(doc)] == ["PRON", wanted, "ADV"]
