"""The laws that rows must obey, read from the database as plain integers."""

import json
from typing import Any

import msgspec
import psycopg

from tenure.values.instant import instant_of
from tests.simulator.auditor import Auditor

MICROS_UNIT = 4
REFUND = 3
CHARGES = (1, 2, 8)
"""Kinds of entry that charging writes for use: usage, event, offline."""

PURSES = """
SELECT purse_id, seq, funds_micros, funds_end, owed_micros, credit_limit_micros, grants
  FROM money.purse ORDER BY purse_id
"""
ENTRIES = """
SELECT purse_id, seq, kind, funds_micros, grants_micros, owed_micros, tax_micros, overrun_micros,
       contra_micros, funds_after_micros, reference, explanation
  FROM money.entry ORDER BY purse_id, seq
"""


def audit(dsn: str, auditor: Auditor) -> None:
    """Read every purse and entry, and accuse whatever breaks a law."""
    with psycopg.connect(dsn) as connection:
        audit_on(connection, auditor)


def audit_on(connection: "psycopg.Connection[Any]", auditor: Auditor) -> None:
    """As ``audit``, in a transaction that the caller keeps."""
    purses = connection.execute(PURSES).fetchall()
    entries = connection.execute(ENTRIES).fetchall()
    by_purse: dict[int, list[Any]] = {}
    for entry in entries:
        by_purse.setdefault(entry[0], []).append(entry)
    for purse in purses:
        own = by_purse.pop(purse[0], [])
        _conserved(auditor, purse, own)
        _as_remembered(auditor, purse)
        _as_acknowledged(auditor, purse[0], own)
    for purse_id in by_purse:
        auditor.accuse("every entry has its purse", purse_id, "no such purse")


def _grants(raw: bytes) -> list[list[Any]]:
    return msgspec.msgpack.decode(raw, type=list[list[Any]])


def _conserved(auditor: Auditor, purse: tuple[Any, ...], entries: list[Any]) -> None:
    """Money is conserved: balanced legs, dense numbers, balances that equal sums of entries."""
    purse_id, seq, funds, _, owed, limit, raw = purse
    running = granted = debt = 0
    for place, entry in enumerate(entries, start=1):
        legs = entry[3:9]
        if sum(legs) != 0:
            auditor.accuse("an entry balances", purse_id, f"seq {entry[1]}: legs {legs}")
        auditor.expect("entries are numbered without a gap", purse_id, entry[1], place, "seq")
        running, granted, debt = running + entry[3], granted + entry[4], debt - entry[5]
        auditor.expect("funds after are a sum", purse_id, entry[9], running, f"seq {entry[1]}")
        if running < 0 or debt < 0 or debt > limit:
            auditor.accuse("never below zero", purse_id, f"seq {entry[1]}: {running}, owes {debt}")
    auditor.expect("entries are numbered without a gap", purse_id, seq, len(entries), "purse seq")
    auditor.expect("a balance is a sum of entries", purse_id, funds, running, "funds")
    auditor.expect("a balance is a sum of entries", purse_id, owed, debt, "owed")
    promo = sum(grant[2] for grant in _grants(raw) if grant[1] == MICROS_UNIT)
    auditor.expect("a balance is a sum of entries", purse_id, promo, granted, "promotional")


def _as_remembered(auditor: Auditor, purse: tuple[Any, ...]) -> None:
    """The purse is as the auditor's own model has it, bucket by bucket."""
    purse_id, _, funds, funds_end, owed, _, raw = purse
    account = auditor.accounts[purse_id]
    auditor.expect("a purse is as it was told", purse_id, funds, account.funds, "funds")
    auditor.expect("a purse is as it was told", purse_id, owed, account.owed, "owed")
    found_end = instant_of(funds_end)
    auditor.expect("a purse is as it was told", purse_id, found_end, account.funds_end, "end")
    found = sorted((g[1], g[2], g[3], g[4], g[5]) for g in _grants(raw) if g[2])
    expected = sorted(bucket.facts() for bucket in account.buckets if bucket.remaining)
    auditor.expect("a bucket is as it was told", purse_id, found, expected, "buckets")
    if any(grant[2] < 0 for grant in _grants(raw)):
        auditor.accuse("never below zero", purse_id, "a bucket")


def _as_acknowledged(auditor: Auditor, purse_id: int, entries: list[Any]) -> None:
    """What answers acknowledged as charged is what entries charged, no more and no less."""
    paid = 0
    for entry in entries:
        if entry[2] in CHARGES:
            paid -= entry[3] + entry[4] + entry[5]
            said = json.loads(entry[11])
            overrun = said.get("overrun", 0)
            auditor.expect("an overrun is explained", purse_id, overrun, -entry[7], entry[10])
        elif entry[2] == REFUND:
            paid -= entry[3] + entry[4] + entry[5]
    expected = auditor.acknowledged.get(purse_id, 0)
    auditor.expect("no acknowledged charge is lost or doubled", purse_id, paid, expected, "paid")
