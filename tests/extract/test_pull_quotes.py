# ruff: noqa: E501 -- texts and markup are read more easily on one line
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from klumme.extract.pull_quotes import is_pull_quote, repeats
from klumme.extract.text import words

TEXT = (
    "Bussen kørte fra Stenløse klokken seks. Klubbens formand, som er smed, og som aldrig glemmer noget, spurgte hvorfor "
    "den var tom. Det ved vi stadig ikke."
)


@pytest.mark.parametrize(
    "quote",
    [
        "Klubbens formand, som er smed, og som aldrig glemmer noget, spurgte hvorfor den var tom.",
        "Klubbens formand spurgte hvorfor den var tom",
        "»Det ved vi stadig ikke«",
        "Bussen kørte fra Stenløse klokken seks.",
    ],
)
def test_a_repeated_sentence_is_known_also_when_words_were_dropped(quote):
    assert is_pull_quote(quote, [TEXT])


@pytest.mark.parametrize(
    "other",
    [
        "Bussen var smed",
        "Stenløse og bussen klokken seks hver morgen",
        "Bussen formand noget hvorfor ikke vi",
        "",
        TEXT,
    ],
)
def test_other_text_is_no_pull_quote(other):
    assert not is_pull_quote(other, [TEXT])


def test_what_is_longer_than_a_pull_quote_is_text():
    long = " ".join(f"ord{i}" for i in range(61))
    assert not is_pull_quote(long, [f"før {long} efter"])


@settings(derandomize=True, deadline=None, max_examples=300)
@given(st.lists(st.sampled_from(["vi", "går", "hjem", "til", "byen", "nu", "og", "da"]), min_size=8), st.data())
def test_every_run_of_words_of_a_text_repeats_it(running, data):
    start = data.draw(st.integers(0, len(running) - 2))
    end = data.draw(st.integers(start + 1, len(running) - (start == 0)))
    assert repeats(" ".join(running[start:end]), " ".join(running))


@settings(derandomize=True, deadline=None, max_examples=300)
@given(st.text(), st.text())
def test_a_text_never_repeats_one_that_is_not_longer(quote, text):
    if len(words(text)) <= len(words(quote)):
        assert not repeats(quote, text)
