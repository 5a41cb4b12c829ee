"""Runs the steps of make check, from cheapest to dearest, and stops at the first that fails.

    python tools/check.py [STEP …]

Steps of one stage run side by side.  Every test file belongs to exactly one step.  With
TENURE_CHECK_AGAIN=N up to N tests of a step that failed are run once more, alone; what passes then
is named as unsteady, with how it failed (decision 0091).
"""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).resolve().parents[1]
BIN: Final = ROOT / ".venv" / "bin"
LOGS: Final = ROOT / ".check"
CODE: Final = ("src", "tests", "tools", "bench")
STAGES: Final = (
    ("format", "lint", "shape"),
    ("types", "tidy"),
    ("rules", "store"),
    ("commands", "gateways", "simulator", "promises"),
    ("peers",),
)
WORKERS: Final = {"store": "2", "peers": "2"}
"""The long steps of a stage use both cores; in the others the steps themselves do."""
SIDE_BY_SIDE: Final = 3
"""So many steps of a stage at once, the longest first: a step waits for PostgreSQL now and then."""
PYTEST: Final = (str(BIN / "python"), "-m", "pytest", "-q", "-c", "pyproject.toml")
AGAIN: Final = int(os.environ.get("TENURE_CHECK_AGAIN", "0"))
PURE: Final = {"rules", "tariffs", "terms", "values"}
COUNTED: Final = re.compile(r"([0-9]+) (passed|failed|skipped|error|errors|xfailed|deselected)\b")

FAILED: Final = {"failed", "error", "errors"}


class Step(NamedTuple):
    """A step under way."""

    name: str
    process: "subprocess.Popen[bytes] | None"
    started: float


def home_of(test: Path) -> str:
    """The step that runs a test file, by where it lies and what it is called."""
    folder, *_ = test.relative_to(ROOT / "tests").parts
    if folder in {"tidy", "peers", "simulator", "promises", "gateways", "commands"}:
        return folder
    if folder in PURE or "rules" in test.stem or "rules" in test.parent.name:
        return "rules"
    return "store"


def command_of(name: str) -> list[str] | None:
    """The command of a step; None if there is nothing for it to do."""
    code = [folder for folder in CODE if (ROOT / folder).is_dir()]
    tools = {
        "format": [str(BIN / "ruff"), "format", "--check", "--quiet", *code],
        "lint": [str(BIN / "ruff"), "check", "--quiet", *code],
        "shape": [str(BIN / "lint-imports"), "--no-logo"],
        "types": [str(BIN / "mypy"), "--no-error-summary"],
    }
    if name in tools:
        return tools[name]
    tests = [
        str(test) for test in sorted((ROOT / "tests").rglob("test_*.py")) if home_of(test) == name
    ]
    if not tests:
        return None
    return run_of(name, tests)


def run_of(name: str, tests: Sequence[str]) -> list[str]:
    """The command that runs a step's tests, and remembers which of them failed."""
    workers = ["-n", WORKERS[name]] if name in WORKERS else []
    memory = f"cache_dir={LOGS / 'memory' / name}"
    return [*PYTEST, "-o", memory, *workers, *tests]


def main(asked: Sequence[str]) -> int:
    """Run the stages; the exit code is 0 when every step passed."""
    known = [name for stage in STAGES for name in stage]
    if unknown := set(asked) - set(known):
        print(f"no such step: {', '.join(sorted(unknown))}; there are {', '.join(known)}")
        return 2
    LOGS.mkdir(exist_ok=True)
    shutil.rmtree(LOGS / "memory", ignore_errors=True)
    started = time.monotonic()
    counts: dict[str, int] = {}
    for stage in STAGES:
        for step, code in _ended([name for name in stage if not asked or name in asked]):
            if not _report(step, code, counts):
                print(f"\nstopped at {step.name} after {time.monotonic() - started:.0f} s")
                return 1
    words = ", ".join(f"{number} {word}" for word, number in counts.items())
    print(f"\n===== {words or 'no tests'} in {time.monotonic() - started:.0f} s =====")
    return 0


def _begun(name: str) -> Step:
    command = command_of(name)
    if command is None:
        return Step(name, None, time.monotonic())
    return Step(name, _run(command, LOGS / f"{name}.log"), time.monotonic())


def _run(command: Sequence[str], log: Path) -> "subprocess.Popen[bytes]":
    environment = os.environ | {"PYTHONPATH": "src:.", "NO_COLOR": "1", "COLUMNS": "100"}
    with log.open("wb") as file:
        return subprocess.Popen(  # noqa: S603 -- a command of ours
            command, cwd=ROOT, env=environment, stdout=file, stderr=file, stdin=subprocess.DEVNULL
        )


def _unsteady(name: str) -> list[str]:
    """The tests of a step that failed, if they are few and all pass when run again alone."""
    memory = LOGS / "memory" / name / "v" / "cache" / "lastfailed"
    failed = list(json.loads(memory.read_text())) if memory.exists() else []
    if not 0 < len(failed) <= AGAIN or any("::" not in one for one in failed):
        return []
    command = [*PYTEST, "-p", "no:cacheprovider", "-n0", *failed]
    return [] if _run(command, LOGS / f"{name}.again.log").wait() else failed


def _ended(names: Sequence[str]) -> Iterator[tuple[Step, int]]:
    """Each step as it ends; the others are ended too when nobody wants to hear of them any more."""
    waiting = list(names)
    steps: list[Step] = []
    try:
        while waiting or steps:
            while waiting and len(steps) < SIDE_BY_SIDE:
                steps.append(_begun(waiting.pop(0)))
            for step in list(steps):
                code = 0 if step.process is None else step.process.poll()
                if code is not None:
                    steps.remove(step)
                    yield step, code
            time.sleep(0.05)
    finally:
        for step in steps:
            if step.process is not None:
                step.process.terminate()
                step.process.wait()


def _report(step: Step, code: int, counts: dict[str, int]) -> bool:
    """Say how a step went: one line, and all it had to say if it failed."""
    seconds = time.monotonic() - step.started
    if step.process is None:
        print(f"  {step.name:<10} {'':>8}  nothing to run yet")
        return True
    output = (LOGS / f"{step.name}.log").read_text(errors="replace")
    lines = output.strip().splitlines()
    summary = lines[-1].strip("= ") if lines and step.process.args[1:3] == ["-m", "pytest"] else ""  # type: ignore[index]
    unsteady = _unsteady(step.name) if code else []
    if code:
        print(output)
    word = "UNSTEADY" if unsteady else "FAILED" if code else "ok"
    print(f"  {step.name:<10} {seconds:6.1f} s  {word}  {summary}", flush=True)
    for one in unsteady:
        print(f"  {'':<10}   failed once, passed when run again alone: {one}")
    for number, kind in COUNTED.findall(summary):
        counted = "unsteady" if unsteady and kind in FAILED else kind
        counts[counted] = counts.get(counted, 0) + int(number)
    skipped = [line.partition(": ")[2] or line for line in lines if line.startswith("SKIPPED")]
    for reason in dict.fromkeys(skipped):
        print(f"  {'':<10}   not run: {reason}")
    return code == 0 or bool(unsteady)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
