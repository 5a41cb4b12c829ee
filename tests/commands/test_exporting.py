"""The command ``tenure privacy export``: killed for good in the middle, typed again, opened."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from tenure.commands import passkey_file
from tenure.postgres.pool import Pool
from tenure.promises.staff.model import Role
from tests.numbers.asked import OLD, populated
from tests.privacy.exporting import CASE, cases_of, used
from tests.privacy.rights_asked import OFFICER
from tests.staff.given import enrolled, key_of
from tools import open_export

SECONDS_MAX = 60
AT = "2027-02-20T08:00:00Z"


def command(dsn: str, folder: Path, *words: str) -> list[str]:
    """As it is typed."""
    return [
        sys.executable, "-m", "tenure.main", "privacy", "export", "--for", f"person:{OLD}",
        "--case", CASE, "--language", "km", "--out", str(folder / "packages"), "--by", OFFICER,
        "--passkey", str(folder / "passkey"), "--key-file", str(folder / "key"), "--dsn", dsn,
        "--at", AT, *words,
    ]  # fmt: skip


def frames(owner: str) -> int:
    """How far the job is."""
    with psycopg.connect(owner) as connection:
        row = connection.execute("SELECT max(frames) FROM privacy.export").fetchone()
    return 0 if row is None or row[0] is None else int(row[0])


@pytest.fixture
async def world(pool: Pool, owner: str, tmp_path: Path) -> Path:
    await populated(pool, "demo")
    await enrolled(pool, OFFICER, Role.PRIVACY, asker="demo")
    await cases_of(pool, OLD)
    used(owner, 1_000, 40_000)
    passkey_file.create(tmp_path / "passkey", key_of(OFFICER))
    return tmp_path


def test_a_kill_costs_a_piece_and_nothing_is_told_twice(
    world: Path, database: str, owner: str
) -> None:
    first = subprocess.Popen(command(database, world), stdout=subprocess.PIPE, text=True)
    assert first.stdout is not None
    said = first.stdout.readline()
    assert said.startswith("passphrase: "), said
    passphrase = said.split()[1]
    until = time.monotonic() + SECONDS_MAX
    while frames(owner) < 3 and time.monotonic() < until:
        time.sleep(0.01)
    os.kill(first.pid, signal.SIGKILL)
    first.communicate()
    assert first.returncode == -signal.SIGKILL
    was = frames(owner)
    assert was >= 3

    again = subprocess.run(
        command(database, world), capture_output=True, text=True, check=False, timeout=SECONDS_MAX
    )
    assert again.returncode == 0, again.stderr
    assert "goes on where it was" in again.stdout
    assert passphrase not in again.stdout
    (file,) = (world / "packages").iterdir()
    assert open_export.opened(file, passphrase, world / "out")["records"] > 40_000
    with (world / "out" / "held.json").open("rb") as lines:
        found = [one.split(b'"')[0] for line in lines for one in line.split(b'"reference" : "')[1:]]
    found = [one for one in found if one.startswith(b"session")]
    assert found == [b"session %d" % number for number in range(1, 40_001)]
