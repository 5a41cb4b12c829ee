"""``tenure charge`` as it is typed: exit codes, rejects, and a run that is killed and run again."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psycopg
import pytest

HEADER = "record_id,service,direction,msisdn,other_party,at,seconds,octets,rating_group\n"
FIRST = 85_510_000_000
LINES = 5
FUNDS_MICROS = 1_000_000_000
MINUTE_MICROS = 70_000
"""A minute to another network by day, in the tariff of October 2026."""
NOW = "2026-11-22T08:00:00+07:00"

POPULATION = """
INSERT INTO money.purse (purse_id, funds_micros, funds_end)
SELECT 1000 + n, %(funds)s, '2027-06-01Z' FROM generate_series(1, %(lines)s) AS n
"""
REGISTER = """
INSERT INTO numbers.line (msisdn, imsi, purse_id, offer, language, since)
SELECT (%(first)s + n)::text, (456069990000000 + n)::text, 1000 + n, 'prepaid', 'en', '2026-01-01Z'
  FROM generate_series(1, %(lines)s) AS n
"""


@pytest.fixture
def people(owner: str) -> str:
    """Five lines with plenty of funds; how to connect to their database as its owner."""
    with psycopg.connect(owner) as connection:
        connection.execute(POPULATION, {"funds": FUNDS_MICROS, "lines": LINES})
        connection.execute(REGISTER, {"first": FIRST, "lines": LINES})
    return owner


def record(number: int, *, seconds: int = 60, line: int | None = None) -> str:
    """A call of a minute by one of the five."""
    msisdn = FIRST + (line or 1 + number % LINES)
    at = "2026-11-21T12:00:00+07:00"
    return f"r-{number},voice,out,{msisdn},85512000001,{at},{seconds},,\n"


def started(file: Path, dsn: str, *options: str) -> "subprocess.Popen[str]":
    """The command, under way."""
    typed = ["charge", str(file), "--dsn", dsn, "--at", NOW, "--json", *options]
    return subprocess.Popen(
        [sys.executable, "-m", "tenure.main", *typed],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )


def charged(file: Path, dsn: str, *options: str) -> tuple[int, dict[str, Any], str]:
    """Exit code, answer and complaints of a whole run."""
    with started(file, dsn, *options) as command:
        said, complained = command.communicate(timeout=120)
    assert "Traceback" not in complained, complained
    return command.returncode, json.loads(said) if said else {}, complained


def booked(owner: str) -> tuple[int, int]:
    """How many entries there are, and what they took from funds."""
    with psycopg.connect(owner) as connection:
        row = connection.execute(
            "SELECT count(*), -coalesce(sum(funds_micros), 0)::bigint FROM money.entry"
            " WHERE purse_id > 1000"
        ).fetchone()
    assert row is not None
    return row[0], row[1]


def answered(owner: str) -> bool:
    """Whether anything is charged yet; reads no month, since months are being opened."""
    with psycopg.connect(owner) as connection:
        return connection.execute("SELECT FROM charging.answered LIMIT 1").fetchone() is not None


def test_a_killed_run_is_resumed_and_nothing_is_charged_twice(
    people: str, database: str, tmp_path: Path
) -> None:
    file, count = tmp_path / "usage.csv", 20_000
    file.write_text(HEADER + "".join(record(number) for number in range(count)), encoding="utf-8")
    with started(file, database) as command:
        deadline = time.monotonic() + 60
        while not answered(people) and time.monotonic() < deadline:
            time.sleep(0.01)
        command.send_signal(signal.SIGKILL)
    done, _ = booked(people)
    assert 0 < done < count, "the run was not killed in its middle"

    code, told, _ = charged(file, database)
    assert code == 0
    assert (told["records"], told["charged"], told["repeated"]) == (count, count - done, done)
    assert booked(people) == (count, count * MINUTE_MICROS)

    code, told, _ = charged(file, database)
    assert (code, told["charged"], told["repeated"], told["amount_micros"]) == (0, 0, count, 0)
    assert booked(people) == (count, count * MINUTE_MICROS)


def test_an_id_stands_for_one_record_in_whatever_file(
    people: str, database: str, tmp_path: Path
) -> None:
    one, other = tmp_path / "one.csv", tmp_path / "other.csv"
    one.write_text(HEADER + record(1) + record(2), encoding="utf-8")
    other.write_text(
        HEADER + record(1) + record(2, seconds=61) + record(1, line=5) + record(3), encoding="utf-8"
    )
    assert charged(one, database)[0] == 0
    code, told, _ = charged(other, database)
    assert (code, told["charged"], told["repeated"], told["rejected"]) == (1, 1, 1, 2)
    assert booked(people) == (3, 3 * MINUTE_MICROS)
    rows = list(csv.reader((tmp_path / "other.csv.rejects.csv").read_text("utf-8").splitlines()))
    assert [row[:2] for row in rows[1:]] == [["3", "record_id"], ["4", "record_id"]]
    assert "other content" in rows[1][2]


def test_use_beyond_the_funds_is_booked_as_overrun(
    people: str, database: str, tmp_path: Path
) -> None:
    with psycopg.connect(people) as connection:
        connection.execute("UPDATE money.purse SET funds_micros = 100000 WHERE purse_id = 1001")
    file = tmp_path / "usage.csv"
    file.write_text(HEADER + record(1, seconds=120, line=1), encoding="utf-8")
    code, told, _ = charged(file, database)
    assert (code, told["charged"], told["amount_micros"]) == (0, 1, 100_000)
    with psycopg.connect(people) as connection:
        row = connection.execute(
            "SELECT funds_micros, overrun_micros, funds_after_micros FROM money.entry"
            " WHERE purse_id > 1000"
        ).fetchone()
    assert row == (-100_000, 100_000 - 2 * MINUTE_MICROS, 0)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("missing.csv", None, "no such file"),
        ("empty.csv", "", "empty"),
        ("header.csv", "record_id,servce\n", "did you mean service?"),
    ],
)
def test_what_cannot_be_run_ends_with_2_and_says_why(
    database: str, tmp_path: Path, name: str, content: str | None, reason: str
) -> None:
    file = tmp_path / name
    if content is not None:
        file.write_text(content, encoding="utf-8")
    code, _, complained = charged(file, database)
    assert code == 2
    assert reason in complained


def test_a_wrong_pack_and_a_wrong_reject_file_end_with_2(database: str, tmp_path: Path) -> None:
    file = tmp_path / "usage.csv"
    file.write_text(HEADER, encoding="utf-8")
    assert charged(file, database, "--operator", str(tmp_path))[0] == 2
    assert charged(file, database, "--rejects", str(file))[0] == 2
    assert charged(file, database, "--rejects", str(tmp_path / "no" / "rejects.csv"))[0] == 2
    assert file.read_text(encoding="utf-8") == HEADER
