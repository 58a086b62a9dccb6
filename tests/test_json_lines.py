import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from klumme.errors import InputError, LabelError, StorageError
from klumme.json_lines import Form, parse_lines, read_lines, read_text, values

WHOLE = Form(dict, "is no thing", "Mend it.", InputError)

# What Python takes for the end of a line, or may stand before or behind one, and JSON may hold in a string.
STRANGE = '\u2028\u2029\x85\u00a0\ufeff\x7f😀æ\\"{},:\n\r\x0b\x0c\x1c\0'
TEXTS = st.text(alphabet=st.sampled_from(STRANGE) | st.characters(codec="utf-8"), max_size=12)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
ROWS = st.lists(st.dictionaries(TEXTS, VALUES, max_size=4), max_size=6)
BLANKS = st.lists(st.sampled_from(["", " ", "\t", "\r", "\ufeff", "\u2028", "\ufeff \r"]), min_size=1, max_size=2)


def _file(folder, content):
    path = folder / "a.jsonl"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def _read(reader, *given):
    """Return what is read before the lines end or one is refused, and what is said of that one."""
    read = []
    try:
        read.extend(reader(*given, WHOLE))
    except InputError as error:
        return read, str(error)
    return read, ""


@st.composite
def _written(draw):
    """Draw rows with their places in a file, and the file, with blank lines and marks as programs leave them."""
    rows, lines, end = draw(ROWS), [], draw(st.sampled_from(["\n", "\r\n"]))
    placed = []
    for row in rows:
        lines += draw(BLANKS)
        lines.append(draw(st.sampled_from(["", "\ufeff", " "])) + json.dumps(row, ensure_ascii=draw(st.booleans())))
        placed.append((f"a.jsonl, line {len(lines)}", row))
    return placed, end.join(lines) + draw(st.sampled_from(["", end, " ", end * 2]))


@settings(derandomize=True, deadline=None)
@given(written=_written())
def test_what_was_written_comes_back_with_its_place(tmp_path_factory, written):
    placed, text = written
    assert list(read_lines(_file(tmp_path_factory.mktemp("lines"), text), WHOLE)) == placed


def _can_be_written(row):
    return isinstance(row, dict) and json.loads(json.dumps(row, ensure_ascii=False).encode()) == row


_PIECES = rb'([{"a:,1\]}\\ud8\n\r \[]{0,9}|\{"a": ?(1|"x"|NaN|"\\ud83d")\}\n){0,6}'


@settings(derandomize=True, deadline=None, max_examples=300)
@given(content=st.binary(max_size=60) | st.from_regex(_PIECES, fullmatch=True))
def test_any_bytes_are_read_or_refused_with_their_place(tmp_path_factory, content):
    read, said = _read(read_lines, _file(tmp_path_factory.mktemp("lines"), content))
    assert all(_can_be_written(row) for _, row in read)
    assert re.fullmatch(
        r"|a\.jsonl, line \d+ is no thing: .*\. Mend it\.|a\.jsonl cannot be read: line \d+ .*", said, re.DOTALL
    )


@settings(derandomize=True, deadline=None)
@given(rows=ROWS, share=st.floats(0, 1))
def test_a_file_that_a_crash_has_cut_loses_no_whole_line_and_tells_of_the_torn_one(rows, share):
    lines = [json.dumps(row) for row in rows]
    text = "\n".join(lines)
    cut = text[: int(share * len(text))].split("\n")
    torn = cut[-1] not in ("", *lines[len(cut) - 1 : len(cut)])
    read, said = _read(parse_lines, "\n".join(cut), "line ")
    assert [row for _, row in read] == rows[: len(cut) - (torn or not cut[-1])]
    assert said.partition(": ")[0] == (f"line {len(cut)} is no thing" if torn else "")


@settings(derandomize=True, deadline=None)
@given(ROWS, st.lists(st.sampled_from(["{", "[1]", "7", '{"a": 1, "a": 2}', "\0"]), min_size=6, max_size=6))
def test_who_leaves_out_a_broken_line_reads_all_others(rows, broken):
    lines = [line for row, bad in zip(rows, broken, strict=False) for line in (bad, json.dumps(row))]
    found = dict(values("\n".join(lines)))
    assert [found[2 * number] for number in range(1, len(rows) + 1)] == rows
    assert not any(isinstance(found[2 * number - 1], dict) for number in range(1, len(rows) + 1))


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"a": 1', "it is not valid JSON: Expecting ',' delimiter at character 8"),
        ('{"a": "b', "it is not valid JSON: Unterminated string starting at character 7"),
        ('{"a": 1} {"a": 2}', "it is not valid JSON: Extra data at character 9"),
        ('{"a": 1, "a": 2}', "it is not valid JSON: 'a' stands in it twice"),
        ('{"a": NaN}', "it is not valid JSON: NaN stands in it; write null where there is no value"),
        ('{"a": ["\\ud83d"]}', "it is not valid JSON: half a character stands in it"),
        pytest.param("[" * 100_000, "it is not valid JSON: its brackets lie too deep", id="brackets"),
        ('["a"]', "it holds no object but ['a']"),
        ("null", "it holds no object but None"),
    ],
)
def test_a_line_that_is_none_is_told_with_its_place_its_reason_and_what_to_do(line, reason):
    with pytest.raises(InputError) as caught:
        list(parse_lines(f'{{"b": 1}}\n\n{line}\n', "row ", WHOLE))
    assert str(caught.value) == f"row 3 is no thing: {reason}. Mend it."


def test_half_a_character_is_no_text_and_a_whole_one_in_two_escapes_is():
    assert dict(values('{"a": "\\ud83d\\ude00"}')) == {1: {"a": "😀"}}


@pytest.mark.parametrize(
    ("row", "reason"),
    [({}, "it lacks 'at'"), ({"at": "x"}, "invalid literal"), ({"at": None}, "int.. argument must be")],
)
def test_what_a_caller_cannot_take_is_told_in_the_same_way(row, reason):
    form = Form(lambda row: int(row["at"]), "is no time", "Write a number.", LabelError)
    with pytest.raises(LabelError, match=rf"^x 1 is no time: {reason}.*\. Write a number\.$"):
        list(parse_lines(json.dumps(row), "x ", form))
    assert list(parse_lines('{"at": "7"}', "x ", form)) == [("x 1", 7)]


def test_an_error_of_who_reads_is_not_taken_for_one_of_the_line():
    lines = parse_lines('{"a": 1}', "", WHOLE)
    next(lines)
    with pytest.raises(ValueError, match=r"^my own$"):
        lines.throw(ValueError("my own"))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"a": "å"}\n{"a": "å"}'.encode("utf-16"), "line 1 is no UTF-8. Save it as UTF-8."),
        ('{"a": "a"}\n{"a": "å"}'.encode("latin-1"), "line 2 is no UTF-8. Save it as UTF-8."),
        (None, "No such file or directory. Check that it is there, and that you may read it."),
    ],
)
def test_a_file_that_is_not_there_or_in_another_encoding_says_so(tmp_path, content, message):
    path = tmp_path / "a.jsonl" if content is None else _file(tmp_path, content)
    with pytest.raises(StorageError) as caught:
        read_text(path, StorageError)
    assert str(caught.value) == f"a.jsonl cannot be read: {message}"


@pytest.mark.parametrize("content", ["", "\n", "\ufeff", "\ufeff\r\n \n"])
def test_an_empty_file_holds_no_lines(tmp_path, content):
    assert list(read_lines(_file(tmp_path, content), WHOLE)) == []


def test_a_carriage_return_ends_no_line(tmp_path):
    with pytest.raises(InputError, match=r"a\.jsonl, line 1 is no thing: .*Extra data"):
        list(read_lines(_file(tmp_path, '{"a": 1}\r{"a": 2}'), WHOLE))
