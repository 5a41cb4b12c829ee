"""A month of usage ends, and every sum stays what it was."""

import psycopg

from tenure.commands.promises.audit import figure, settings
from tenure.commands.promises.register import checks
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.charging import operations as charging
from tenure.promises.money import operations as money
from tenure.promises.privacy.model.usage import Refusal, Stage
from tenure.promises.privacy.operations import usage
from tenure.promises.privacy.rules import usage as rules
from tenure.terms import pack
from tests.privacy.used import (
    JANUARY,
    KH,
    LATER,
    MAY,
    Use,
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
    await _audited(pool)
    await ended(pool)
    await _audited(pool)


async def _audited(pool: Pool) -> None:
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
    _do(owner, with_hold)
    _do(
        owner,
        "INSERT INTO numbers.line (msisdn, imsi, purse_id, offer, language, since)"
        " VALUES ('85510000007', '456060000000007', 7, 'prepaid', 'en', '2025-01-01')",
    )
    _do(
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
    _do(
        owner,
        "UPDATE numbers.hold SET until = '2026-05-01', release_leaf_seq = leaf_seq",
    )
    (due,) = await perform(pool, usage.due, KH, LATER)
    assert due.stage is Stage.DETAILS, "too few are left to hide in, so their details end"
    assert (await ended(pool, Stage.DETAILS)).run == 2
    assert await refused(pool) is Refusal.NOTHING_TO_END
    assert rows(owner, "SELECT count(*) FROM money.entry WHERE party <> ''") == [(0,)]


async def test_too_few_purses_are_no_crowd(pool: Pool, owner: str) -> None:
    planted(owner, crowd(10))
    assert await refused(pool) is Refusal.NOTHING_TO_END
    assert rows(owner, "SELECT count(*) FROM money.usage_ended") == [(0,)]


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
    _do(owner, "ALTER TABLE money.entry DETACH PARTITION money.entry_2025_01")
    _do(owner, "INSERT INTO money.entry_other SELECT * FROM money.entry_2025_01")
    _do(owner, "DROP TABLE money.entry_2025_01")
    assert await refused(pool) is Refusal.UNKNOWN_MONTH
    await perform(pool, money.open_months, rules.begins(JANUARY), 0)
    assert (await ended(pool)).ended == 48
    assert rows(owner, "SELECT count(*) FROM money.entry_other") == [(0,)]


def _do(owner: str, statement: str) -> None:
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute(statement.encode())
