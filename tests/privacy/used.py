"""Months of usage for tests: purses whose entries follow each other as charging writes them."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final

import msgspec
import psycopg

from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.privacy.model.usage import Ended, Refusal, Stage
from tenure.promises.privacy.operations import usage
from tenure.promises.record.model import Act
from tenure.terms import pack
from tenure.values.instant import Instant, parse_instant
from tenure.values.refused import Refused

KH: Final = pack.load("smart-kh").terms
JANUARY: Final = dt.date(2025, 1, 1)
LATER: Final = parse_instant("2026-06-01T00:00:00Z")
"""When all of January may end."""
MAY: Final = parse_instant("2025-05-03T00:00:00Z")
"""When its details may, and its totals not."""
TOPUP: Final = 4
USED: Final = 1
ACCOUNTS: Final = {1: "voice", 2: "sms", 4: "data", 5: "content"}

ENTRY: Final = """
INSERT INTO money.entry VALUES (%(purse)s, %(seq)s, %(at)s, %(kind)s, %(account)s, %(funds)s,
    0, 0, 0, 0, %(contra)s, %(after)s, %(reference)s, %(party)s, %(explanation)s)
"""


class Use(msgspec.Struct, frozen=True):
    """One thing that happened to a purse; a top-up if the amount is below zero."""

    purse: int
    minute: int
    """Of the month."""
    micros: int
    account: int = 1
    zone: str = "onnet"
    party: str = "85512345678"


def act_at(at: Instant, by: str = "<clock>") -> Act:
    return Act(by, at, bytes(range(32)))


def _explained(use: Use, began: dt.datetime) -> str:
    service = ACCOUNTS[use.account]
    told = {
        "service": service,
        "route": f"{service}/out/{use.zone}",
        "used": 60,
        "total": 60,
        "due": use.micros,
        "funds": use.micros,
        "began": int(began.timestamp() * 1000),
        "what": f'called {use.party} "route":"forged/{use.party}/x"',
    }
    return msgspec.json.encode(told).decode()


def planted(owner: str, uses: Sequence[Use], month: dt.date = JANUARY) -> None:
    """As ``planted_on``, and kept."""
    with psycopg.connect(owner) as connection:
        planted_on(connection, uses, month)


def planted_on(
    connection: psycopg.Connection[Any], uses: Sequence[Use], month: dt.date = JANUARY
) -> None:
    """Purses that were topped up on the first minute, and then used; they stay open."""
    start = dt.datetime(month.year, month.month, 1, tzinfo=dt.UTC)
    rows: list[dict[str, Any]] = []
    purses: dict[int, tuple[int, int]] = {}

    def add(use: Use, kind: int, explanation: str) -> None:
        seq, left = purses.get(use.purse, (0, 0))
        purses[use.purse] = (seq + 1, left - use.micros)
        rows.append(
            {
                "purse": use.purse,
                "seq": seq + 1,
                "at": start + dt.timedelta(minutes=use.minute),
                "kind": kind,
                "account": 11 if kind == TOPUP else use.account,
                "funds": -use.micros,
                "contra": use.micros,
                "after": left - use.micros,
                "reference": f"{use.purse}-{seq}",
                "party": "" if kind == TOPUP else use.party,
                "explanation": explanation,
            }
        )

    for purse in sorted({use.purse for use in uses}):
        add(Use(purse, 0, -(10**9)), TOPUP, '{"what":"topup","words":"Topped up."}')
    for use in sorted(uses, key=lambda use: use.minute):
        if use.micros < 0:
            add(use, TOPUP, '{"what":"topup","words":"Topped up."}')
        else:
            add(use, USED, _explained(use, start + dt.timedelta(minutes=use.minute)))
    connection.execute("SELECT money.open_month(%s)", [start])
    connection.cursor().executemany(ENTRY, rows)
    connection.cursor().executemany(
        "INSERT INTO money.purse (purse_id, seq, funds_micros, funds_end)"
        " VALUES (%s, %s, %s, '2030-01-01Z')",
        [(purse, seq, left) for purse, (seq, left) in purses.items()],
    )


async def ended(
    pool: Pool, stage: Stage = Stage.TOTALS, at: Instant = LATER, month: dt.date = JANUARY
) -> Ended:
    """The stage carried out."""
    made = await perform(pool, usage.anonymise, KH, month, stage, act_at(at))
    assert not isinstance(made, Refused), made
    return made


async def refused(
    pool: Pool, stage: Stage = Stage.TOTALS, at: Instant = LATER, month: dt.date = JANUARY
) -> Refusal:
    """Why the stage was not carried out."""
    made = await perform(pool, usage.anonymise, KH, month, stage, act_at(at))
    assert isinstance(made, Refused), made
    return made.refusal


def rows(owner: str, query: str, *given: object) -> list[Any]:
    with psycopg.connect(owner) as connection:
        return connection.execute(query.encode(), given or None).fetchall()


def crowd(purses: int = 12, **changes: object) -> list[Use]:
    """As many purses as there are asked for, each with three calls and a text."""
    return [
        msgspec.structs.replace(Use(purse, 60 * hour + purse, 40_000 + purse, account), **changes)
        for purse in range(1, purses + 1)
        for hour, account in ((1, 1), (2, 1), (25, 1), (50, 2))
    ]
