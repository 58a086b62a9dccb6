import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from klumme.extract.language import detect_language
from klumme.extract.text import clean_text, decode, mend, sentences


@pytest.mark.parametrize(
    ("dirty", "clean"),
    [
        ("to\u00a0 ord\u202f", "to ord"),
        ("by\u00adråd og kom\u200bmune\ufeff", "byråd og kommune"),
        ("A\u030angst", "Ångst"),
        ("  en\n\tlinje  ", "en linje"),
        ("tegn\x00\x07", "tegn"),
    ],
)
def test_what_cannot_be_seen_is_gone_and_every_letter_has_one_spelling(dirty, clean):
    assert clean_text(dirty) == clean


@settings(derandomize=True, deadline=None, max_examples=300)
@given(st.text())
def test_cleaning_twice_changes_nothing_and_leaves_single_spaces(text):
    once = clean_text(text)
    assert clean_text(once) == once
    assert "  " not in once
    assert "\u00a0" not in once


@pytest.mark.parametrize(
    ("content", "declared"),
    [
        ("Rød grød på øen".encode(), ""),
        ("Rød grød på øen".encode("latin-1"), "utf-8"),
        ("Rød grød på øen".encode("latin-1"), ""),
        ("Rød grød på øen".encode(), "iso-8859-1"),
        ("Rød grød på øen".encode("utf-8-sig"), "latin-1"),
        ("Rød grød på øen".encode("utf-16"), ""),
        ("Rød grød på øen".encode("cp1252"), "no-such-encoding"),
    ],
)
def test_the_bytes_say_more_than_a_wrong_declaration(content, declared):
    assert decode(content, declared) == "Rød grød på øen"


@settings(derandomize=True, deadline=None, max_examples=300)
@given(st.binary(), st.text(max_size=12))
def test_any_bytes_give_a_text(content, declared):
    assert isinstance(decode(content, declared.replace("\0", "")), str)


def test_text_that_was_encoded_twice_is_mended():
    assert mend("RÃ¸d grÃ¸d â€“ pÃ¥ Ã¸en") == "Rød grød – på øen"


@pytest.mark.parametrize("text", ["Rød grød på Øen", "liste »Ø« og liste »Å«", "ÂØ", "à la carte", "CAFÉ»"])
def test_sound_text_is_not_mended(text):
    assert mend(text) == text


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Hun er lærer. Han er smed.", 2),
        ("Hun (f. 1974) er cand.jur. Og mere.", 1),
        ("»Kom nu.« Sagde hun det?", 2),
        ("Preben K. Madsen, fhv. Borgmester.", 1),
        ("Siden 2010. Formand for udvalget.", 2),
        ("", 0),
    ],
)
def test_sentences_end_where_they_end_and_not_after_abbreviations(text, count):
    assert len(sentences(text)) == count


@settings(derandomize=True, deadline=None, max_examples=300)
@given(st.text(alphabet="aB. !?»«\n1"))
def test_no_character_is_lost_between_sentences(text):
    assert "".join("".join(sentences(text)).split()) == "".join(text.split())


DANISH = "Jeg ved ikke, hvad der blev af bussen, men nogen må have set den efter mødet, og den kom aldrig igen."


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (DANISH, "da"),
        (
            "Jeg vet ikke hva som ble av bussen, men noen må ha sett den etter møtet, og nå er den borte uten spor.",
            "nb",
        ),
        ("Eg veit ikkje kva som vart av bussen, men nokon må ha sett han, og dei som var der, seier noko anna.", "nn"),
        ("Jag vet inte vad som hände med bussen, men någon måste ha sett den, och det är också allt.", "sv"),
        ("Ich weiß nicht, was mit dem Bus ist, und das ist auch nicht meine Sache.", "de"),
        ("I do not know what happened, and that is the end of the story with this bus.", "en"),
        ("Bus. Bus. Bus.", ""),
        ("", ""),
    ],
)
def test_danish_is_told_from_its_neighbours(text, language):
    assert detect_language(text) == language
