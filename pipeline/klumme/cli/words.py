"""Commands that take a query: its words may begin with a minus, as in `-skole`, and are still no options."""

import re
from collections.abc import Sequence

import click

# So a terminal user writes an option: a minus and one plain letter. Danish words of one letter are å and ø.
_SHORT = re.compile(r"-[A-Za-z]$")


class QueryCommand(click.Command):
    """A command whose words may begin with one minus, anywhere on the line; two begin an option, known or not."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Part options from words, and hand the words over where click takes them as they are: after `--`."""
        options, words = self._parted(ctx, args)
        return super().parse_args(ctx, [*options, "--", *words] if words else options)

    def _parted(self, ctx: click.Context, args: Sequence[str]) -> tuple[list[str], list[str]]:
        options: list[str] = []
        words: list[str] = []
        known, rest = self._options(ctx), list(args)
        while rest:
            given = rest.pop(0)
            if given == "--":
                return options, [*words, *rest]
            if not (given.startswith("--") or given in known):
                words.append(_word(ctx, given, known))
                continue
            options.append(given)
            if known.get(given):
                if not rest:
                    return options, []  # click says that the value is missing; `--` must not become it
                options.append(rest.pop(0))
        return options, words

    def _options(self, ctx: click.Context) -> dict[str, bool]:
        """Return the options by their names, and whether the next argument is their value."""
        options = [param for param in self.get_params(ctx) if isinstance(param, click.Option)]
        return {name: not option.is_flag for option in options for name in option.opts}


def _word(ctx: click.Context, given: str, known: dict[str, bool]) -> str:
    """Return a word as it is; raise UsageError for one that was probably meant as an option."""
    meant = f"-{given.partition('=')[0]}"
    if meant in known:
        ctx.fail(f"'{given}' is no option. Write {meant}; to leave out the word, put it last: -- {given}")
    if _SHORT.match(given):
        names = ", ".join(sorted(known))
        ctx.fail(f"There is no option '{given}'. Known are: {names}. To leave out the word, put it last: -- {given}")
    return given
