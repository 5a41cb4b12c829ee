"""A database as an operator has it: a few lines, their purses, and somebody who may act."""

import asyncio
import os
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec
from typer.testing import CliRunner, Result

from tenure.commands import passkey_file
from tenure.main import build
from tenure.postgres.pool import Pool, pool_of
from tenure.postgres.transaction import Transaction, perform
from tenure.promises.money import operations as money
from tenure.promises.money.model import Account, Entry, EntryKind, Purse
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers.model import Line, NewLine
from tenure.promises.record.model import Act
from tenure.promises.staff import operations as staff
from tenure.promises.staff.model import Role
from tenure.values.instant import DAY_MS, Instant, parse_instant
from tenure.values.money import MICROS
from tenure.values.msisdn import Imsi, Msisdn
from tests.staff.given import key_of

AnswerT = TypeVar("AnswerT")

AT = parse_instant("2026-11-22T08:00:00+07:00")
END = Instant(AT + 10 * DAY_MS)
ACT = Act("<test>", AT, bytes(range(32)))
NUMBER = Msisdn("85512345678")
POSTPAID = Msisdn("85512345679")
FUNDS = 20 * MICROS


def on(dsn: str, work: Callable[[Pool], Awaitable[AnswerT]]) -> AnswerT:
    """Do some work on the database of a test that is not asynchronous itself."""

    async def with_pool() -> AnswerT:
        async with pool_of(dsn, size_min=1, size_max=4) as pool:
            return await work(pool)

    return asyncio.run(with_pool())


def settle(dsn: str) -> None:
    """Two lines, prepaid with funds of 20 and postpaid with a debt of 7; and demo, who may act."""

    async def work(pool: Pool) -> None:
        await perform(pool, _settle)
        roles = [Role.CARE, Role.FINANCE, Role.FRAUD, Role.SUPERVISOR]
        key = key_of("demo").public
        await perform(pool, staff.enrol, "demo", "Demo", roles, ACT, key=key)

    on(dsn, work)


async def _settle(tx: Transaction) -> None:
    prepaid = _line(NUMBER, 1, postpaid=False)
    postpaid = _line(POSTPAID, 2, postpaid=True)
    await numbers.open_lines(tx, [NewLine(prepaid, AT), NewLine(postpaid, AT)], ACT)
    purses = [_purse(1, funds=FUNDS), _purse(2, owed=7 * MICROS, limit=100 * MICROS)]
    await money.open_purses(tx, purses, [_opening(purse) for purse in purses])


def _line(msisdn: Msisdn, number: int, *, postpaid: bool) -> Line:
    offer = "postpaid" if postpaid else "prepaid"
    imsi = Imsi(f"45606{number:010d}")
    return Line(msisdn, imsi, number, offer, "km", False, False, False, None, postpaid)  # noqa: FBT003 - bars


def _purse(purse_id: int, *, funds: int = 0, owed: int = 0, limit: int = 0) -> Purse:
    return Purse(purse_id, 1, 0, funds, END, owed, limit, (), b"\x92\x90\x90")


def _opening(purse: Purse) -> Entry:
    return Entry(
        purse_id=purse.purse_id,
        seq=1,
        at=AT,
        kind=EntryKind.OPENING,
        account=Account.OPENING,
        funds_micros=purse.funds_micros,
        grants_micros=0,
        owed_micros=-purse.owed_micros,
        tax_micros=0,
        overrun_micros=0,
        contra_micros=purse.owed_micros - purse.funds_micros,
        funds_after_micros=purse.funds_micros,
        reference="test",
        party="",
        explanation="{}",
    )


def passkeys_in(folder: Path) -> Path:
    """A folder for passkey files, with demo's own in it."""
    passkey_file.create(folder / "passkeys" / "demo", key_of("demo"))
    return folder / "passkeys"


def typed(arguments: Sequence[str], *, stdin: str = "") -> Result:
    """What a person types after ``tenure``, and what they see; demo's passkey is at hand."""
    if "TENURE_PASSKEY" in os.environ:
        return CliRunner().invoke(build(arguments, {}), list(arguments), input=stdin)
    with tempfile.TemporaryDirectory() as folder:
        runner = CliRunner(env={"TENURE_PASSKEY": str(passkeys_in(Path(folder)))})
        return runner.invoke(build(arguments, {}), list(arguments), input=stdin)


def told(result: Result) -> dict[str, object]:
    """An answer in JSON."""
    return msgspec.json.decode(result.stdout, type=dict[str, object])
