from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from klumme.errors import QueryError
from klumme.query.language import parse_query


def _terms(text):
    return [[(term.kind, term.values, term.negated) for term in clause] for clause in parse_query(text).clauses]


def test_words_must_all_occur():
    assert _terms("ansvar skole") == [[("word", ("ansvar",), False)], [("word", ("skole",), False)]]


def test_or_joins_its_two_neighbours_only():
    kinds = _terms("a OR b c")
    assert [len(clause) for clause in kinds] == [2, 1]


def test_a_minus_negates_words_phrases_and_fields():
    assert all(term[0][2] for term in _terms('-skole -"et ansvar" -parti:V -skol*'))


def test_a_hyphen_inside_a_word_is_part_of_it():
    assert _terms("a-kasse") == [[("word", ("a-kasse",), False)]]


def test_a_star_makes_a_prefix():
    assert _terms("samarbejde*") == [[("prefix", ("samarbejde",), False)]]


@pytest.mark.parametrize("quotes", ['""', "“”", "”“", "»«", "«»"])
def test_quotation_marks_of_any_kind_make_a_phrase(quotes):
    assert _terms(f"{quotes[0]}et stort ansvar{quotes[1]}") == [[("phrase", ("et stort ansvar",), False)]]


def test_a_field_takes_several_values_and_quoted_ones():
    assert _terms('parti:A,V forfatter:"Bo Lind"') == [
        [("parti", ("A", "V"), False)],
        [("forfatter", ("Bo Lind",), False)],
    ]


@pytest.mark.parametrize("text", ['parti:""', "parti:“”", 'parti:" "'])
def test_empty_quotation_marks_ask_for_a_field_without_a_value(text):
    assert _terms(text) == [[("parti", ("",), False)]]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("fra:2021", "2021-01-01"),
        ("til:2021", "2021-12-31"),
        ("til:2020-02", "2020-02-29"),
        ("til:2021-12", "2021-12-31"),
        ("fra:2021-05-07", "2021-05-07"),
        ("til:7.5.2021", "2021-05-07"),
    ],
)
def test_a_year_or_month_means_its_first_or_last_day(text, day):
    assert parse_query(text).clauses[0][0].values == (day,)


@pytest.mark.parametrize(("text", "p"), [("0.8", 0.8), ("0,8", 0.8), (">=0.8", 0.8), ("80%", 0.8)])
def test_a_probability_can_be_written_in_several_ways(text, p):
    assert parse_query(f"tema:x sandsynlighed:{text}").p == pytest.approx(p)


@pytest.mark.parametrize(
    ("text", "at", "says"),
    [
        ("ansvar temo:x", 7, "Did you mean 'tema'?"),
        ('skole "et ansvar', 6, "never closed"),
        ("OR skole", 0, "OR stands"),
        ("skole OR", 6, "OR stands"),
        ("skole fra:maj", 10, "no date"),
        ("fra:2021-13", 4, "no date"),
        ("a sandsynlighed:9", 2, "no probability"),
        ("a tema:", 2, "no value"),
        ("a parti:", 2, "no value"),
        ('a tema:""', 2, "no value"),
        ('a parti:","', 2, "no value"),
        ('a parti:"', 8, "never closed"),
        ("a !!", 2, "no word"),
    ],
)
def test_an_error_points_at_its_character_and_says_the_way_out(text, at, says):
    with pytest.raises(QueryError) as caught:
        parse_query(text)
    assert (caught.value.position, says in str(caught.value)) == (at, True)


@given(st.text(max_size=60))
@settings(derandomize=True, deadline=None)
def test_any_text_parses_or_gives_a_query_error(text):
    with suppress(QueryError):
        parse_query(text)
