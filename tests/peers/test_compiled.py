"""The compiled hot path does exactly what its sources do: the same tests pass with it."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[2]
# It replaces a constant of a module, and constants are compiled in.
LEFT_OUT: Final = (
    "tests/gateways/diameter/test_oddities.py::test_what_is_remembered_of_peers_has_an_end"
)
WITH_IT: Final = ("tests/charging", "tests/tariffs", "tests/gateways/diameter")


@pytest.mark.peer("cc")
def test_the_compiled_modules_pass_the_tests_of_their_sources() -> None:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    compiler = [sys.executable, str(ROOT / "tools" / "compiled.py")]
    subprocess.run(compiler, check=True, capture_output=True, env=environment)
    pytest_on_it = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *WITH_IT]
    paths = ["-o", "pythonpath=build/compiled tests .", f"--deselect={LEFT_OUT}"]

    done = subprocess.run(
        [*pytest_on_it, *paths],
        cwd=ROOT,
        env=environment | {"PYTHONPATH": f"build/compiled{os.pathsep}."},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout[-2000:]
    compiled = ROOT / "build" / "compiled" / "tenure" / "promises" / "charging" / "rules"
    assert list(compiled.glob("desk.*.so")), "nothing was compiled"
