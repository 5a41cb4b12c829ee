"""Fifty prepaid lines and a postpaid one, and what people ask for on them."""

from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.numbers.model import Line, NewLine
from tenure.promises.record.model import Act
from tenure.promises.topups import operations as topups
from tenure.promises.topups.model import (
    Answer,
    Buy,
    Issue,
    Pin,
    Printing,
    Redeem,
    TopUp,
    VoucherKey,
)
from tenure.values.instant import Instant
from tenure.values.money import MICROS
from tenure.values.msisdn import Imsi, Msisdn
from tests.topups.given import END, chance, terms

KEY = VoucherKey(bytes(range(32)))
AT = Instant(END - 1_000)
ACT = Act("sok", AT, bytes(range(32)), "test")
TERMS = terms()
LINES = 50


def msisdn(number: int) -> str:
    return f"8551000{number:04d}"


def line(number: int, *, postpaid: bool) -> NewLine:
    line = Line(
        msisdn=Msisdn(msisdn(number)),
        imsi=Imsi(f"45606{number:010d}"),
        purse_id=number,
        offer="postpaid" if postpaid else "prepaid",
        language="km",
        bar_outgoing=False,
        bar_incoming=False,
        suspended=False,
        lost_at=None,
        postpaid=postpaid,
    )
    return NewLine(line, Instant(0))


async def order(pool: Pool, asked: TopUp | Buy) -> Answer:
    [answer] = await perform(pool, topups.fulfil, TERMS, [asked])
    return answer


async def printed(pool: Pool, count: int, *, units: int = 5, act: Act = ACT) -> Printing:
    asked = Issue(units * MICROS, count)
    printing = await perform(pool, topups.prepare, TERMS, asked, KEY, chance(count), act.at)
    assert isinstance(printing, Printing)
    await perform(pool, topups.issue, printing, KEY, act)
    return printing


async def redeem(pool: Pool, number: int, pin: Pin, key: str, at: Instant = AT) -> Answer:
    asked = Redeem(msisdn(number), pin, key, at)
    return await perform(pool, topups.redeem, TERMS, KEY, asked)
