"""Makes .venv from the lock files, once; the interpreter of the machine runs this, so only stdlib.

python3 tools/environment.py [--check] [--fuzz]
"""

import hashlib
import importlib.util
import subprocess
import sys
import time
from pathlib import Path
from typing import Final, NoReturn

ROOT: Final = Path(__file__).resolve().parents[1]
VENV: Final = ROOT / ".venv"
PYTHON: Final = VENV / "bin" / "python"
OLDEST: Final = (3, 11)
VENV_REMEDY: Final = """\
this Python can make no virtual environment with pip in it. Any one of these mends it:
  Debian, Ubuntu   apt-get install python3-venv
  Fedora           dnf install python3-pip
  Alpine           apk add py3-pip
  elsewhere        another Python, 3.11 or newer: make PYTHON=/path/to/python3"""
SCRIPT: Final = """\
#!{python}
\"\"\"Runs Tenure from its source folder.\"\"\"

from tenure.main import main

main()
"""


def main(arguments: list[str]) -> None:
    """Make what is missing for these needs; silent when nothing is."""
    if sys.version_info < OLDEST:
        found = ".".join(map(str, sys.version_info[:3]))
        _give_up(f"Tenure needs Python 3.11 or newer, this is {found}: make PYTHON=python3.12")
    if VENV.is_symlink():
        _give_up(
            f"{VENV} is a link: installing there would change another checkout; remove the link"
        )
    if not PYTHON.exists():
        _make()
    _install("requirements.lock", "to run")
    if "--check" in arguments:
        _install("requirements-dev.lock", "to check")
    if "--fuzz" in arguments:
        _install("requirements-fuzz.lock", "to fuzz")
    _link()


def _make() -> None:
    """An empty virtual environment with pip, however this machine can make one."""
    if importlib.util.find_spec("ensurepip") is not None:
        _run([sys.executable, "-m", "venv", "--clear", str(VENV)], VENV_REMEDY)
    elif importlib.util.find_spec("pip") is not None:
        _run([sys.executable, "-m", "venv", "--clear", "--without-pip", str(VENV)], VENV_REMEDY)
    else:
        _give_up(VENV_REMEDY)


def _install(lock: str, purpose: str) -> None:
    """Install what a lock file pins, unless exactly that was installed before."""
    content = (ROOT / lock).read_bytes()
    stamp, digest = VENV / f".{lock}.installed", hashlib.sha256(content).hexdigest()
    if stamp.exists() and stamp.read_text() == digest:
        return
    packages = content.count(b"==")
    print(f"installing {packages} packages {purpose} ({lock}) …", end=" ", flush=True)
    started = time.monotonic()
    _run(
        [
            *_pip(),
            "install",
            "--quiet",
            "--quiet",
            "--no-input",
            "--disable-pip-version-check",
            "--no-deps",
            "--only-binary=:all:",
            "--require-hashes",
            f"--requirement={ROOT / lock}",
        ],
        f"the packages of {lock} cannot be installed; the lines above say which one and why "
        "(no network, a proxy that wants PIP_PROXY, or no wheel for this kind of machine)",
    )
    stamp.write_text(digest)
    print(f"{time.monotonic() - started:.0f} s")


def _pip() -> list[str]:
    """The pip of the environment, or the machine's own, acting on the environment."""
    if any(VENV.glob("lib/python*/site-packages/pip")):
        return [str(PYTHON), "-m", "pip"]
    return [sys.executable, "-m", "pip", f"--python={PYTHON}"]


def _link() -> None:
    """Let the environment find our source, and give it the command ``tenure``."""
    for packages in VENV.glob("lib/python*/site-packages"):
        (packages / "tenure.pth").write_text(f"{ROOT / 'src'}\n")
    script = VENV / "bin" / "tenure"
    script.write_text(SCRIPT.format(python=PYTHON))
    script.chmod(0o755)


def _run(command: list[str], remedy: str) -> None:
    if subprocess.run(command, check=False, stdin=subprocess.DEVNULL).returncode:  # noqa: S603 -- ours
        _give_up(remedy)


def _give_up(why: str) -> NoReturn:
    sys.exit(f"make: {why}")


if __name__ == "__main__":
    main(sys.argv[1:])
