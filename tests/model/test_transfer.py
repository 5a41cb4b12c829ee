"""The protocol of a transfer, explored by spin: safe with all guards, and not without any one."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

MODEL = Path(__file__).with_name("transfer.pml")
CLAIMS = re.findall(r"^ltl (\w+)", MODEL.read_text(encoding="utf-8"), re.MULTILINE)
GUARDS = {
    "NO_CONSENT_FROM": "the_owner_wanted_exactly_this",
    "NO_CONSENT_TO": "the_next_wanted_exactly_this",
    "NO_BINDING": "the_owner_wanted_exactly_this",
    "NO_TWO_APPROVALS": "nobody_alone",
    "NO_OTHER_APPROVER": "nobody_alone",
    "NO_ORDER": "everything_was_seen",
    "NO_COOLING_OFF": "time_to_notice",
    "NO_STOP": "a_stop_stops",
    "NO_EXPIRY": "not_for_ever",
    "NO_LOCK": "a_lock_locks",
    "NO_SIM_AGE": "no_fresh_sim",
    "NO_HOLDER": "only_from_the_holder",
    "NO_SUSPENSION": "no_suspended_approver",
}
"""What each guard is for: the claim that breaks without it."""
POSSIBLE = "it_can_happen"

pytestmark = pytest.mark.peer("spin", "gcc")


def errors(folder: Path, claim: str, *without: str) -> int:
    """How many counter-examples spin finds to a claim; it explores every order of steps."""
    spin, gcc = shutil.which("spin"), shutil.which("gcc")
    assert spin
    assert gcc
    shutil.copy(MODEL, folder / MODEL.name)
    _run(folder, spin, "-a", *(f"-D{name}" for name in without), MODEL.name)
    _run(folder, gcc, "-O0", "-w", "-DSAFETY", "-o", "pan", "pan.c")
    told = _run(folder, "./pan", "-m1000000", "-w22", "-N", claim)
    found = re.search(r"errors: (\d+)", told)
    assert found, told
    assert "max search depth too small" not in told
    return int(found[1])


def _run(folder: Path, *command: str) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("claim", sorted(set(CLAIMS) - {POSSIBLE}))
def test_with_all_guards_no_order_of_steps_leads_to_a_theft(tmp_path: Path, claim: str) -> None:
    assert errors(tmp_path, claim) == 0


@pytest.mark.parametrize("guard", GUARDS)
def test_without_a_guard_there_is_an_order_that_does(tmp_path: Path, guard: str) -> None:
    assert errors(tmp_path, GUARDS[guard], guard) > 0


def test_every_guard_of_the_model_is_left_out_once_and_every_claim_is_needed() -> None:
    named = set(re.findall(r"^#ifdef (NO_\w+)", MODEL.read_text(encoding="utf-8"), re.MULTILINE))
    assert named == set(GUARDS)
    assert set(GUARDS.values()) == set(CLAIMS) - {POSSIBLE}


def test_what_everybody_wants_does_happen(tmp_path: Path) -> None:
    """A model in which nothing ever takes effect would be safe as well."""
    assert errors(tmp_path, POSSIBLE) > 0
