"""make check forgets no test, and a peer that is missing is named."""

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tools import check
from tools.check import ROOT, STAGES, command_of, home_of

STEPS = {name for stage in STAGES for name in stage}
TESTS = sorted((ROOT / "tests").rglob("test_*.py"))
NEEDS_NOBODY_HAS = """
import pytest

@pytest.mark.peer("sh", "no-such-program")
def test_with_a_peer() -> None:
    raise AssertionError("it ran")
"""

FAILS_ONCE = """
from pathlib import Path

def test_by_chance() -> None:
    seen = Path(__file__).with_suffix(".seen")
    again = seen.exists()
    seen.touch()
    assert again, "the first time"

def test_steady() -> None:
    pass
"""
FAILS = """
def test_wrong() -> None:
    assert False, "each time"
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


@pytest.mark.parametrize(
    ("text", "again", "code", "words"),
    [
        (FAILS_ONCE, 0, 1, "FAILED  1 failed, 1 passed"),
        (FAILS_ONCE, 1, 0, "1 unsteady, 1 passed"),
        (FAILS_ONCE + FAILS, 2, 1, "FAILED  2 failed, 1 passed"),
    ],
)
def test_what_failed_by_chance_is_named(
    text: str,
    again: int,
    code: int,
    words: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    check.LOGS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=check.LOGS) as folder:
        trial = Path(folder) / "test_trial.py"
        trial.write_text(text, encoding="utf-8")
        monkeypatch.setattr(check, "LOGS", Path(folder))
        monkeypatch.setattr(check, "AGAIN", again)
        monkeypatch.setattr(check, "STAGES", (("trial",),))
        monkeypatch.setattr(check, "command_of", lambda name: check.run_of(name, [str(trial)]))
        assert check.main([]) == code
    told = capsys.readouterr().out
    assert words in told
    assert "the first time" in told
    assert ("failed once, passed when run again alone" in told) == (code == 0)
