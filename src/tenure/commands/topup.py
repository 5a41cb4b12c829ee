"""The command ``tenure topup``: adds funds to a number, by card or by payment, or buys a plan."""

import getpass
import sys
from typing import Annotated

import msgspec
import typer

from tenure.commands import connect, voucher_key
from tenure.commands.connect import AsJson, At, By, Data, Dsn, Operator, PasskeyAt, Reason
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import Transaction, perform
from tenure.promises.charging import operations as charging
from tenure.promises.numbers import operations as numbers
from tenure.promises.record.model import Act
from tenure.promises.staff import operations as staff
from tenure.promises.staff.model import Refusal as StaffRefusal
from tenure.promises.staff.model import Task
from tenure.promises.topups import operations as topups
from tenure.promises.topups.model import Answer, Buy, Done, Order, Pin, Redeem, TopUp, VoucherKey
from tenure.terms.model import Terms
from tenure.values.instant import iso
from tenure.values.refused import Refused

app = typer.Typer()

NAME = "topup"


@app.command()
def topup(
    number: Annotated[str, typer.Argument(metavar="MSISDN", help="The number, in any form.")],
    voucher_pin_from_stdin: Annotated[
        bool, typer.Option("--voucher-pin-from-stdin", help="Use the card whose PIN is on stdin.")
    ] = False,
    amount: Annotated[
        str | None, typer.Option(help="Add a payment, in units of the currency: 5.00.")
    ] = None,
    bundle: Annotated[str | None, typer.Option(help="Buy this plan out of the purse.")] = None,
    key: Annotated[
        str | None,
        typer.Option(help="Your own key for this payment: repeated, it has one effect."),
    ] = None,
    key_file: voucher_key.KeyFile = None,
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    reason: Reason = "",
    at: At = None,
    operator: Operator = connect.OPERATOR,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Add funds to a number, or buy a plan with them.

    One of --voucher-pin-from-stdin, --amount and --bundle is given.  With the same --key the same
    order has one effect, however often it comes; --amount and --bundle need one.

    Example: tenure topup "012 345 678" --voucher-pin-from-stdin < pin.txt

    Example: tenure topup "+855 12 345 678" --amount 5.00 --key receipt-4711
    """
    if sum((voucher_pin_from_stdin, amount is not None, bundle is not None)) != 1:
        raise typer.BadParameter("give one of --voucher-pin-from-stdin, --amount, --bundle")
    if key is None and not voucher_pin_from_stdin:
        raise typer.BadParameter("give --key, so that a repeated payment is noticed")
    terms = connect.terms_of(NAME, operator)
    msisdn = connect.number_of(NAME, number, terms, as_json=as_json)
    now = connect.instant_typed(at)
    act = connect.act_of(by, now, reason)

    if voucher_pin_from_stdin:
        secret = voucher_key.read(NAME, key_file, data, dsn)
        asked = Redeem(msisdn, Pin(_typed_pin()), key or "", now)
        answer = connect.run(NAME, data, dsn, lambda pool: _by_card(pool, terms, secret, asked))
    else:
        order = _order(msisdn, amount, bundle, key or "", act)

        async def work(pool: Pool) -> Answer | Refused[StaffRefusal]:
            return await perform(pool, _by_hand, terms, order, act)

        where = (data, dsn)
        answer = connect.run_as(NAME, where, act, work, passkey=passkey, as_json=as_json)
    _tell(answer, as_json=as_json)


async def _by_card(
    pool: Pool, terms: Terms, secret: VoucherKey, asked: Redeem
) -> Answer | Refused[StaffRefusal]:
    """Whoever has a card needs nobody of ours."""
    if not await perform(pool, topups.fits_key, secret):
        connect.fail(NAME, voucher_key.WRONG)
    return await perform(pool, topups.redeem, terms, secret, asked)


def _typed_pin() -> str:
    """The first line of stdin; typed at a terminal it is not shown."""
    return getpass.getpass("PIN: ") if sys.stdin.isatty() else sys.stdin.readline().strip()


def _order(msisdn: str, amount: str | None, bundle: str | None, key: str, act: Act) -> Order:
    if amount is not None:
        return TopUp(msisdn, connect.amount_of(amount), key, act.at)
    assert bundle is not None
    return Buy(msisdn, bundle, key, act.at, held_micros=0)


async def _by_hand(
    tx: Transaction, terms: Terms, order: Order, act: Act
) -> Answer | Refused[StaffRefusal]:
    member = await staff.allowed(tx, act.by, Task.TOP_UP, act.at)
    if isinstance(member, Refused):
        return member
    if isinstance(order, Buy):
        order = msgspec.structs.replace(order, held_micros=await _held(tx, order))
    return await topups.by_hand(tx, terms, order, act)


async def _held(tx: Transaction, order: Buy) -> int:
    """What calls in progress hold of the purse: a plan is not bought with it."""
    line = await numbers.find(tx, order.msisdn)
    if line is None:
        return 0
    return await charging.held_micros(tx, line.purse_id, order.at)


def _tell(answer: Answer | Refused[StaffRefusal], *, as_json: bool) -> None:
    if isinstance(answer, Refused):
        connect.refused(NAME, answer, as_json=as_json)
    assert isinstance(answer, Done)
    told = msgspec.structs.asdict(answer) | {"funds_end": iso(answer.funds_end)}
    again = " (This order was filled before; nothing changed.)" if answer.repeated else ""
    connect.say(f"{answer.words}{again}", told, as_json=as_json)
