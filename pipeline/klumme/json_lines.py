"""JSON Lines: the one reader of files that hold an object on each line, whoever wrote them.

Only a line feed ends a line, since a text may hold U+2028 and others that Python takes for line ends. Blank lines, and
the byte order marks of files that were put together, say nothing; any other line is read, or told by its place.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, NoReturn, TypeAlias, TypeVar

from klumme.errors import KlummeError

T = TypeVar("T")
Row: TypeAlias = dict[str, Any]

# What may stand around an object: a byte order mark, and the white space of JSON.
_AROUND = "\ufeff \t\r"


@dataclass(frozen=True, slots=True)
class Form(Generic[T]):
    """What a caller makes of the object on each line, and what its people should do about a line that is none.

    `wrong` goes on from the place: "anna.jsonl, line 3" "is not a label". What `make` raises of ValueError, TypeError,
    KeyError and AttributeError is the reason that follows.
    """

    make: Callable[[Row], T]
    wrong: str
    way_out: str
    error: type[KlummeError]


def read_lines(path: Path, form: Form[T]) -> Iterator[tuple[str, T]]:
    """Yield the place and the content of each line of a file, none of an empty one.

    Raises the form's error for a file that cannot be read, and for a line that does not hold what it should.
    """
    return parse_lines(read_text(path, form.error), f"{path.name}, line ", form)


def parse_lines(text: str, at: str, form: Form[T]) -> Iterator[tuple[str, T]]:
    """Yield the place and the content of each line of a text; a place is `at` and the number of the line, from 1.

    Raises the form's error for a line that does not hold what it should.
    """
    for number, value in values(text):
        place = f"{at}{number}"
        try:
            made = form.make(_object(value))
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            reason = f"it lacks {error}" if isinstance(error, KeyError) else error
            raise form.error(f"{place} {form.wrong}: {reason}.", form.way_out) from error
        yield place, made


def read_text(path: Path, error: type[KlummeError]) -> str:
    """Return the text of a file with its line ends as they are; raises `error` for one that is not there or no UTF-8.

    Python would else take a lone carriage return for the end of a line.
    """
    try:
        content = path.read_bytes()
        return content.decode()
    except OSError as problem:
        what = f"{path.name} cannot be read: {problem.strerror or problem}."
        raise error(what, "Check that it is there, and that you may read it.") from problem
    except UnicodeDecodeError as problem:
        line = content.count(b"\n", 0, problem.start) + 1
        raise error(f"{path.name} cannot be read: line {line} is no UTF-8.", "Save it as UTF-8.") from problem


def values(text: str) -> Iterator[tuple[int, Any]]:
    """Yield the number of each line that is not blank and what it holds: a value, or a ValueError that says why none.

    The error is not raised, for those who leave out a line and read the next.
    """
    for number, line in enumerate(text.split("\n"), 1):
        bare = line.strip(_AROUND)
        if bare and not bare.isspace():
            yield number, _value(bare)


def _object(value: Any) -> Row:
    if isinstance(value, ValueError):
        raise ValueError(f"it is not valid JSON: {value}") from value
    if not isinstance(value, dict):
        raise TypeError(f"it holds no object but {value!r:.40}")
    return value


def _value(line: str) -> Any:
    try:
        value, end = _DECODER.raw_decode(line)
        if end < len(line):
            raise json.JSONDecodeError("Extra data", line, end)
        if "\\" in line:
            json.dumps(value, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        return ValueError(f"{error.msg.removesuffix(' at')} at character {error.pos + 1}")
    except UnicodeEncodeError:
        # An escape such as \ud83d without its other half: no table, no index and no file takes it.
        return ValueError("half a character stands in it")
    except RecursionError:
        return ValueError("its brackets lie too deep")
    except ValueError as error:
        return error
    return value


def _once(pairs: list[tuple[str, Any]]) -> Row:
    """Refuse a key that stands twice: of its two values one would be dropped in silence."""
    row = dict(pairs)
    if len(row) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"{next(name for name in names if names.count(name) > 1)!r} stands in it twice")
    return row


def _no_number(name: str) -> NoReturn:
    """Refuse NaN and Infinity, which Python writes and JSON does not know: a missing author would be called nan."""
    raise ValueError(f"{name} stands in it; write null where there is no value")


_DECODER = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_no_number)
