"""make check forgets no test, and a peer that is missing is named."""

import subprocess
import sys
from pathlib import Path

import pytest

from tools.check import ROOT, STAGES, command_of, home_of

STEPS = {name for stage in STAGES for name in stage}
TESTS = sorted((ROOT / "tests").rglob("test_*.py"))
NEEDS_NOBODY_HAS = """
import pytest

@pytest.mark.peer("sh", "no-such-program")
def test_with_a_peer() -> None:
    raise AssertionError("it ran")
"""


def test_every_test_belongs_to_one_step() -> None:
    run = [word for name in STEPS for word in command_of(name) or [] if word.endswith(".py")]
    assert sorted(run) == [str(test) for test in TESTS]


@pytest.mark.parametrize(
    ("path", "step"),
    [
        ("charging/test_rules.py", "rules"),
        ("charging/rules/test_metering.py", "rules"),
        ("tariffs/test_book.py", "rules"),
        ("charging/test_operations.py", "store"),
        ("postgres/test_embedded.py", "store"),
        ("gateways/diameter/test_wire.py", "gateways"),
        ("commands/test_rate.py", "commands"),
        ("promises/test_pages.py", "promises"),
        ("simulator/test_simulator.py", "simulator"),
        ("peers/test_kamailio.py", "peers"),
        ("test_new.py", "store"),
    ],
)
def test_where_a_test_belongs(path: str, step: str) -> None:
    assert home_of(ROOT / "tests" / path) == step


@pytest.mark.parametrize(
    ("required", "code", "words"), [("0", 0, "1 skipped"), ("1", 1, "1 error")]
)
def test_a_missing_peer_is_named(tmp_path: Path, required: str, code: int, words: str) -> None:
    trial = tmp_path / "test_trial.py"
    trial.write_text(NEEDS_NOBODY_HAS, encoding="utf-8")
    options = ["-q", "-p", "no:cacheprovider", "-p", "tests.conftest", "-c", "pyproject.toml"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, str(trial)],
        cwd=ROOT,
        env={
            "TENURE_REQUIRE_PEERS": required,
            "PATH": "/usr/bin:/bin",
            "PYTHONPATH": "src:.",
            "COLUMNS": "200",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code
    assert words in done.stdout
    assert "test_with_a_peer needs no-such-program; .ci/run installs them" in done.stdout
