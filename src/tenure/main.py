"""The entry point: reads the settings, and mounts the commands that a person types.

Only the file of the command that was asked for is imported, so that ``tenure rate`` starts at once.
"""

import os
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import typer

from tenure import settings

COMMANDS: Final[Mapping[str, str]] = {
    "up": "Run Tenure: the store, the gateways, the page, and a demo population if you like.",
    "terms": "Check an operator's pack of terms.",
    "rate": "Price one usage and explain it, without a database.",
    "tariff": "Publish prices, see who was told of them, and withdraw them.",
    "document": "Publish general terms and privacy notices, and tell everybody.",
    "campaign": "Show, go on with, pause and cancel what is told to many.",
    "charge": "Charge usage records from a file.",
    "vouchers": "Issue, block and report top-up cards.",
    "topup": "Add funds to a number.",
    "line": "Show a number: funds, validity, stage, last charges in words.",
    "notices": "Show what subscribers were told, and send what waits.",
    "access": "Restrict, suspend, terminate and lift, each with reason, clause and notice.",
    "number": "Stock numbers and SIMs, sell them, and show whose a number is and was.",
    "person": "Enter people and whoever else we know of; correct, contact, merge, show.",
    "consent": "Keep what people agree to and refuse, show it, and hand out receipts.",
    "privacy": "See what is held about people, answer their rights, and end what must end.",
    "staff": "Enrol, suspend and list the logins of staff.",
    "record": "Verify the record, show its checkpoints and witnesses, hand out receipts.",
    "witness": "Watch logs of others and cosign what only grows: a program of its own.",
    "hlr": "Compare the network with what was proven to it, and put it right.",
    "smpp": "Check the file of message centres and providers, and hash their passwords.",
    "prove": "Attack what is promised, in a fresh database, and show what happens.",
    "promises": "Show each promise, what keeps it, and whether it is kept.",
    "migrate": "Bring a database to the shape this version needs.",
}
"""Each family of commands, in the order of the help, with its sentence there."""

DONE, FAILED, ASKED_WRONGLY = 0, 1, 2


def main() -> None:
    """Run the command line; the exit code says how it ended."""
    if not __debug__:
        sys.exit(
            "tenure: python -O and PYTHONOPTIMIZE remove checks this program relies on; run without"
        )
    try:
        defaults = settings.read(os.environ, Path.cwd())
    except settings.WrongSettings as wrong:
        sys.stderr.write(f"tenure: {wrong}\n")
        sys.exit(ASKED_WRONGLY)
    build(sys.argv[1:], defaults)(prog_name="tenure")


def build(arguments: Sequence[str], defaults: Mapping[str, object]) -> typer.Typer:
    """The command line for these arguments: the command asked for in full, the others by name."""
    app = typer.Typer(
        help="The system of record of a mobile operator: the published terms are the program.",
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback(invoke_without_command=False)(_nothing_of_its_own)
    asked = next((argument for argument in arguments if not argument.startswith("-")), None)
    default_map: dict[str, Any] = {}
    for name, sentence in COMMANDS.items():
        if name == asked:
            default_map[name] = _mount(app, name, sentence, defaults)
        else:
            app.command(name, help=sentence)(_not_asked_for)
    assert app.info.context_settings
    app.info.context_settings["default_map"] = default_map
    return app


def _mount(
    app: typer.Typer, name: str, sentence: str, defaults: Mapping[str, object]
) -> dict[str, Any]:
    """Add the commands of one file to the command line; returns the defaults of their options."""
    family: typer.Typer = import_module(f"tenure.commands.{name}").app
    commands = family.registered_commands
    if len(commands) == 1 and not family.registered_groups and family.registered_callback is None:
        assert commands[0].callback
        app.command(name, help=commands[0].help, short_help=sentence)(commands[0].callback)
        return dict(defaults)
    app.add_typer(family, name=name)
    return _defaults_of(family, defaults)


def _defaults_of(family: typer.Typer, defaults: Mapping[str, object]) -> dict[str, Any]:
    """The defaults of a family, of its commands, and of the families within it."""
    found: dict[str, Any] = dict(defaults)
    for command in family.registered_commands:
        found[_name_of(command)] = dict(defaults)
    for group in family.registered_groups:
        assert group.typer_instance
        found[str(group.name)] = _defaults_of(group.typer_instance, defaults)
    return found


def _name_of(command: Any) -> str:
    return str(command.name or command.callback.__name__.replace("_", "-"))


def _nothing_of_its_own() -> None:
    """Exist, so that typer keeps the commands as commands even when only one is mounted."""


def _not_asked_for() -> None:
    """Stand for a command whose file was not imported; never called, since it was not asked for."""
    raise AssertionError


if __name__ == "__main__":
    main()
