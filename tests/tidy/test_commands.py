"""Every command says what it does, with an example, and can answer a program."""

import shlex
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec

import pytest
import typer
from typer.main import get_command

from tenure.main import COMMANDS
from tenure.settings import KNOWN

OPTIONS_OF_NO_COMMAND = {"peers"}
"""A setting that is a list, and so has no option."""


WRITTEN = [name for name in COMMANDS if find_spec(f"tenure.commands.{name}") is not None]


def commands() -> Iterator[tuple[str, typer.models.CommandInfo]]:
    """Every command that a person can type, with its name."""
    for family in WRITTEN:
        registered = import_module(f"tenure.commands.{family}").app.registered_commands
        for command in registered:
            assert command.callback
            own = command.name or command.callback.__name__.replace("_", "-")
            yield (family if len(registered) == 1 else f"{family} {own}"), command


ALL = dict(commands())


def options(name: str) -> set[str]:
    """The options of a command, as they are typed."""
    app = typer.Typer()
    callback = ALL[name].callback
    assert callback
    app.command()(callback)
    return {option for parameter in get_command(app).params for option in parameter.opts}


@pytest.mark.parametrize("name", ALL)
def test_its_help_has_an_example_of_itself(name: str) -> None:
    callback = ALL[name].callback
    text = ALL[name].help or (callback.__doc__ if callback else "") or ""
    examples = [line for line in text.splitlines() if f"tenure {name}" in line]
    assert examples, "end its docstring with Example: and a line that can be typed"
    typed = shlex.split(examples[0].partition("tenure ")[2].rstrip("`"))
    unknown = {word.partition("=")[0] for word in typed if word.startswith("--")} - options(name)
    assert unknown == set(), "the example uses options that the command does not have"


@pytest.mark.parametrize("name", ALL)
def test_it_can_answer_a_program(name: str) -> None:
    assert "--json" in options(name)


def test_every_setting_is_an_option_of_up() -> None:
    typed = {option.removeprefix("--") for option in options("up")}
    assert set(KNOWN) - OPTIONS_OF_NO_COMMAND - typed == set()


def test_every_family_that_the_help_names_is_written() -> None:
    assert set(COMMANDS) - set(WRITTEN) == set()
