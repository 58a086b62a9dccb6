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
def test_what_heads_a_sentence_or_is_coordinated_is_no_auxiliary(deps, wanted):
    words, pos = ["Hun", "er", "her"], ["PRON", "AUX", "ADV"]
    doc = Doc(spacy.blank("da").vocab, words=words, pos=pos, deps=deps, heads=[1, 1, 1])
    assert [token.pos_ for token in klumme_auxiliaries(doc)] == ["PRON", wanted, "ADV"]
