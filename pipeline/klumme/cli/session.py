"""What every command needs: the workspace, its settings, and a way to show progress."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import click

from klumme.report import Progress, quiet
from klumme.settings import Settings, load_settings
from klumme.workspace import Workspace, open_workspace

T = TypeVar("T")


@dataclass
class Session:
    """One call of the command line."""

    root: str | None
    quiet: bool

    @cached_property
    def workspace(self) -> Workspace:
        """The corpus that --root names."""
        return open_workspace(self.root)

    @cached_property
    def settings(self) -> Settings:
        """The settings of that corpus."""
        return load_settings(self.workspace.settings)

    @property
    def progress(self) -> Progress:
        """A progress bar on standard error, or nothing when --quiet was given."""
        return quiet if self.quiet else bar


def bar(items: Iterable[T], total: int | None, what: str) -> Iterator[T]:
    """Show a bar on standard error, redrawn in a terminal and printed once where there is none."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description:<32}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        yield from progress.track(items, total=total, description=what)


pass_session = click.make_pass_decorator(Session)
