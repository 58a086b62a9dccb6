"""The entry point: commands are loaded when they are called, and every error is shown here."""

import logging
import sys
from importlib import import_module

import click

from klumme import __version__
from klumme.cli.commands import COMMANDS
from klumme.cli.session import Session
from klumme.errors import KlummeError, did_you_mean


class LazyGroup(click.Group):
    """A group that knows its commands by name and help line, and imports one only to run it."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands in the order in which one uses them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Import the file of one command."""
        if name not in COMMANDS:
            return None
        command = getattr(import_module(f"klumme.cli.{COMMANDS[name].module}"), name.replace("-", "_") + "_command")
        assert isinstance(command, click.Command)  # noqa: S101
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or say which one was probably meant."""
        if args[0] not in COMMANDS and not args[0].startswith("-"):
            ctx.fail(f"There is no command '{args[0]}'. {did_you_mean(args[0], COMMANDS)}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Print the help lines without importing any command."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, command.help) for name, command in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--root", metavar="DIR", help="Work on the corpus in DIR (or set KLUMME_ROOT).")
@click.option("--quiet", is_flag=True, help="Show no progress bars.")
@click.version_option(__version__, prog_name="klumme")
@click.pass_context
def klumme(context: click.Context, root: str | None, quiet: bool) -> None:
    """Collect what local politicians write, tag it with themes of governance, and ask the corpus."""
    context.obj = Session(root, quiet)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and leave with its exit code."""
    logging.basicConfig(level=logging.WARNING, format="klumme: %(message)s")
    sys.exit(run(arguments))


def run(arguments: list[str] | None = None) -> int:
    """Run one command; every error ends as one message on standard error and an exit code."""
    try:
        klumme.main(args=arguments, prog_name="klumme", standalone_mode=False)
    except KlummeError as error:
        click.echo(f"klumme: {error}", err=True)
        return error.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        click.echo("klumme: Stopped. What was done is kept; the same command goes on from here.", err=True)
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    return 0
