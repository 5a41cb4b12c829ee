"""Whom rows are about when a number, its SIM and what is told of it were two people's in turn."""

import psycopg
import pytest

from tenure.promises.privacy.operations import register
from tenure.promises.privacy.store.reach import HUMAN, KIND_OF, PERSON, about, somebody

DARA, MONY, SOK = 11, 12, 77

# Dara had the number until June, and Mony has it since; the SIM went with it.
WORLD = """
SET session_replication_role = replica;
INSERT INTO people.person (person_id, name, language, since) VALUES
    (11, 'Dara', 'km', '2026-01-01Z'), (12, 'Mony', 'km', '2026-01-01Z');
INSERT INTO numbers.tenure VALUES
    ('85516000001', 11, '[2026-01-01Z,2026-06-01Z)', 'first-sale', NULL, 1, 101, false, NULL),
    ('85516000001', 12, '[2026-06-01Z,)', 'transfer', gen_random_uuid(), 2, 102, false, NULL);
INSERT INTO numbers.binding VALUES
    ('85516000001', '8985501000000000016', '456060000000001', '[2026-01-01Z,)', 1);
INSERT INTO numbers.sim VALUES ('8985501000000000016', '456060000000001',
    decode(repeat('00', 28), 'hex'), '2026-01-01Z', NULL);
INSERT INTO money.purse (purse_id, funds_end) VALUES (101, '2026-06-01Z'), (102, '2027-01-01Z');
INSERT INTO notices.notice OVERRIDING SYSTEM VALUE VALUES
    (1, '85516000001', NULL, 'km', 'usage.low', 'number', '{}', '2026-03-01Z', NULL, NULL, NULL),
    (2, '85516000001', NULL, 'km', 'usage.low', 'number', '{}', '2026-07-01Z', NULL, NULL, NULL),
    (3, '85516000001', 11, 'km', 'usage.low', 'person', '{}', '2026-07-01Z', NULL, NULL, NULL);
INSERT INTO notices.delivery (delivery_id, medium, via, sent_to, person_id, receipts, handing_at)
VALUES (1001, 'sms', 'spool', '85516000001', NULL, false, '2026-03-01Z'),
       (3001, 'email', 'mail', 'dara@example.org', NULL, false, '2026-07-01Z');
INSERT INTO record.leaf OVERRIDING SYSTEM VALUE
SELECT seq, at::timestamptz, kind, '{}', sha256('\\x00'::bytea || convert_to('{}', 'UTF8'))
FROM (VALUES
    (1, '2026-01-01Z', 'numbers.activated'),
    (2, '2026-05-31Z', 'numbers.requested'),
    (3, '2026-07-01Z', 'staff.case_opened'),
    (4, '2026-07-01Z', 'staff.looked')
) AS l (seq, at, kind);
INSERT INTO record.opening
SELECT leaf_seq, field, decode(repeat('05', 32), 'hex'), value FROM (VALUES
    (2, 'from', '11'), (2, 'to', '12'), (2, 'msisdn', '85516000001'), (2, 'request', 'r-1'),
    (3, 'case', '6b3c0000-0000-4000-8000-000000000001'), (3, 'msisdn', '85516000001'),
    (3, 'human', '77'), (3, 'by', 'sok'), (4, 'msisdn', '85516000001'), (4, 'human', '77')
) AS o (leaf_seq, field, value);
INSERT INTO staff.human (human_id, name, document_kind, document_number, since)
VALUES (77, 'Sok', 'passport', 'P1', '2026-01-01Z');
INSERT INTO staff.member (login, human_id, since) VALUES ('sok', 77, '2026-01-01Z');
INSERT INTO staff.case VALUES ('6b3c0000-0000-4000-8000-000000000001', 'care',
    decode(repeat('06', 32), 'hex'), decode(repeat('07', 32), 'hex'), 'sok', 77, 'asked',
    '2026-07-01Z', NULL);
SET session_replication_role = DEFAULT;
"""

# Table, its key, and what of it is about whom.
TOLD: list[tuple[str, str, dict[int, set[object]]]] = [
    ("numbers.tenure", "leaf_seq", {DARA: {1}, MONY: {2}}),
    ("numbers.binding", "leaf_seq", {DARA: {1}, MONY: {1}}),
    ("numbers.sim", "1", {DARA: {1}, MONY: {1}}),
    ("money.purse", "purse_id", {DARA: {101}, MONY: {102}}),
    ("notices.notice", "notice_id", {DARA: {1, 3}, MONY: {2}}),
    ("notices.delivery", "delivery_id", {DARA: {1001, 3001}, MONY: set()}),
    (
        "record.opening",
        "leaf_seq || ' ' || field",
        {DARA: {"2 from", "2 msisdn", "2 request"}, MONY: {"2 to", "2 request", "3 case",
                                                          "3 msisdn", "4 msisdn"}},
    ),
    ("staff.case", "login", {DARA: set(), MONY: {"sok"}}),
]  # fmt: skip
STAFF: list[tuple[str, str, set[object]]] = [
    ("staff.case", "login", {"sok"}),
    ("staff.human", "human_id", {SOK}),
    ("staff.member", "login", {"sok"}),
    ("record.opening", "leaf_seq || ' ' || field", {"3 human", "3 by", "4 human"}),
]
ASKED = "SELECT {} FROM {} t WHERE {}"


@pytest.fixture
def world(owner: str) -> str:
    with psycopg.connect(owner) as connection:
        connection.execute(WORLD.encode())
    return owner


def rows_about(world: str, table: str, key: str, kind: str, whom: int) -> set[object]:
    """The keys of the rows of a table that are about somebody."""
    (row,) = (row for promise, row in register.rows() if f"{promise}.{row.table}" == table)
    with psycopg.connect(world) as connection:
        found = connection.execute(
            ASKED.format(key, table, about(row, kind, "%(whom)s")).encode(), {"whom": whom}
        )
        return {one[0] for one in found}


def test_each_row_is_about_whom_it_concerned(world: str) -> None:
    for table, key, told in TOLD:
        for person, rows in told.items():
            assert rows_about(world, table, key, PERSON, person) == rows, table
        assert rows_about(world, table, key, PERSON, 13) == set(), table


def test_a_row_is_about_who_of_ours_acted(world: str) -> None:
    for table, key, told in STAFF:
        assert rows_about(world, table, key, HUMAN, SOK) == told, table
        assert rows_about(world, table, key, HUMAN, 78) == set(), table


def test_whoever_is_asked_for_is_who_it_is_about(world: str) -> None:
    """The two questions agree: whose is this row, and is it theirs?"""
    seen = 0
    with psycopg.connect(world) as connection:
        for promise, row in register.rows():
            for lead in row.leads:
                who = somebody(lead)
                alone = type(row)(row.table, row.key, (lead,), row.since)
                table = f'"{promise}"."{row.table}"'
                mine = ASKED.format(
                    f"count(*), count(*) FILTER (WHERE {about(alone, KIND_OF[lead.way], who)})",
                    table,
                    f"({who}) IS NOT NULL",
                )
                ((led, agreed),) = connection.execute(mine.encode())
                assert led == agreed, f"{promise}.{row.table}: {lead}"
                seen += led
    assert seen > 25
