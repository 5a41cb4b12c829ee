"""The lint rules of our own bite where they should, and not at the edge."""

import subprocess
import sys

import pytest

EDGES = [
    "src/tenure/gateways/diameter/server.py",
    "src/tenure/commands/charge.py",
    "tests/simulator/world.py",
]
BELOW = [
    "src/tenure/promises/money/rules.py",
    "src/tenure/promises/charging/operations.py",
    "src/tenure/gateways/diameter/translate.py",
    "src/tenure/postgres/pool.py",
    "src/tenure/values/instant.py",
]
CLOCK_CHANCE_AND_IDENTITY = [
    "from datetime import UTC, datetime\n\nNOW = datetime.now(UTC)\n",
    "from datetime import date\n\nTODAY = date.today()\n",
    "import time\n\nNOW = time.time()\n",
    "import time\n\nNOW = time.time_ns()\n",
    "import uuid\n\nNEW = uuid.uuid4()\n",
    "import uuid\n\nNEW = uuid.uuid1()\n",
    "import random\n\nDIE = random.Random(1)\n",
    "import secrets\n\nPIN = secrets.randbelow(10)\n",
]
OTHERS = {
    "TID252": "from .model import Purse\n",
    "TID251": "from unittest.mock import Mock\n",
    "C901": "def f(a: int) -> int:\n"
    + "".join(f"    if a == {n}:\n        return {n}\n" for n in range(8))
    + "    return a\n",
    "PLR0913": "def f(a: int, b: int, c: int, d: int, e: int, f: int, g: int) -> None: ...\n",
    "E501": f'A = "{"a" * 100}"\n',
}


def codes(path: str, text: str) -> set[str]:
    """The rules that a text would break, were it this file."""
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "ruff",
            "check",
            "--output-format=concise",
            f"--stdin-filename={path}",
        ],
        input=f'"""A file."""\n\n{text}',
        capture_output=True,
        text=True,
        check=False,
    )
    assert not done.stderr.strip() or done.stdout, done.stderr
    return {word for line in done.stdout.splitlines() for word in line.split()[1:2]}


@pytest.mark.parametrize("text", CLOCK_CHANCE_AND_IDENTITY)
def test_clock_chance_and_identity_enter_at_the_edge_only(text: str) -> None:
    below = {path: "TID251" in codes(path, text) for path in BELOW}
    edges = {path: "TID251" in codes(path, text) for path in EDGES}
    assert below == dict.fromkeys(BELOW, True)
    assert edges == dict.fromkeys(EDGES, False)


@pytest.mark.parametrize("code", OTHERS)
def test_the_other_rules_bite(code: str) -> None:
    assert code in codes("src/tenure/promises/money/rules.py", OTHERS[code])


def test_the_edge_is_free_in_what_it_is_the_edge_of_and_no_more() -> None:
    server = "src/tenure/gateways/nchf/server.py"
    bitten = {code for code, text in OTHERS.items() if code in codes(server, text)}
    assert bitten == OTHERS.keys() - {"TID251"}
