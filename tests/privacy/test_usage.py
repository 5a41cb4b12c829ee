"""A month of usage ends, and every sum stays what it was."""

from pathlib import Path

import psycopg
import pytest

from tenure.commands.ending import go_on
from tenure.commands.privacy.usage import ending
from tenure.commands.promises.audit import figure, settings
from tenure.commands.promises.register import checks
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.charging import operations as charging
from tenure.promises.money import operations as money
from tenure.promises.privacy.model.usage import Refusal, Stage
from tenure.promises.privacy.operations import usage
from tenure.promises.privacy.operations.retention import Ledger
from tenure.promises.privacy.rules import usage as rules
from tenure.terms import pack
from tenure.values.instant import DAY_MS, Instant
from tenure.values.sealing import Whose
from tests.privacy.ended import erased, published
from tests.privacy.used import (
    JANUARY,
    KH,
    LATER,
    MAY,
    Use,
    act_at,
    crowd,
    ended,
    planted,
    refused,
    rows,
)

CARRIED = (
    "Usage of the month: 2 charges, USD 0.080006 in all (details ended on 2026-06-01, as promised)."
)
LEGS = "SELECT count(*), sum(funds_micros), sum(contra_micros) FROM money.entry"
BY_PURSE = "SELECT purse_id, sum(funds_micros)::bigint FROM money.entry GROUP BY 1 ORDER BY 1"


async def test_details_end_and_every_entry_stays(pool: Pool, owner: str) -> None:
    planted(owner, crowd())
    before = rows(owner, LEGS)
    made = await ended(pool, Stage.DETAILS, MAY)
    assert (made.ended, made.held, made.totals) == (48, 0, 0)
    assert rows(owner, LEGS) == before
    assert rows(owner, "SELECT count(*) FROM money.entry WHERE party <> ''") == [(0,)]
    left = rows(owner, "SELECT DISTINCT explanation FROM money.entry WHERE kind = 1 ORDER BY 1")
    assert left == [
        ('{"ended":"2025-05-03","route":"sms/out/onnet"}',),
        ('{"ended":"2025-05-03","route":"voice/out/onnet"}',),
    ]


async def test_a_month_becomes_totals_and_every_balance_stays(pool: Pool, owner: str) -> None:
    planted(owner, crowd())
    before = rows(owner, BY_PURSE)
    made = await ended(pool)
    assert rows(owner, BY_PURSE) == before
    assert rows(owner, "SELECT count(*) FROM money.entry WHERE kind = 1") == [(0,)]
    told = rows(
        owner,
        "SELECT day::text, account, route, entries, purses, contra_micros FROM money.usage_total"
        " ORDER BY day, account",
    )
    one_day = sum(40_000 + purse for purse in range(1, 13))
    assert told == [
        ("2025-01-01", 1, "voice/out/onnet", 24, 12, 2 * one_day),
        ("2025-01-02", 1, "voice/out/onnet", 12, 12, one_day),
        ("2025-01-03", 2, "sms/out/onnet", 12, 12, one_day),
    ]
    leaf = rows(owner, "SELECT body FROM record.leaf WHERE kind = 'privacy.usage_anonymised'")
    assert made.totals_sha256 in leaf[0][0]


async def test_what_is_carried_is_told_in_words(pool: Pool, owner: str) -> None:
    planted(owner, [*crowd(), Use(3, 1000, -5_000_000)])
    await ended(pool, Stage.DETAILS, MAY)
    words = [charging.explain(one, "USD") for one in await perform(pool, money.entries, 3, 9)]
    assert words[0].startswith("Used sms for USD 0.040003 (details ended on 2025-05-03, as prom")
    await ended(pool)
    words = [charging.explain(one, "USD") for one in await perform(pool, money.entries, 3, 9)]
    assert words == [
        f"{CARRIED} USD 1004.839988 left.",
        "Topped up.",
        f"{CARRIED} USD 999.919994 left.",
        "Topped up.",
    ]


async def test_the_audit_finds_the_books_in_order(pool: Pool, owner: str) -> None:
    planted(owner, [*crowd(), Use(3, 1000, -5_000_000), Use(4, 9, 7, 2), Use(5, 9, 8, 4, "roam")])
    await ended(pool, Stage.DETAILS, MAY)
    await audited(pool)
    await ended(pool)
    await audited(pool)


async def audited(pool: Pool) -> None:
    smart = pack.load("smart-kh")
    for check in checks():
        if check.promise in {"money", "charging", "tariffs", "privacy"}:
            found = await perform(pool, figure, check, settings(smart))
            assert not found.broken, (check.name, found.example)


async def test_what_a_hold_keeps_stays_whole(pool: Pool, owner: str) -> None:
    planted(owner, crowd(13))
    with_hold = (
        "INSERT INTO record.leaf (at, kind, body, leaf_hash) VALUES ('2025-02-01', 'numbers.held',"
        " '{}', sha256('\\x00'::bytea || '{}'))"
    )
    done(owner, with_hold)
    done(
        owner,
        "INSERT INTO numbers.line (msisdn, imsi, purse_id, offer, language, since)"
        " VALUES ('85510000007', '456060000000007', 7, 'prepaid', 'en', '2025-01-01')",
    )
    done(
        owner,
        "INSERT INTO numbers.hold (msisdn, kind, reference, since, leaf_seq)"
        " SELECT '85510000007', 'dispute', 'C-1', '2025-02-01', seq FROM record.leaf",
    )
    made = await ended(pool)
    assert (made.ended, made.held) == (48, 4)
    held = rows(
        owner, "SELECT purse_id, count(*), min(party) FROM money.entry WHERE kind = 1 GROUP BY 1"
    )
    assert held == [(7, 4, "85512345678")]
    assert not await perform(pool, usage.due, KH, LATER)
    done(
        owner,
        "UPDATE numbers.hold SET until = '2026-05-01', release_leaf_seq = leaf_seq",
    )
    (due,) = await perform(pool, usage.due, KH, LATER)
    assert due.stage is Stage.TOTALS
    made = await ended(pool)
    assert (made.run, made.ended, made.totals) == (2, 4, 0), "too few are left to be told of"
    assert await refused(pool) is Refusal.NOTHING_TO_END
    assert rows(owner, "SELECT count(*) FROM money.entry WHERE kind = 1") == [(0,)]
    await audited(pool)


async def test_of_too_few_purses_nothing_is_told(pool: Pool, owner: str) -> None:
    planted(owner, crowd(10))
    before = rows(owner, BY_PURSE)
    made = await ended(pool)
    assert (made.ended, made.totals, made.legs) == (40, 0, (0,) * 7)
    assert rows(owner, BY_PURSE) == before
    assert rows(owner, "SELECT count(*) FROM money.entry WHERE kind = 1") == [(0,)]
    assert rows(owner, "SELECT count(*) FROM money.usage_total") == [(0,)]
    assert rows(owner, "SELECT count(*) FROM money.usage_account") == [(0,)]
    assert not await perform(pool, usage.due, KH, LATER)
    await audited(pool)


async def test_nothing_ends_before_its_period(pool: Pool, owner: str) -> None:
    planted(owner, crowd())
    assert await refused(pool, at=MAY) is Refusal.TOO_EARLY
    assert await refused(pool, month=JANUARY.replace(year=2020)) is Refusal.UNKNOWN_MONTH
    await ended(pool)
    assert await refused(pool) is Refusal.NOTHING_TO_END


async def test_usage_that_comes_late_has_no_details(pool: Pool, owner: str) -> None:
    planted(owner, crowd())
    await ended(pool)
    planted(owner, [Use(99, 40, 5)])
    assert rows(owner, "SELECT party, explanation FROM money.entry WHERE kind = 1") == [
        ("", '{"ended":"2026-06-01","route":"voice/out/onnet"}')
    ]


async def test_who_waited_in_no_month_ends_with_it(pool: Pool, owner: str) -> None:
    planted(owner, crowd())
    done(owner, "ALTER TABLE money.entry DETACH PARTITION money.entry_2025_01")
    done(owner, "INSERT INTO money.entry_other SELECT * FROM money.entry_2025_01")
    done(owner, "DROP TABLE money.entry_2025_01")
    assert await refused(pool) is Refusal.UNKNOWN_MONTH
    await perform(pool, money.open_months, rules.begins(JANUARY), 0)
    assert (await ended(pool)).ended == 48
    assert rows(owner, "SELECT count(*) FROM money.entry_other") == [(0,)]


TENURES = """
INSERT INTO record.leaf (at, kind, body, leaf_hash)
SELECT '2025-01-01Z', 'test.made', '{}', sha256('\\x00'::bytea || '{}') FROM generate_series(1, 2);
INSERT INTO numbers.tenure (msisdn, holder_id, during, opened_as, leaf_seq, purse_id, prepaid)
SELECT '85512345678', holder, span, 'import', (SELECT min(seq) FROM record.leaf) + nth, holder, true
FROM (VALUES
    (0, 7, tstzrange('2025-01-01Z', '2025-01-02Z')), (1, 902, tstzrange('2025-01-02Z', NULL))
) AS t (nth, holder, span)
"""


async def test_who_was_called_is_forgotten_and_nobody_pays_otherwise(
    pool: Pool, owner: str
) -> None:
    planted(owner, [*crowd(), Use(1, 30, 77, party="85599000111")])
    done(owner, TENURES, bypass=True)
    before = rows(owner, CHARGES)
    forgotten = await perform(pool, usage.forget_party, [7], act_at(LATER))
    # Two calls of each were in the time in which they had the number; then somebody else had it.
    assert forgotten == 24
    assert rows(owner, CHARGES) == before
    left = rows(owner, LEFT)
    assert left == [("", 24), ("85512345678", 24), ("85599000111", 1)]
    kinds = rows(owner, "SELECT count(*) FROM record.leaf WHERE kind = 'privacy.party_forgotten'")
    assert kinds == [(1,)]


async def test_an_erasure_reaches_the_usage_of_others_once(
    pool: Pool, owner: str, tmp_path: Path
) -> None:
    await published(owner)
    planted(owner, [*crowd(), Use(1, 30, 77, party="85599000111")])
    done(owner, TENURES, bypass=True)
    done(
        owner,
        "INSERT INTO people.person (person_id, name, language, since)"
        " VALUES (7, 'Somebody', 'km', '2024-01-01T00:00:00Z')",
        bypass=True,
    )
    before = rows(owner, CHARGES)
    await erased(pool, tmp_path / "ledger", LATER, whose=Whose("person", 7))
    assert rows(owner, LEFT) == [("", 24), ("85512345678", 24), ("85599000111", 1)]
    await go_on(pool, Ledger(tmp_path / "ledger"), Instant(LATER + 4000 * DAY_MS))
    assert rows(owner, CHARGES) == before
    kinds = rows(owner, "SELECT count(*) FROM record.leaf WHERE kind = 'privacy.party_forgotten'")
    assert kinds == [(1,)]


async def test_the_clock_ends_what_is_due_and_nothing_twice(pool: Pool, owner: str) -> None:
    planted(owner, crowd())
    planted(owner, [Use(50, 1, 7)], JANUARY.replace(year=2026))
    end = ending(pool, KH)
    for _ in range(2):
        await end(LATER)
        runs = rows(owner, "SELECT month::text, stage, ended FROM money.usage_ended ORDER BY 1")
        assert runs == [("2025-01-01", "totals", 48), ("2026-01-01", "details", 1)]


def test_no_door_opens_without_its_leaf(owner: str, database: str) -> None:
    planted(owner, crowd())
    with psycopg.connect(database) as connection:
        for named, statement in SHUT.items():
            with pytest.raises(psycopg.errors.CheckViolation) as refused:
                connection.execute(statement.encode())
            assert refused.value.diag.constraint_name == named
            connection.rollback()
        # What was prepared and is not told of by the record is not done.
        connection.execute(EARLY.replace("2025-03-01Z", "2026-06-01Z").encode())
        with pytest.raises(psycopg.errors.CheckViolation, match="has its leaf"):
            connection.commit()
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("DELETE FROM money.entry")
    assert rows(owner, "SELECT count(*), count(*) FILTER (WHERE party <> '') FROM money.entry") == [
        (60, 48)
    ]


def test_a_sum_that_changed_is_refused_by_the_database(owner: str) -> None:
    planted(owner, crowd())
    with psycopg.connect(owner) as connection:
        connection.execute("ALTER TABLE money.entry_2025_01 DISABLE TRIGGER ALL")
        connection.execute(FORGETFUL.encode())
        with pytest.raises(psycopg.errors.CheckViolation) as refused:
            connection.execute(EARLY.replace("2025-03-01Z", "2026-06-01Z").encode())
    assert refused.value.diag.constraint_name == "usage_ended_legs_are_unchanged"


def test_who_dies_meanwhile_leaves_the_month_as_it_was(owner: str, database: str) -> None:
    planted(owner, crowd())
    before = rows(owner, DIGEST)
    with psycopg.connect(database) as connection:
        connection.execute(EARLY.replace("2025-03-01Z", "2026-06-01Z").encode())
        (pid,) = connection.execute("SELECT pg_backend_pid()").fetchone() or (0,)
        done(owner, f"SELECT pg_terminate_backend({pid}, 5000)")
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")
    assert before == rows(owner, DIGEST)
    assert rows(owner, "SELECT count(*) FROM pg_tables WHERE tablename LIKE '%next'") == [(0,)]


def test_others_are_charged_while_a_month_is_made_anew(owner: str) -> None:
    planted(owner, crowd())
    planted(owner, [Use(50, 1, 7)], JANUARY.replace(year=2026))
    with psycopg.connect(owner) as working:
        working.execute(EARLY.replace("2025-03-01Z", "2026-06-01Z").encode())
        with psycopg.connect(owner) as charging_:
            charging_.execute("SET lock_timeout = '2s'")
            charging_.execute(ENTRY)
            found = charging_.execute("SELECT count(*) FROM money.entry WHERE purse_id = 1")
            assert found.fetchone() == (5,), "the month can be read meanwhile"
        working.rollback()


async def test_a_legal_hold_of_a_person_keeps_what_it_covers(pool: Pool, owner: str) -> None:
    planted(owner, crowd(13))
    done(owner, TENURES + ";" + HOLD, bypass=True)
    assert rows(owner, HELD.format("2025-02-01")) == [([],)], "it covers January alone"
    assert (await ended(pool)).held == 4


CHARGES = """
SELECT purse_id, seq, at, kind, account, funds_micros, contra_micros, explanation
FROM money.entry ORDER BY purse_id, seq
"""
HELD = "SELECT privacy.usage_held('2026-06-01Z', privacy.month_of('{}'))"
DIGEST = "SELECT md5(string_agg(e::text, '' ORDER BY purse_id, seq)) FROM money.entry e"
LEFT = "SELECT party, count(*) FROM money.entry WHERE kind = 1 GROUP BY 1 ORDER BY 1"
ENTRY = """
INSERT INTO money.entry VALUES (50, 3, '2026-01-03Z', 1, 1, -7, 0, 0, 0, 0, 7, 0, 'k', '', '{}')
"""
EARLY = (
    "SELECT privacy.end_usage('2025-01-01', 'totals', 90::smallint, 11::smallint,"
    " 'Asia/Phnom_Penh', '2025-03-01Z')"
)
SHUT = {
    "party_forgotten_has_its_leaf": "SELECT privacy.forget_party('{901}', '{1}', '2026-06-01Z')",
    "usage_ended_is_prepared": (
        "SELECT privacy.replace_month('2025-01-01', 1::smallint, 1, '2026-06-01Z')"
    ),
    "usage_ended_after_its_period": EARLY,
}
# A door that forgets to carry a purse forward, as a mistake of ours might.
FORGETFUL = """
CREATE OR REPLACE FUNCTION privacy.carried_forward(
    was text, next text, held bigint[], month_ date, since date
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('INSERT INTO money.%I SELECT * FROM money.%I WHERE purse_id <> 3', next, was);
END $$
"""
HOLD = """
CREATE TEMPORARY TABLE said ON COMMIT DROP AS
SELECT gen_random_uuid() AS id, tstzrange('2025-01-01Z', '2025-02-01Z') AS during,
       timestamptz '2026-12-01Z' AS review_at, repeat('0', 64) AS document, '' AS body;
UPDATE said SET body = jsonb_build_object(
    'kind', 'privacy.hold', 'hold', id::text, 'whose', 'person 7', 'keeps', '[]'::jsonb,
    'reference', 'C', 'authority', 'A', 'document', document,
    'from_ms', (extract(epoch FROM lower(during)) * 1000)::bigint,
    'until_ms', (extract(epoch FROM upper(during)) * 1000)::bigint,
    'review_ms', (extract(epoch FROM review_at) * 1000)::bigint)::text;
INSERT INTO staff.request
SELECT sha256(convert_to(body, 'UTF8')), 'privacy.hold', 1, '2026-01-01Z', '2030-01-01Z' FROM said;
INSERT INTO privacy.hold
SELECT id, 'person', 7, '{}', during, 'C', 'A', document, review_at, '2026-01-01Z', body,
       sha256(convert_to(body, 'UTF8')), (SELECT min(seq) FROM record.leaf) FROM said
"""


def done(owner: str, statement: str, *, bypass: bool = False) -> None:
    with psycopg.connect(owner) as connection:
        if bypass:
            connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute(statement.encode())
