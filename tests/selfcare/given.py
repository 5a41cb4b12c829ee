"""Somebody with a phone: a number of theirs with money on it, a card to top up with, and a desk."""

import itertools
from typing import Final

import msgspec

from tenure.postgres.pool import Pool
from tenure.postgres.transaction import Transaction, perform
from tenure.promises.money import operations as money
from tenure.promises.money.model import Account, Change, Entry, EntryKind, Grant
from tenure.promises.notices import operations as notices
from tenure.promises.notices.model import Notice
from tenure.promises.numbers import operations as numbers
from tenure.promises.record.model import Act
from tenure.promises.topups import operations as topups
from tenure.promises.topups.model import Issue, VoucherKey
from tenure.selfcare import operations as selfcare
from tenure.selfcare.desk import Desk
from tenure.selfcare.model import Reply, Session, Shown, Text
from tenure.terms import pack
from tenure.values.instant import DAY_MS, Instant
from tenure.values.msisdn import Msisdn
from tenure.values.refused import Refused
from tests.numbers.stocked import AT, KH, msisdn, sell, stock
from tests.numbers.stocked import act as staff_act

KEY: Final = VoucherKey(bytes(range(32)))
DESK: Final = selfcare.desk(pack.load("smart-kh"), KEY)
DESK_ID: Final = selfcare.desk(pack.load("smartfren-id"), KEY)
NUMBER: Final = DESK.number(msisdn(0))
ENDS: Final = "15/04/2027 ម៉ោង 15:00"
"""When the money of person 1 ends, as a Khmer reads it."""
ADA: Final = msisdn(0)
"""Person 1's number; they read Khmer."""
PURSE: Final = 1_000
FUNDS: Final = 5_000_000
FUNDS_END: Final = Instant(AT + 90 * DAY_MS)

_salts = itertools.count(1)


def act(at: Instant = AT) -> Act:
    """Whoever has the phone acts."""
    return Act(selfcare.PHONE, at, next(_salts).to_bytes(32))


async def held(
    pool: Pool, *, language: str = "km", funds: int = FUNDS, ends: Instant = FUNDS_END
) -> None:
    """Person 1 holds a number with money on it."""
    await perform(pool, stock)
    await perform(pool, numbers.holding.activate, KH, sell(), staff_act())
    await perform(pool, _fill, funds, ends)
    if language != "km":
        await perform(pool, numbers.profiles.choose_language, KH, 1, language, act())


async def _fill(tx: Transaction, funds: int, ends: Instant) -> None:
    purse = (await money.purses(tx, [PURSE]))[PURSE]
    filled = msgspec.structs.replace(purse, seq=1, funds_micros=funds, funds_end=ends)
    entry = Entry(
        PURSE, 1, AT, EntryKind.OPENING, Account.OPENING, funds, 0, 0, 0, 0, -funds, funds,
        "test", "", "{}",
    )  # fmt: skip
    await money.record(tx, [Change(filled, (entry,))])


async def granted(pool: Pool, *grants: Grant) -> None:
    """Person 1 has these besides."""

    async def give(tx: Transaction) -> None:
        purse = (await money.purses(tx, [PURSE]))[PURSE]
        await money.record(tx, [Change(msgspec.structs.replace(purse, grants=grants), ())])

    await perform(pool, give)


async def funds(pool: Pool) -> int:
    """What is in the purse of person 1."""
    return (await perform(pool, money.purses, [PURSE]))[PURSE].funds_micros


async def cards(pool: Pool, count: int = 1, amount_micros: int = 2_000_000) -> list[str]:
    """The PINs of new cards."""
    chance = iter(range(1, 1_000_000))

    def drawn(octets: int) -> bytes:
        return b"".join((next(chance) * 7_919).to_bytes(8) for _ in range(octets // 8))

    issue = Issue(amount_micros, count)
    printing = await perform(pool, topups.prepare, DESK.terms, issue, KEY, drawn, AT)
    assert not isinstance(printing, Refused)
    await perform(pool, topups.issue, printing, KEY, staff_act())
    return [str(card.pin) for card in printing.cards]


def said(name: str, language: str = "km", **facts: str) -> str:
    """A text of the pack, as it stands there now."""
    return DESK.say(language, name, **facts)


def flat(text: str) -> str:
    """A text however it was cut into pages and lines."""
    return "".join(text.split())


def has(text: str, name: str, **facts: str) -> bool:
    """Whether a text of the pack, in Khmer, is all in what was shown."""
    return flat(said(name, **facts)) in flat(text)


async def dialled(pool: Pool, code: str, *inputs: str, at: Instant = AT) -> str:
    """What stands on the screen after a code and some inputs, one after the other; all pages."""
    shown = await begun(pool, code, at=at)
    for one in inputs:
        assert shown.session is not None, f"the dialogue was over: {shown.text}"
        shown = await answered(pool, shown.session, one, at=at)
    return await whole(pool, shown)


async def begun(
    pool: Pool, code: str, phone: Msisdn = ADA, at: Instant = AT, desk: Desk = DESK
) -> Shown:
    """A dialogue that was begun."""
    shown = await perform(pool, selfcare.dial, desk, phone, code, act(at), reference="test 1")
    assert isinstance(shown, Shown)
    return shown


async def answered(pool: Pool, session: Session, typed: str, at: Instant = AT) -> Shown:
    """What follows an input."""
    return await perform(pool, selfcare.answer, DESK, session, typed, act(at))


async def whole(pool: Pool, shown: Shown) -> str:
    """All pages of a screen, without what leads from one to the next."""
    pages = [shown.text]
    while shown.session is not None and shown.session.page + 1 < len(shown.session.pages):
        shown = await answered(pool, shown.session, "9")
        pages.append(shown.text)
    more = DESK.say(shown.language, "foot-more")
    return "\n".join(page.removesuffix(f"\n{more}") for page in pages)


async def texted(
    pool: Pool,
    text: str,
    *,
    to: str = "888",
    message_id: str = "",
    at: Instant = AT,
    by: Msisdn = ADA,
) -> Reply | None:
    """What is answered to a text."""
    written = Text(by, to, text, message_id)
    return await perform(pool, selfcare.keyword, DESK, written, act(at))


async def told(pool: Pool) -> list[Notice]:
    """What was told to the number, newest first."""
    return await perform(pool, notices.of_number, ADA, 100)
