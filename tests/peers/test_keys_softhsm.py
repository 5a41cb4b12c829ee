"""SoftHSM keeps the keys of epochs: another's module, by PKCS#11, with keys that never leave it."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

pytestmark = pytest.mark.peer("softhsm2-util")

TOKEN: Final = "tenure"
PIN: Final = "2718"
MODULES: Final = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so",
)

# A module is loaded once in the life of a process, so each look is a process of its own.
SCRIPT: Final = """
import sys
from pathlib import Path
from tenure.keystore import opening
from tenure.values.sealing import Whose

folder, act, module, pin = Path(sys.argv[1]), sys.argv[2], sys.argv[3], Path(sys.argv[4])
mark = lambda shelf, number: shelf.mark(Whose("person", number), "identity")
if act == "make":
    shelf = opening.make(folder, keeper=opening.module_text(module, "tenure", pin), at_ms=0)
    shelf.copy(folder / "old")
else:
    shelf = opening.opened(folder)
if act == "rotate":
    shelf.begin_epoch(at_ms=1)
    list(shelf.rewrap(at_ms=1))
    print(shelf.retire(before_ms=1))
if act == "end":
    print(len(shelf.raise_fence(shelf.ask_fence(mark(shelf, 1)))))
print([shelf.key(mark(shelf, number)).secret.hex() for number in range(3)])
print(shelf.keeper.epochs())
"""
EXTRACT: Final = """
import sys, pkcs11
token = pkcs11.lib(sys.argv[1]).get_token(token_label="tenure")
with token.open(user_pin=sys.argv[2]) as session:
    for key in session.get_objects({pkcs11.Attribute.CLASS: pkcs11.ObjectClass.SECRET_KEY}):
        print(key[pkcs11.Attribute.VALUE].hex())
"""


class Hsm:
    """A token of its own, in a folder of the test."""

    def __init__(self, folder: Path) -> None:
        """Makes the token."""
        self.module = next(path for path in MODULES if Path(path).exists())
        (folder / "tokens").mkdir()
        settings = folder / "softhsm2.conf"
        settings.write_text(f"directories.tokendir = {folder / 'tokens'}\nlog.level = ERROR\n")
        self.environment = os.environ | {"SOFTHSM2_CONF": str(settings), "PYTHONPATH": "src:."}
        self.pin = folder / "pin"
        self.pin.touch(0o600)
        self.pin.write_text(PIN)
        self.store = folder / "store"
        made = ["softhsm2-util", "--init-token", "--free", "--label", TOKEN]
        subprocess.run(
            [*made, "--pin", PIN, "--so-pin", PIN], env=self.environment, check=True, timeout=30
        )

    def run(self, script: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """A process of its own that has the module."""
        return subprocess.run(
            [sys.executable, "-c", script, *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def looks(self, act: str) -> list[str]:
        """What a process of ours says that does this."""
        done = self.run(SCRIPT, str(self.store), act, self.module, str(self.pin))
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()


@pytest.fixture
def hsm(tmp_path: Path) -> Hsm:
    """An empty token."""
    return Hsm(tmp_path)


def test_keys_of_epochs_live_in_the_module_and_end_there(hsm: Hsm) -> None:
    keys, epochs = hsm.looks("make")
    assert epochs == "(1,)"
    assert hsm.looks("look") == [keys, epochs], "another process finds the same keys"
    assert hsm.looks("rotate") == ["(1,)", keys, "(2,)"], "and the same again by the next epoch"
    ended, others, _ = hsm.looks("end")
    assert ended == "1"
    was, now = keys.split(", "), others.split(", ")
    assert [a == b for a, b in zip(was, now, strict=True)] == [True, False, True]

    (hsm.store / "old").replace(hsm.store / "keys.db")
    done = hsm.run(SCRIPT, str(hsm.store), "look", hsm.module, str(hsm.pin))
    assert "the key of epoch 1 is not in the token tenure" in done.stderr


def test_the_module_gives_no_key_away(hsm: Hsm) -> None:
    hsm.looks("make")
    done = hsm.run(EXTRACT, hsm.module, PIN)
    assert done.returncode != 0
    assert "AttributeSensitive" in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("pin", "mode", "told"),
    [("9999", 0o600, "has its PIN"), (PIN, 0o644, "run: chmod 600")],
)
def test_a_wrong_pin_and_one_that_others_may_read(hsm: Hsm, pin: str, mode: int, told: str) -> None:
    hsm.looks("make")
    hsm.pin.write_text(pin)
    hsm.pin.chmod(mode)
    done = hsm.run(SCRIPT, str(hsm.store), "look", hsm.module, str(hsm.pin))
    assert told in done.stderr
    assert pin not in done.stderr
