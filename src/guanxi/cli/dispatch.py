"""The table of commands and the way from the words on the command line to one of them.

Exit codes: 0 done, 1 failed (the message says why), 2 wrong usage, 130 interrupted.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from dataclasses import dataclass
from typing import Protocol, cast

from guanxi.cli.failure import CommandFailed
from guanxi.core.postgres import DatabaseUnavailable


class CommandModule(Protocol):
    """What the module of a command offers; its docstring is the description."""

    __doc__: str | None
    EXAMPLE: str

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments."""

    def run(self, arguments: argparse.Namespace) -> int:
        """Do the work and return the exit code."""


@dataclass(frozen=True)
class Command:
    """One command: its name, the module in ``guanxi.cli.commands``, and one line for the overview ("" hides it)."""

    name: str
    module: str
    summary: str


COMMANDS = (
    Command("demo", "demo", "set up and start the demo company"),
    Command("up", "up", "set up and start an installation of your own"),
    Command("migrate", "migrate", "bring the database to the state this version needs"),
    Command("import", "import_file", "read a file into the records"),
    Command("score", "score", "compute value, rhythm and the other figures of all customers"),
    Command("backup", "backup", "write the database and the files to a folder"),
    Command("restore", "restore", "bring a backup back, or prove that it can be"),
    Command("doctor", "doctor", "check the installation and say what to do"),
    Command("where", "where", "find the code of an action or record type"),
    Command("shell", "shell", "open Python with the records at hand"),
    Command("test", "test", "run the tests"),
    Command("bench", "bench", "measure, and compare with others"),
    Command("serve", "serve", ""),
    Command("worker", "worker", ""),
    Command("demo-load", "demo_load", ""),
    Command("setup-link", "setup_link", ""),
)


def main(words: list[str]) -> int:
    """Run the command that ``words`` name and return its exit code."""
    if not words or words[0] in ("-h", "--help", "help"):
        print(overview())
        return 0 if words else 2
    if words[0] == "--version":
        import guanxi

        print(getattr(guanxi, "__version__", "0.1.0"))
        return 0
    command = next((each for each in COMMANDS if each.name == words[0]), None)
    if command is None:
        print(f"guanxi: there is no command “{words[0]}”. `./guanxi --help` lists them.", file=sys.stderr)
        return 2
    return _run(command, words[1:])


def overview() -> str:
    """Return the text of ``./guanxi --help``."""
    lines = ["usage: ./guanxi COMMAND [OPTION ...]", "", "Commands:"]
    lines += [f"  {each.name:<10}{each.summary}" for each in COMMANDS if each.summary]
    lines += ["", "`./guanxi COMMAND --help` explains one and shows an example.", "Start with: ./guanxi demo"]
    return "\n".join(lines)


def load(command: Command) -> CommandModule:
    """Import the module of a command."""
    return cast(CommandModule, importlib.import_module(f"guanxi.cli.commands.{command.module}"))


def parser_of(command: Command, module: CommandModule) -> argparse.ArgumentParser:
    """Return the argument parser of a command, with its example at the end of the help."""
    parser = argparse.ArgumentParser(
        prog=f"./guanxi {command.name}",
        description=module.__doc__,
        epilog=f"Example:\n  {module.EXAMPLE}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    module.configure(parser)
    return parser


def _run(command: Command, words: list[str]) -> int:
    module = load(command)
    arguments = parser_of(command, module).parse_args(words)
    try:
        return module.run(arguments)
    except (CommandFailed, DatabaseUnavailable) as error:
        print(f"guanxi {command.name}: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:  # the reader of our output (head, less) went away
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        if not _is_refusal(error):
            raise
        print(f"guanxi {command.name}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"guanxi {command.name}: stopped.", file=sys.stderr)
        return 130


def _is_refusal(error: Exception) -> bool:
    """Tell whether a feature refused with a sentence of its own; looked up late: commands start without Django."""
    errors = sys.modules.get("guanxi.core.errors")
    return errors is not None and isinstance(error, errors.DomainError)
