"""Compiles the hot path with mypyc, into a copy of the sources that does what they do.

    python tools/compiled.py

Nothing needs it: the same files run uncompiled.  It needs a C compiler, takes half a minute, and is
made anew when a source has changed.  Run from the copy: PYTHONPATH=build/compiled.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final, NoReturn

ROOT: Final = Path(__file__).resolve().parents[1]
BUILD: Final = ROOT / "build" / "compiled"
MARK: Final = BUILD / "made-from"
SOURCES: Final = ("src/tenure", "migrations", "operators")
HOT: Final = (
    "values/money.py",
    "promises/charging/operations.py",
    "promises/money/operations.py",
    "promises/numbers/rules/stages.py",
    "promises/money/rules.py",
    "promises/tariffs/rules/cover.py",
    "promises/tariffs/rules/route.py",
    "promises/tariffs/rules/timeline.py",
    "promises/tariffs/rules/walk.py",
    "promises/charging/rules/admission.py",
    "promises/charging/rules/desk.py",
    "promises/charging/rules/events.py",
    "promises/charging/rules/metering.py",
    "promises/charging/rules/reserving.py",
    "promises/charging/rules/sessions.py",
    "promises/charging/rules/staleness.py",
    "promises/charging/rules/words.py",
    "gateways/files/translate.py",
    "gateways/files/wire.py",
    "gateways/diameter/wire/quick.py",
    "gateways/diameter/wire/words.py",
    "gateways/diameter/translate/parties.py",
    "gateways/diameter/translate/places.py",
    "gateways/diameter/translate/request.py",
    "gateways/diameter/translate/response.py",
    "gateways/diameter/translate/units.py",
)
"""Where a request of the hot path spends its time in Python of ours (bench/README.md)."""

SPOILED: Final = re.compile(
    r"^class .*Struct,.*\b(?:array_like|forbid|kw_only|omit|order|rename|tag)", re.MULTILINE
)
"""mypyc drops what is said beside a base class: harmless for frozen and gc, but not for these."""
SETUP: Final = """
import sys
from mypyc.build import mypycify
from setuptools import setup
setup(name="tenure-hot", packages=[], script_args=["-q", "build_ext", "--inplace"],
      ext_modules=mypycify(["--no-error-summary", *sys.argv[1:]], opt_level="3"))
"""


def main() -> None:
    """Make the copy and compile it, unless it is there and nothing has changed."""
    digest = _digest()
    if MARK.is_file() and MARK.read_text(encoding="ascii") == digest:
        return
    if shutil.which(os.environ.get("CC", "cc")) is None:
        _give_up("there is no C compiler; install one (Debian: apt-get install gcc libc6-dev)")
    shutil.rmtree(BUILD, ignore_errors=True)
    package = BUILD / "tenure"
    shutil.copytree(ROOT / "src" / "tenure", package, ignore=shutil.ignore_patterns("__pycache__"))
    for folder in ("migrations", "operators"):
        shutil.copytree(ROOT / folder, package / folder)
    files = [f"tenure/{file}" for file in HOT]
    for file in files:
        if SPOILED.search((BUILD / file).read_text(encoding="utf-8")):
            _give_up(f"{file} defines a struct that compiling would change; move it to a model")
    print(f"compiling {len(files)} modules …", flush=True)
    environment = os.environ | {"PYTHONPATH": str(BUILD), "MYPYPATH": str(BUILD)}
    done = subprocess.run(  # noqa: S603 -- a command of ours
        [sys.executable, "-c", SETUP, *files],
        cwd=BUILD,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        _give_up(f"mypyc could not compile them:\n{done.stdout}{done.stderr}")
    shutil.rmtree(BUILD / "build", ignore_errors=True)
    MARK.write_text(digest, encoding="ascii")
    print(f"compiled into {BUILD.relative_to(ROOT)}")


def _digest() -> str:
    """Of every file that goes into the copy, and of the Python that compiles it."""
    digest = hashlib.sha256(sys.version.encode())
    for folder in SOURCES:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    digest.update(Path(__file__).read_bytes())
    return digest.hexdigest()


def _give_up(words: str) -> NoReturn:
    sys.exit(f"make compiled: {words}")


if __name__ == "__main__":
    main()
