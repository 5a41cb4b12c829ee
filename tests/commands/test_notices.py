"""What the commands about notices show: where each is, and every attempt to deliver it."""

import fcntl
import json
from pathlib import Path

import psycopg
import pytest

from tests.commands.database import typed

TOLD = """
INSERT INTO notices.notice (msisdn, language, kind, channel, facts, at)
VALUES ('85512345678', 'en', 'lock.set', 'number', '{}', '2026-11-22Z'),
       ('85512345678', 'en', 'lock.set', 'number', '{}', '2026-11-22T00:00:01Z'),
       ('85512345679', 'en', 'usage.low', 'number', '{"funds_micros": "1"}', '2026-11-22Z');
"""
BEGUN = """
INSERT INTO notices.delivery (delivery_id, medium, via, sent_to, receipts, handing_at)
VALUES (1001, 'sms', 'smsc-1', '85512345678', true, '2026-11-22Z'),
       (1002, 'sms', 'smsc-1', '85512345678', true, '2026-11-22T00:05Z'),
       (3001, 'sms', 'smsc-1', '85512345679', true, '2026-11-22Z');
"""
WENT = """
UPDATE notices.delivery SET ended_at = handing_at + interval '1 s', ended = 'refused',
    reason = 'smpp 0x14' WHERE delivery_id = 1001;
UPDATE notices.delivery SET handed_at = handing_at + interval '1 s', reference = 'a1'
    WHERE delivery_id = 1002;
UPDATE notices.notice SET sent_at = '2026-11-22T00:05:01Z' WHERE notice_id = 1;
"""
HERE = ["--at", "2026-11-22T00:06Z"]
LATER = ["--at", "2026-11-22T00:16Z"]


@pytest.fixture
def told(database: str, owner: str) -> list[str]:
    """Three notices: one was tried twice, one waits, one is on its way."""
    with psycopg.connect(owner) as connection:
        for statement in (TOLD, BEGUN, WENT):
            connection.execute(statement.encode())
    return ["--dsn", database]


@pytest.mark.parametrize(
    ("at", "states"),
    [
        (HERE, ["handing", "waiting", "handed"]),
        (LATER, ["failed", "waiting", "waiting"]),
    ],
)
def test_where_each_notice_is_is_computed(
    told: list[str], at: list[str], states: list[str]
) -> None:
    shown = typed(["notices", "list", "--json", *at, *told])
    assert shown.exit_code == 0, shown.output
    found = json.loads(shown.stdout)
    assert [one["state"] for one in found] == states
    assert [one["class"] for one in found] == ["usage", "security", "security"]
    assert [one["attempts"] for one in found] == [1, 0, 2]
    assert "123456" not in shown.stdout


def test_the_words_of_the_states(told: list[str], owner: str) -> None:
    def lines(*at: str) -> list[str]:
        shown = typed(["notices", "list", *at, *told]).stdout.splitlines()
        return [line.split("  ", 2)[2] for line in shown]

    assert lines(*HERE) == [
        "usage.low  on its way to the carrier",
        "lock.set  waits",
        "lock.set  sent at 2026-11-22T00:05:01+00:00",
    ]
    assert lines(*LATER)[2].endswith("sent at 2026-11-22T00:05:01+00:00, waits to be tried again")
    with psycopg.connect(owner) as connection:
        connection.execute(
            "UPDATE notices.delivery SET ended_at = '2026-11-22T00:05:02Z', ended = 'delivered'"
            " WHERE delivery_id = 1002"
        )
        connection.execute(
            "UPDATE notices.notice SET dropped_at = at, dropped = 'uncertain' WHERE notice_id = 3"
        )
    first, _, last = lines(*LATER)
    assert first == "usage.low  not sent: uncertain"
    assert last.endswith("+00:00, delivered at 2026-11-22T00:05:02+00:00")


def test_every_attempt_is_shown(told: list[str]) -> None:
    shown = typed(["notices", "deliveries", "012 345 678", *HERE, *told])
    assert shown.exit_code == 0, shown.output
    waits, sent, first, second = shown.stdout.splitlines()
    assert waits.endswith("lock.set  waits")
    assert sent.startswith("1  ")
    assert first.strip() == (
        "1. sms by smsc-1, begun 2026-11-22T00:00:00+00:00,"
        " refused 2026-11-22T00:00:01+00:00 (smpp 0x14)"
    )
    assert second.strip() == (
        "2. sms by smsc-1, begun 2026-11-22T00:05:00+00:00, taken 2026-11-22T00:05:01+00:00 as a1"
    )
    silent = typed(["notices", "deliveries", "012345678", *LATER, *told]).stdout
    assert silent.splitlines()[-1].endswith("as a1, no answer")


def test_every_attempt_for_a_program(told: list[str]) -> None:
    shown = typed(["notices", "deliveries", "012345678", "--json", *HERE, *told])
    waits, sent = json.loads(shown.stdout)
    assert (waits["state"], waits["deliveries"]) == ("waiting", [])
    refused, handed = sent["deliveries"]
    assert (refused["end"], refused["reason"], refused["handed_at"]) == (
        "refused", "smpp 0x14", None,
    )  # fmt: skip
    assert (handed["end"], handed["reference"], handed["attempt"]) == (None, "a1", 2)
    assert "12345678" not in shown.stdout


def test_a_number_that_is_none_and_one_that_nobody_was_told_of(database: str) -> None:
    where = ["--dsn", database]
    assert "nothing was told yet" in typed(["notices", "deliveries", "012345678", *where]).stdout
    assert typed(["notices", "deliveries", "12", *where]).exit_code != 0
    assert typed(["notices", "list", "--count", "0", *where]).exit_code != 0


def test_a_folder_that_another_process_has_is_left_to_it(database: str, tmp_path: Path) -> None:

    lock = (tmp_path / ".lock").open("ab")
    fcntl.flock(lock, fcntl.LOCK_EX)
    refused = typed(["notices", "deliver", "--spool", str(tmp_path), "--dsn", database])
    lock.close()
    assert refused.exit_code != 0
    assert "another process" in refused.output
