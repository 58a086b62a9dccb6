"""The options that say how a query is read, the same for every command that takes one."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

compounds_option = click.option("--compounds", is_flag=True, help="Find each word also as a part of compounds.")
_cql_option = click.option(
    "--cql", is_flag=True, help="Read the words as corpus query language, whatever they begin with."
)


def reading_options(function: F) -> F:
    """Add --cql and --compounds to a command, which gets both as `reading` (`klumme.query.question.Reading`)."""

    @wraps(function)
    def with_reading(*given: Any, cql: bool, compounds: bool, **options: Any) -> Any:
        return function(*given, reading={"cql": cql, "compounds": compounds}, **options)

    return _cql_option(compounds_option(with_reading))  # type: ignore[return-value]
