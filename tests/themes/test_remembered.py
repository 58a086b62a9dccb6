from dataclasses import dataclass, field
from pathlib import Path

import pytest

from klumme.themes.passages import Known
from klumme.themes.readings import Reader, Token
from klumme.themes.remembered import read_passages


@dataclass
class Asked:
    """Reads a word as a token, and remembers what it was asked to read."""

    memory: Path | None
    texts: list[str] = field(default_factory=list)

    def read(self, texts):
        found = list(texts)
        self.texts += found
        return [
            tuple(
                Token(word, word.lower(), "NOUN", ("skole", "bus"), 0, start) for start, word in enumerate(text.split())
            )
            for text in found
        ]


WRITTEN = Known("p1-01", "p1#1", "Vores skolebus standser", "p1", "p1", natural=False)
COLLECTED = Known("abc", "http://a/b", "Birgit Holm skrev det her", "b", "Birgit Holm")


@pytest.fixture
def memory(tmp_path):
    return tmp_path / "readings" / "da-1.parquet"


def test_what_was_written_for_training_is_read_once(memory):
    first = read_passages(Asked(memory), [COLLECTED, WRITTEN])
    again = Asked(memory)
    assert read_passages(again, [WRITTEN, COLLECTED]) == first[::-1]
    assert again.texts == [COLLECTED.text]


def test_no_file_is_left_with_what_was_collected(memory):
    read_passages(Asked(memory), [COLLECTED])
    assert not memory.exists()
    read_passages(Asked(memory), [COLLECTED, WRITTEN])
    assert b"skolebus" in memory.read_bytes()
    assert b"Birgit" not in memory.read_bytes()


def test_a_passage_with_another_text_is_read_anew(memory):
    read_passages(Asked(memory), [WRITTEN])
    other = Known("p1-01", "p1#1", "Den kommer ikke", "p1", "p1", natural=False)
    again = Asked(memory)
    [reading] = read_passages(again, [other])
    assert [token.form for token in reading] == ["Den", "kommer", "ikke"]
    assert again.texts == [other.text]


def test_a_damaged_file_is_made_anew(memory):
    [reading] = read_passages(Asked(memory), [WRITTEN])
    memory.write_bytes(memory.read_bytes()[:-9])
    assert read_passages(Asked(memory), [WRITTEN]) == [reading]
    again = Asked(memory)
    assert read_passages(again, [WRITTEN]) == [reading]
    assert again.texts == []


def test_without_a_place_nothing_is_kept(tmp_path):
    assert Reader(None, "toy").memory is None
    assert len(read_passages(Asked(None), [WRITTEN, COLLECTED])) == 2
