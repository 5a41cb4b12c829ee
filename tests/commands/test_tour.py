"""The tour of the README, typed into a shell beside a running Tenure, prints what it says."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.commands.test_up import data, running
from tests.promises.console import PROMPT, difference
from tests.promises.pages import ROOT, SHELL, Line, blocks
from tools.photo_provider import Handler

__all__ = ["data"]

NEXT = "<<next>>"
BINARIES = Path(sys.executable).parent
SECONDS_MAX = 600
"""A tour that takes longer hangs."""


@pytest.fixture
def photos() -> Iterator[str]:
    """Where the provider that the README starts can be found."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def commands(page: Path) -> list[tuple[Line, str, list[str]]]:
    """Each command where it stands, as it is typed, with what it prints."""
    found: list[tuple[Line, str, list[str]]] = []
    for block in blocks(page, (SHELL,)):
        for line in block.lines:
            if line.text.startswith(PROMPT):
                found.append((line, line.text.removeprefix(PROMPT), []))
            elif found[-1][1].endswith("\\"):
                found[-1] = (found[-1][0], f"{found[-1][1]}\n{line.text}", [])
            else:
                found[-1][2].append(line.text)
    return found


def script(typed: list[str]) -> str:
    """The commands for a shell that says where the next begins, and with what one ended."""
    code = 'code=$?; [ $code = 0 ] || echo "(exit code $code)"'
    return "exec 2>&1 </dev/null\n" + "".join(f"{one}\n{code}\necho '{NEXT}'\n" for one in typed)


def printed_by(typed: str, folder: Path, environment: dict[str, str]) -> str:
    """What a shell prints; what it had printed, if it waits for something that never comes."""
    with (folder / "printed").open("w") as printed:
        shell = subprocess.Popen(
            ["/bin/bash", "-c", typed], cwd=folder, env=environment, stdout=printed
        )
        try:
            shell.wait(SECONDS_MAX)
        except subprocess.TimeoutExpired:
            shell.kill()
            shell.wait()
    return (folder / "printed").read_text()


def test_every_command_of_the_tour_prints_what_the_readme_says(data: Path, photos: str) -> None:
    folder, tour = data.parent, commands(ROOT / "README.md")
    for name in ("docs", "operators", "tools"):
        (folder / name).symlink_to(ROOT / name)
    (folder / ".venv").symlink_to(BINARIES.parent)
    environment = {name: os.environ[name] for name in os.environ if not name.startswith("TENURE_")}
    environment |= {"TENURE_PHOTO_PROVIDER": photos, "COLUMNS": "80"}
    environment |= {"PATH": f"{BINARIES}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT / "src")}
    with running(folder / ".tenure") as tenure:
        tenure.until(
            lambda live: bool(live.charges and live.record_well and "leaves" in live.record)
        )
        threading.Thread(target=tenure.output.read, daemon=True).start()
        typed = script([one for _, one, _ in tour])
        printed = printed_by(typed, folder, environment).split(f"{NEXT}\n")
    wrong = [
        f"README.md:{line.number}: {typed}\n{told}"
        for (line, typed, expected), found in zip(tour, printed, strict=False)
        if (told := difference(expected, [one.rstrip() for one in found.splitlines()]))
    ]
    assert not wrong, wrong[0]
    assert len(printed) == len(tour) + 1
