"""Runs what a page shows as typed into a terminal, and compares it with what comes out."""

import re
import shlex
import subprocess
from pathlib import Path
from typing import Final

from typer.testing import CliRunner

from tenure.commands import passkey_file
from tenure.main import build
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.staff import operations as staff
from tenure.promises.staff.model import Role
from tests.commands.database import on
from tests.promises.pages import Block, Line
from tests.staff.given import by, key_of

PROMPT: Final = "$ "
BY_STAFF: Final = frozenset(
    {"consent", "line", "number", "person", "privacy", "staff", "topup", "vouchers"}
)
"""Commands that somebody of ours does."""
LEFT_OUT: Final = "…"
FILES: Final = frozenset({"cat", "cp", "diff", "grep", "ls", "mkdir", "sed"})
"""Programs besides ours that an example may use, in a folder of its own."""


def run(block: Block, folder: Path, database: str) -> None:
    """Run the commands of a block; an AssertionError names the first line that is otherwise.

    A line with only an ellipsis stands for any lines, one within a line for any words.
    ``(exit code 1)`` is the last line of what a command that fails says.
    """
    commands = _commands(block)
    if any(_by_demo(shlex.split(command.text.removeprefix(PROMPT))) for command, _ in commands):
        _enrol_demo(folder, database)
    for command, expected in commands:
        found = _output(command.text.removeprefix(PROMPT), folder, database)
        wrong = difference([line.text for line in expected], found)
        assert not wrong, f"{block.place(command)}: {command.text}\n{wrong}"


def _by_demo(typed: list[str]) -> bool:
    """Whether a command is done by the login demo, as commands are that name no other."""
    ours = typed[0] == "tenure" and typed[1] in BY_STAFF
    return ours and "--by" not in typed and typed[1:3] != ["staff", "enrol"]


def _enrol_demo(folder: Path, database: str) -> None:
    """Enrol demo as tenure up --demo does, unless somebody is enrolled."""
    path = folder / ".tenure" / "passkeys" / "demo"
    if not path.exists():
        passkey_file.create(path, key_of("demo"))

    async def enrol(pool: Pool) -> None:
        if not await perform(pool, staff.members):
            act, key = by("<test>"), key_of("demo").public
            await perform(pool, staff.enrol, "demo", "Demo", tuple(Role), act, key=key)

    on(database, enrol)


def _commands(block: Block) -> list[tuple[Line, list[Line]]]:
    found: list[tuple[Line, list[Line]]] = []
    for line in block.lines:
        if line.text.startswith(PROMPT):
            found.append((line, []))
        elif found and not found[-1][1] and found[-1][0].text.endswith("\\"):
            command = found[-1][0]
            joined = Line(command.number, f"{command.text[:-1].rstrip()} {line.text.strip()}")
            found[-1] = (joined, [])
        else:
            assert found, f"{block.place(line)}: a command begins with {PROMPT!r}"
            found[-1][1].append(line)
    return found


def _output(command: str, folder: Path, database: str) -> list[str]:
    program, *arguments = shlex.split(command)
    if program != "tenure":
        assert program in FILES, f"{command}: an example may use {sorted(FILES)}"
        done = subprocess.run(
            [program, *arguments], cwd=folder, capture_output=True, text=True, check=False
        )
        return _lines(done.stdout + done.stderr, done.returncode)
    result = CliRunner().invoke(build(arguments, {"dsn": database}), arguments)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return _lines(result.output, result.exit_code)


def _lines(output: str, code: int) -> list[str]:
    lines = [line.rstrip() for line in output.rstrip().splitlines()]
    return [*lines, f"(exit code {code})"] if code else lines


def difference(expected: list[str], found: list[str]) -> str:
    """What of the output is otherwise than on the page; "" when nothing is."""
    position = 0
    skipping = False
    for line in expected:
        if line.strip() == LEFT_OUT:
            skipping = True
            continue
        if not line.strip() and position == len(found):
            continue
        here = next((at for at in range(position, len(found)) if _is(line, found[at])), None)
        if here is None or (here > position and not skipping):
            there = found[position] if position < len(found) and not skipping else "nothing like it"
            return f"the page says:  {line}\nbut there is:   {there}\nin {found[:40]}"
        position, skipping = here + 1, False
    if position < len(found) and not skipping:
        return f"the page ends, but there is more:  {found[position]}"
    return ""


def _is(expected: str, found: str) -> bool:
    """An ellipsis within a line stands for anything."""
    pattern = ".*".join(re.escape(part) for part in expected.rstrip().split(LEFT_OUT))
    return re.fullmatch(pattern, found) is not None
