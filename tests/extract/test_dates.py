from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from klumme.extract.dates import parse_time


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2021-03-04T06:15:00+01:00", datetime(2021, 3, 4, 6, 15)),
        ("2021-07-04T06:15:00+00:00", datetime(2021, 7, 4, 8, 15)),
        ("2021-07-04T06:15:00.123Z", datetime(2021, 7, 4, 8, 15, 0, 123000)),
        ("2021-03-04", datetime(2021, 3, 4)),
        ("Opdateret 4. marts 2021 kl. 06.15", datetime(2021, 3, 4, 6, 15)),
        ("den 1. maj 2019", datetime(2019, 5, 1)),
        ("4. okt. 2022", datetime(2022, 10, 4)),
        ("04.03.2021 - 06:15", datetime(2021, 3, 4, 6, 15)),
        ("4/3 2021", datetime(2021, 3, 4)),
        ("4/3-2021", datetime(2021, 3, 4)),
        ("Thu, 04 Mar 2021 06:15:00 +0100", datetime(2021, 3, 4, 6, 15)),
        ("31. februar 2021", None),
        ("i går", None),
        ("", None),
    ],
)
def test_a_time_is_read_as_pages_write_it_and_given_as_copenhagen_time(text, moment):
    assert parse_time(text) == moment


@settings(derandomize=True, deadline=None, max_examples=300)
@given(st.datetimes(min_value=datetime(1950, 1, 1), max_value=datetime(2100, 1, 1)))
def test_what_is_written_as_danes_write_it_is_read_back(moment):
    moment = moment.replace(second=0, microsecond=0)
    months = [
        "januar",
        "februar",
        "marts",
        "april",
        "maj",
        "juni",
        "juli",
        "august",
        "september",
        "oktober",
        "november",
        "december",
    ]
    text = f"{moment.day}. {months[moment.month - 1]} {moment.year} kl. {moment:%H.%M}"
    assert parse_time(text) == moment


@settings(derandomize=True, deadline=None, max_examples=300)
@given(st.text() | st.from_regex(r"\d{1,4}[-./ ]\d{1,4}[-./ ]\d{1,5}.{0,12}"))
def test_no_text_makes_the_reader_crash(text):
    found = parse_time(text)
    assert found is None or found.tzinfo is None
