"""Patterns of corpus query language against matches counted by hand."""

import pytest

from klumme.errors import QueryError
from klumme.query.cql.parse import parse_pattern
from klumme.query.matches import matches
from klumme.query.question import Question
from klumme.query.store import fetch


def _found(corpus, text):
    with matches(corpus.store, Question(text, cql=True)) as found:
        rows = fetch(
            found.cursor,
            "SELECT passage_id, b, e, list(t.form ORDER BY t.i) AS forms FROM matches JOIN meta USING (passage) "
            "JOIN tokens AS t USING (passage_id) WHERE t.i >= b AND t.i < e "
            "GROUP BY ALL ORDER BY passage_id, b, e",
            (),
        )
    return [f"{row['passage_id']} {' '.join(row['forms'])}" for row in rows]


FOUND = {
    '[lemma="ansvar"]': ["a1-0 ansvar", "a3-0 ansvaret", "a3-1 ansvaret"],
    '[lemma="ANSVAR"]': ["a1-0 ansvar", "a3-0 ansvaret", "a3-1 ansvaret"],
    '[lemma="ANSVAR"%s]': [],
    '[lemma="have" & pos="VERB"] []{0,3} [lemma="ansvar"]': [
        "a1-0 har et stort ansvar",
        "a3-0 har ansvaret",
        "a3-1 har haft ansvaret",
        "a3-1 haft ansvaret",
    ],
    '"skolen"': ["a1-0 skolen", "a3-1 Skolen"],
    '"skolen"%s': ["a1-0 skolen"],
    '"Skolen"%s': ["a3-1 Skolen"],
    '"skol.*"': ["a1-0 skolen", "a3-1 Skolen"],
    '".*skole.*"': ["a1-0 skolen", "a3-0 Folkeskolen", "a3-1 Skolen"],
    '[lemma="have"] [lemma="ansvar"]': ["a3-0 har ansvaret", "a3-1 haft ansvaret"],
    '[lemma="have"]+ [lemma="ansvar"]': ["a3-0 har ansvaret", "a3-1 har haft ansvaret", "a3-1 haft ansvaret"],
    '[lemma="have"]{2}': ["a2-0 har haven", "a3-1 har haft"],
    '[part="samarbejde"]': ["a2-0 samarbejdspartner", "a2-1 ældresamarbejde"],
    '[part="samarbejde" | lemma="samarbejde"] within s': [
        "a1-0 Samarbejdet",
        "a2-0 samarbejdspartner",
        "a2-1 ældresamarbejde",
        "a2-1 samarbejde",
        "a3-1 samarbejder",
    ],
    '[ent="LOC"]': ["a1-0 Køge"],
    '[lemma="ål"]': ["a1-1 ål"],
    '[lemma="al"%d]': ["a1-1 al"],
    '[pos="NOUN"] [pos="PUNCT"] [pos="PRON"]': ["a3-0 ansvaret . Det"],
    '[pos="NOUN"] [pos="PUNCT"] [pos="PRON"] within s': [],
    '"har" []* "byrådet"': ["a3-0 har ansvaret . Det har byrådet", "a3-0 har byrådet"],
    '"har" []* "byrådet" within s': ["a3-0 har byrådet"],
    '"har" "byrådet" []': ["a3-0 har byrådet ikke"],
    '"ikke" []{0,9}': ["a3-0 ikke", "a3-0 ikke ."],
    '[] "har" within s': [
        "a1-0 Byrådet har",
        "a2-0 samarbejdspartner har",
        "a3-0 Folkeskolen har",
        "a3-0 Det har",
        "a3-1 Skolen har",
    ],
    '"ansvaret" [] "det"': ["a3-0 ansvaret . Det"],
    '"ansvaret" [] "det" !within s': ["a3-0 ansvaret . Det"],
    '"et" "stort"? "ansvar"': ["a1-0 et stort ansvar"],
    '"stort"? "ansvar"': ["a1-0 stort ansvar", "a1-0 ansvar"],
    '("et" | "for") [pos="ADJ"]? [pos="NOUN"]': [
        "a1-0 et stort ansvar",
        "a1-0 for skolen",
        "a2-1 Et ældresamarbejde",
        "a2-1 et samarbejde",
    ],
    '[pos="VERB" & lemma!="have"]': ["a3-1 samarbejder"],
    '[!(pos="X" | pos="NOUN" | pos="PUNCT" | pos="VERB" | pos="DET" | pos="PRON" | pos="ADJ")]': ["a1-0 Køge"],
    '[morph="Definite=Def" & lemma="ansvar"]': ["a3-0 ansvaret", "a3-1 ansvaret"],
    '[lemma="ansvar"] within <tema id="ansvarsfordeling" p>=0.9>': ["a3-0 ansvaret"],
    '[lemma="ansvar"] within <tema id="ansvarsfordeling" p<0.7>': ["a1-0 ansvar"],
    '[lemma="ansvar"] within <tema id="politisk-ejerskab">': ["a1-0 ansvar", "a3-1 ansvaret"],
    '[lemma="ansvar"] !within <tema id="politisk-ejerskab"/>': ["a3-0 ansvaret"],
    '[lemma="ansvar"] :: parti="A"': ["a1-0 ansvar"],
    '[lemma="ansvar"] :: parti="Venstre" & år>=2021': ["a3-0 ansvaret", "a3-1 ansvaret"],
    '[lemma="ansvar"] :: !(parti="V") | kilde="avisen"': ["a1-0 ansvar", "a3-0 ansvaret", "a3-1 ansvaret"],
    '[lemma="har|have"] :: dato<"2021-04" & kommune!="Køge"': ["a2-0 har", "a2-0 haven"],
    'a:[pos="VERB"] [] b:[pos="VERB"] :: a.lemma = b.lemma': [],
    'a:[pos="VERB"] b:[pos="VERB"] :: a.lemma = b.lemma': ["a3-1 har haft"],
    'a:[pos="VERB"] b:[] :: a.lemma != b.lemma & b.pos="NOUN"': [
        "a3-0 har ansvaret",
        "a3-0 har byrådet",
        "a3-1 haft ansvaret",
    ],
    '<s/> containing [lemma="samarbejdspartner"]': ["a2-0 Vores samarbejdspartner har haven ."],
    '<s> containing ("har" "byrådet")': ["a3-0 Det har byrådet ikke ."],
    '[pos="DET"] []{1,2} containing [pos="ADJ"]': ["a1-0 et stort", "a1-0 et stort ansvar"],
    '[pos="DET"] [] !containing [pos="ADJ"]': ["a1-1 al tid", "a2-1 Et ældresamarbejde", "a2-1 et samarbejde"],
    '"ansvaret" within ("har" "ansvaret")': ["a3-0 ansvaret"],
    '("har" | "haft")+': ["a1-0 har", "a2-0 har", "a3-0 har", "a3-0 har", "a3-1 har", "a3-1 har haft", "a3-1 haft"],
    '("har" "haft"?)+ "ansvaret"': ["a3-0 har ansvaret", "a3-1 har haft ansvaret"],
    '("byrådet"? "har")? "haft"': ["a3-1 har haft", "a3-1 haft"],
    '[form="."%l]': ["a1-0 .", "a1-0 .", "a1-1 .", "a2-0 .", "a2-1 .", "a3-0 .", "a3-0 .", "a3-1 .", "a3-1 ."],
    '"godt" "."%l': ["a1-0 godt ."],
    '"har|haft"': ["a1-0 har", "a2-0 har", "a3-0 har", "a3-0 har", "a3-1 har", "a3-1 haft"],
    "'har'": ["a1-0 har", "a2-0 har", "a3-0 har", "a3-0 har", "a3-1 har"],
    '[dep="ROOT" & pos="NOUN"]': [
        "a1-0 Byrådet",
        "a1-0 Samarbejdet",
        "a3-0 Folkeskolen",
        "a3-1 Byrådet",
        "a3-1 Skolen",
    ],
    'a:[pos="NOUN"] []{0,8} b:[pos="NOUN"] :: a.part = "SAMARBEJDE" & b.part != "x"': [
        "a2-0 samarbejdspartner har haven",
        "a2-1 ældresamarbejde er et samarbejde",
    ],
    "a:[] []{0,2} b:[] :: a.part = b.lemma": ["a2-1 ældresamarbejde er et samarbejde"],
    'a:[pos="NOUN"] []{0,2} b:[] :: a.lemma = b.part': [],
    'a:[pos="NOUN"] [] [] b:[lemma="samarbejde"] :: !(a.part = b.part)': ["a2-1 ældresamarbejde er et samarbejde"],
    '(a:[pos="NOUN"] "har" | "Et") :: a.part = "partner"': ["a2-0 samarbejdspartner har"],
    '[lemma="samarbejde" & pos="VERB|NOUN"]': ["a1-0 Samarbejdet", "a2-1 samarbejde", "a3-1 samarbejder"],
}


@pytest.mark.parametrize("pattern", FOUND)
def test_a_pattern_finds_what_it_says(corpus, pattern):
    assert _found(corpus, pattern) == FOUND[pattern]


REFUSED = {
    '[lemma="skole"': "ends too early",
    "[lemma=skole]": "cannot go on",
    '[lemm="skole"]': "Did you mean 'lemma'?",
    '"skole': "never closed",
    '"skole"%q': "no switch",
    '"(skole"': "regular expression",
    '"a{9999}"': "regular expression",
    "[]": "every token",
    "[]{3}": "any tokens",
    "[]*": "any tokens",
    '"skole"? []': "any tokens",
    "([]){2}": "any tokens",
    '"a"{3,2}': "can never hold",
    '"a"{2000}': "too many",
    '"a"? "b"? "c"? "d"? "e"? "f"? "g"? "h"': "may be left out",
    'a:("x" "y")': "before one token",
    '(a:"x")+ :: a.lemma="x"': "inside a repetition",
    'a:"x" a:"y" :: a.lemma="x"': "before two tokens",
    '"x" :: a.lemma="x"': "names no token",
    '"x" :: b="x"': "no field 'b'",
    '"x" :: parti>"A"': "cannot be ordered",
    '"x" :: år="nu"': "no year",
    f'"x" :: år>={"9" * 60}': "no year",
    f'"x" :: år={"9" * 4500}': "no year",
    '"x" :: år<""': "no year",
    f'"x" :: dato>={"9" * 60}': "no date",
    f'"x"{{{"9" * 4500}}}': "too many",
    f'"x" within <tema p>={"9" * 60}.0>': "no probability",
    '"x" within <tema p>="nan">': "no probability",
    '"x" :: dato>"nu"': "no date",
    '"x" :: a.lemm="x"': "no attribute",
    '"x" :: "a"="b"': "compares a field",
    '"x" within <afsnit>': "no region",
    '"x" within <tema id="skov">': "no theme",
    '"x" within <tema p>=2.a>': "cannot go on",
    '"x" within <s id="x">': "has no",
    "<s/>": "what it contains",
    '"x" !within passage': "within a passage",
    '"x" & "y"': "cannot go on",
    "": "ends too early",
}


@pytest.mark.parametrize("pattern", REFUSED)
def test_a_pattern_that_cannot_be_answered_is_refused_with_a_way_out(corpus, pattern):
    with pytest.raises(QueryError) as caught:
        _found(corpus, pattern)
    assert REFUSED[pattern] in str(caught.value)
    assert caught.value.way_out


@pytest.mark.parametrize(
    ("pattern", "at"),
    [
        ('"skole" :: år>=' + "9" * 60, 11),
        ('[pos="X" & lemm="x"]', 11),
        ('"a" "b', 4),
        ('[lemma="x"', 10),
        ('"a" :: foo="x"', 7),
        ('"a" "(b"', 4),
    ],
)
def test_an_error_points_at_its_character(corpus, pattern, at):
    with pytest.raises(QueryError) as caught:
        _found(corpus, pattern)
    assert caught.value.position == at


def test_the_caret_stands_under_the_line_that_is_wrong():
    with pytest.raises(QueryError) as caught:
        parse_pattern('[pos="NOUN"]\n\t[lemm="a"]\n[]')
    shown = str(caught.value).splitlines()
    assert shown[1:5] == ['  [pos="NOUN"]', '  \t[lemm="a"]', "  \t ^", "  []"]


@pytest.mark.parametrize(("text", "shown"), [('"a"\n', ['  "a"', "     ^", "  "]), ("\n", ["  ", "  ^", "  "])])
def test_the_caret_may_stand_behind_a_line(text, shown):
    assert str(QueryError("No.", "Do.", text, len(text) - 1)).splitlines() == ["No.", *shown, "Do."]
